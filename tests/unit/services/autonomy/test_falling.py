"""Trust is lost at once, and only where something leaves by itself."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.autonomy.earning.falling import fall_of
from services.types.actions import AutonomyLevel
from services.types.earning import Came, Case
from tests.unit.services.autonomy.earning_cases import NOW, make_case, make_cases

APPROVE, UNDO, FREE = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW, AutonomyLevel.AUTONOMOUS
LEFT = make_cases(40, level=UNDO)


def ends(*last: Case, before: list[Case] | None = None) -> list[Case]:
    """Good ones, and these after them."""
    base = LEFT if before is None else before
    return [*base, *(replace(one, at=NOW + timedelta(minutes=n)) for n, one in enumerate(last))]


def left(number: int = 900, **fields: object) -> Case:
    return make_case(number, **{"came": Came.LEFT, "by_rule": True, **fields})


def stopped(number: int = 900, who: int = 1) -> Case:
    return left(number, came=Came.UNDONE, undone_at=NOW, undone_by=UUID(int=who))


@pytest.mark.parametrize("level", [UNDO, FREE])
def test_nothing_is_lost_while_it_holds(level: AutonomyLevel) -> None:
    assert fall_of(level, LEFT, answered=0.6) is None
    assert fall_of(level, ends(stopped()), answered=0.6) is None, "one alone"
    assert fall_of(level, [], answered=None) is None


@pytest.mark.parametrize("level", [AutonomyLevel.SHADOW, AutonomyLevel.SUGGEST, APPROVE])
def test_below_what_acts_there_is_nothing_to_take_back(level: AutonomyLevel) -> None:
    assert fall_of(level, ends(left(incident=True), stopped()), answered=0.9) is None


@pytest.mark.parametrize("harm", [{"incident": True}, {"harm": "they complained"}])
def test_harm_leads_straight_to_approve(harm: dict[str, object]) -> None:
    found = fall_of(FREE, ends(left(**harm)), answered=None)
    assert found is not None
    assert found.to is APPROVE


def test_three_of_the_last_twenty_stopped_is_one_step_with_their_names() -> None:
    few = (stopped(901, who=1), *(left(910 + n) for n in range(10)), stopped(902, who=2))
    assert fall_of(FREE, ends(*few), answered=None) is None, "two may be chance"
    cases = ends(*few, stopped(903, who=2))
    found = fall_of(FREE, cases, answered=None)
    assert found is not None
    assert (found.to, found.why) == (UNDO, "3 of the last 20 were stopped.")
    assert found.people == (UUID(int=1), UUID(int=2))
    assert fall_of(UNDO, cases, answered=None).to is APPROVE  # type: ignore[union-attr]
    far = ends(stopped(901), *(left(910 + n) for n in range(18)), stopped(902), stopped(903))
    assert fall_of(FREE, far, answered=None) is None, "twenty others lie between"


def test_a_bad_rating_of_what_left_by_itself_counts_like_a_stop() -> None:
    cases = ends(stopped(901), left(902, came=Came.DISLIKED), stopped(903))
    found = fall_of(UNDO, cases, answered=None)
    assert found is not None
    assert "stopped or rated bad" in found.why


def test_three_of_the_last_ten_decisions_against_it_is_a_run() -> None:
    bad = [make_case(901, came=Came.REJECTED), make_case(902, came=Came.EDITED, heavily=True)]
    light = make_case(903, came=Came.EDITED)
    assert fall_of(UNDO, ends(*bad, light), answered=None) is None, "a light edit is none"
    found = fall_of(UNDO, ends(*bad, make_case(904, came=Came.REJECTED)), answered=None)
    assert found is not None
    assert found.why.startswith("3 of the last 3 that people decided on")
    later = [make_case(910 + n) for n in range(8)]
    assert fall_of(UNDO, ends(*bad, *later, bad[0]), answered=None) is None


def test_of_few_that_left_two_stopped_are_a_drift_with_their_names() -> None:
    found = fall_of(UNDO, [left(), stopped(901, who=1), stopped(902, who=1)], answered=None)
    assert found is not None
    assert (found.why, found.people) == ("2 of the last 3 were stopped.", (UUID(int=1),))


def test_a_drift_of_the_last_window_shows_through_a_long_good_past() -> None:
    """Fewer are answered, though nobody stops one."""
    past = make_cases(400, level=UNDO)
    answered = [left(1000 + n, answered=n % 5 == 0) for n in range(50)]
    found = fall_of(UNDO, ends(*answered, before=past), answered=0.55)
    assert found is not None
    assert found.to is APPROVE
    assert found.why.startswith("Only 10 of the last 50 were answered; at least 55 %")
    assert fall_of(UNDO, ends(*answered, before=past), answered=None) is None
    assert fall_of(UNDO, ends(*answered, before=past), answered=0.2) is None


def bad_word(number: int, who: int, owner: int) -> Case:
    return left(number, came=Came.DISLIKED, undone_by=UUID(int=who), owner_id=UUID(int=owner))


def test_one_person_rating_everything_bad_does_not_decide_for_all() -> None:
    spam = [bad_word(900 + n, who=7, owner=7) for n in range(18)]
    assert fall_of(FREE, ends(*spam), answered=None) is None
    others = [*spam, bad_word(930, who=8, owner=8)]
    found = fall_of(FREE, ends(*others), answered=None)
    assert found is not None, "a second person's word is another matter"
    assert set(found.people) == {UUID(int=7), UUID(int=8)}
    alone = [replace(one, owner_id=UUID(int=7)) for one in ends(*spam[:3])]
    assert fall_of(FREE, alone, answered=None) is not None, "where nobody else is, it is their word"
