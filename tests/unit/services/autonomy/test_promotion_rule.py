"""One level up: all conditions together, and each of them alone in the way."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.autonomy.earning.bound import interval
from services.autonomy.earning.counting import Caps, tally
from services.autonomy.earning.rule import MAIN_SHARE, STEPS, judge, observed
from services.types.actions import ActionType, AutonomyLevel
from services.types.earning import Came, Case, Evidence, Interval, Success
from tests.unit.services.autonomy.earning_cases import ENOUGH, NOW, SINCE, make_case, make_cases

APPROVE, UNDO = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW
FOLLOW_UP = ActionType.SEND_FOLLOW_UP_EMAIL


def judged(
    cases: Sequence[Case],
    *,
    level: AutonomyLevel = APPROVE,
    action_type: str = FOLLOW_UP,
    success: Success = ENOUGH,
) -> Evidence:
    return judge(
        action_type=action_type,
        level=level,
        lineage="a",
        since=SINCE,
        cases=cases,
        success=success,
        now=NOW,
    )


def unmet(evidence: Evidence) -> list[str]:
    return [one.name for one in evidence.conditions if not one.met]


@pytest.mark.parametrize(
    ("level", "number"),
    [(AutonomyLevel.SHADOW, 30), (AutonomyLevel.SUGGEST, 30), (APPROVE, 80), (UNDO, 140)],
)
def test_what_holds_everything_is_proposed_one_step_up(level: AutonomyLevel, number: int) -> None:
    evidence = judged(make_cases(number, level=level), level=level)
    assert (evidence.met, unmet(evidence)) == (True, [])
    assert evidence.after is list(AutonomyLevel)[level.rank + 1]


@pytest.mark.parametrize("level", [AutonomyLevel.OFF, AutonomyLevel.AUTONOMOUS])
def test_where_there_is_nothing_to_earn_nothing_is_met(level: AutonomyLevel) -> None:
    assert set(STEPS) == set(AutonomyLevel) - {AutonomyLevel.OFF, AutonomyLevel.AUTONOMOUS}
    assert not judged(make_cases(80), level=level).met


def few(cases: list[Case]) -> list[Case]:
    return cases[::2]


def hurried(cases: list[Case]) -> list[Case]:
    return make_cases(4 * len(cases), days=20)


def alone(cases: list[Case]) -> list[Case]:
    return [replace(one, member_id=UUID(int=7)) for one in cases]


def few_accounts(cases: list[Case]) -> list[Case]:
    return [replace(one, account_id=UUID(int=one.action_id.int % 9)) for one in cases]


def long_ago(cases: list[Case]) -> list[Case]:
    return [replace(one, at=one.at - timedelta(days=15)) for one in cases]


def edited(cases: list[Case]) -> list[Case]:
    return [replace(one, came=Came.EDITED) if one.action_id.int % 12 == 0 else one for one in cases]


def rejected(cases: list[Case]) -> list[Case]:
    more = make_cases(15 * len(cases), days=90)
    return [
        replace(one, came=Came.REJECTED) if one.action_id.int % 18 == 0 else one for one in more
    ]


def undone(cases: list[Case]) -> list[Case]:
    return [*cases[:-1], replace(cases[-1], undone_at=NOW - timedelta(days=29))]


def incident(cases: list[Case]) -> list[Case]:
    return [*cases[:-1], replace(cases[-1], incident=True)]


@pytest.mark.parametrize(
    ("change", "in_the_way"),
    [
        (few, {"decided", "share"}),
        (hurried, {"days"}),
        (few_accounts, {"accounts"}),
        (long_ago, {"recent"}),
        (edited, {"share"}),
        (rejected, {"rejected"}),
        (undone, {"calm"}),
        (incident, {"calm"}),
    ],
)
def test_each_condition_alone_is_in_the_way(
    change: Callable[[list[Case]], list[Case]], in_the_way: set[str]
) -> None:
    found = judged(change(make_cases(80)))
    assert not found.met
    assert set(unmet(found)) == in_the_way


def test_one_rep_alone_never_gets_enough_let_in() -> None:
    found = judged(alone(make_cases(400, days=80)))
    assert {"people", "decided"} <= set(unmet(found))
    assert found.counted == 30


def test_two_reps_are_not_locked_out_and_neither_is_most_of_it() -> None:
    cases = [
        replace(one, member_id=UUID(int=one.action_id.int % 2)) for one in make_cases(400, days=80)
    ]
    found = judged(cases)
    assert found.met
    assert found.counted >= 300
    assert found.shares["rep"] <= 0.6


@pytest.mark.parametrize(
    ("success", "in_the_way"),
    [
        (Success(), ["answers"]),
        (Success(share=interval(9, 10), baseline=interval(40, 60)), ["answers"]),
        (Success(share=interval(5, 95), baseline=interval(60, 40)), ["answered"]),
        (Success(share=interval(5, 95), baseline=interval(12, 7)), []),
        (Success(share=interval(5, 95), baseline=Interval()), []),
    ],
)
def test_answers_are_enough_and_not_below_what_people_get(
    success: Success, in_the_way: list[str]
) -> None:
    """With fewer than twenty mails of people's own there is nothing to compare."""
    assert unmet(judged(make_cases(80), success=success)) == in_the_way


def test_undos_are_a_share_where_mails_leave_by_themselves_and_incidents_none() -> None:
    cases = make_cases(300, level=UNDO, days=80)
    two = [replace(one, came=Came.UNDONE, undone_at=NOW) for one in cases[:2]]
    assert judged([*two, *cases[2:]], level=UNDO).met
    many = [replace(one, came=Came.UNDONE, undone_at=NOW) for one in cases[:14]]
    assert unmet(judged([*many, *cases[14:]], level=UNDO)) == ["share"]
    old = replace(cases[0], incident=True, at=NOW - timedelta(days=61))
    assert judged([old, *cases[1:]], level=UNDO).met
    late = replace(cases[0], incident=True, at=NOW - timedelta(days=59))
    assert unmet(judged([late, *cases[1:]], level=UNDO)) == ["calm"]


@pytest.mark.parametrize(
    "action_type", [ActionType.DISCUSS_PRICING, ActionType.COMMIT_PRICING, "x"]
)
def test_what_policy_always_asks_about_never_gets_past_approve(action_type: str) -> None:
    assert unmet(judged(make_cases(80), action_type=action_type)) == ["policy"]
    suggest = judged(
        make_cases(30, level=AutonomyLevel.SUGGEST),
        level=AutonomyLevel.SUGGEST,
        action_type=action_type,
    )
    assert suggest.met, "to approve it may"


# ── The caps ────────────────────────────────────────────────────────────────────────────────────
def test_room_is_given_by_whose_and_when_never_by_what_came_of_it() -> None:
    """The same cases with every result turned round: the same ones are let in."""
    cases = [replace(one, contact_id=UUID(int=one.action_id.int % 6)) for one in make_cases(120)]
    turned = [replace(one, came=Came.REJECTED) for one in cases]
    let_in = [one.action_id for one in tally(cases, caps=Caps(), least=50).cases]
    assert let_in == [one.action_id for one in tally(turned, caps=Caps(), least=50).cases]
    assert 0 < len(let_in) < len(cases)


@pytest.mark.parametrize(
    ("name", "most"), [("rep", 0.40), ("account", 0.20), ("contact", 0.10), ("week", 0.35)]
)
def test_no_share_is_larger_than_its_cap_once_there_is_enough(name: str, most: float) -> None:
    """Of each, one that would be nine tenths of everything."""
    field = {"rep": "member_id", "account": "account_id", "contact": "contact_id"}.get(name)
    cases = make_cases(600)
    for index, one in enumerate(cases):
        if index % 10 and index > 3:
            same: object = UUID(int=1)
            if field is None:
                cases[index] = replace(one, at=NOW - timedelta(days=1, seconds=index))
            else:
                cases[index] = replace(one, **{field: same})  # type: ignore[arg-type]
    found = tally(cases, caps=Caps(), least=50)
    assert len(found.cases) >= 50
    assert found.shares[name] <= most + 1e-9
    assert found.left_out[f"enough of one {name}"] > 100


def test_a_friend_who_answers_forty_mails_counts_five_times() -> None:
    friend = [make_case(n, contact_id=UUID(int=5), account_id=UUID(int=5)) for n in range(40)]
    found = judged(friend)
    assert (found.counted, found.left_out) == (5, {"enough of one contact": 35})
    assert not found.met


def test_what_counts_for_nothing_is_told_with_its_reason() -> None:
    cases = [*make_cases(80), make_case(900, came=None, why_not="not decided yet")]
    assert judged(cases).left_out["not decided yet"] == 1


def test_whoever_decided_on_most_of_all_is_a_main_contributor_though_capped() -> None:
    cases = [
        replace(one, member_id=UUID(int=1 + (one.action_id.int % 10 > 6))) for one in make_cases(90)
    ]
    third = [make_case(1000 + n, member_id=UUID(int=3)) for n in range(10)]
    found = judged([*cases, *third])
    assert found.main_contributors(MAIN_SHARE) == {UUID(int=1)}
    assert found.shares["rep"] <= 0.6


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────
def test_edited_mails_are_a_stratum_of_their_own_and_unclear_ones_are_left_out() -> None:
    cases = [
        *(make_case(n) for n in range(7)),
        *(make_case(n, answered=False) for n in range(3)),
        make_case(20, answered=None, unclear="ambiguous"),
        make_case(21, answered=None),
        make_case(22, came=Came.EDITED),
        make_case(23, came=Came.REJECTED, answered=None),
    ]
    found = observed(cases, interval(5, 5))
    assert (found.share.value, found.share.of) == (0.7, 10)
    assert (found.edited.value, found.edited.of) == (1.0, 1)
    assert found.left_out == {"ambiguous": 1, "not over yet": 1}


@pytest.mark.parametrize(
    ("stated", "holds"),
    [(None, True), (0.70, True), (0.86, True), (0.90, True), (0.96, False), (0.40, False)],
)
def test_what_is_said_of_the_same_mails_must_agree_with_what_came(
    stated: float | None, *, holds: bool
) -> None:
    """What came gates; what was said only holds back, beyond chance and what calibration leaves."""
    said = replace(ENOUGH, share=Interval(value=0.71, low=0.66, high=0.76, of=400), stated=stated)
    evidence = judged(make_cases(80), success=said)
    assert evidence.met is holds
    assert unmet(evidence) == ([] if holds else ["calibrated"])
    # And it never stands in for what came.
    nothing = judged(make_cases(80), success=replace(said, share=Interval()))
    assert "answers" in unmet(nothing)


def test_what_would_ask_anyway_is_not_allowed_yet() -> None:
    """Nothing would leave by itself while most of it is being corrected."""
    said = replace(ENOUGH, stated=ENOUGH.share.value)
    assert judged(make_cases(80), success=replace(said, doubted=0.5)).met
    assert unmet(judged(make_cases(80), success=replace(said, doubted=0.51))) == ["corrected"]
