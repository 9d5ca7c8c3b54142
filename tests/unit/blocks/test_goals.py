"""Goals in words and blocks: plain, inert, within Slack's limits."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from blocks.digest import digest_card, digest_text
from blocks.email_digest import digest_mail
from blocks.goal_page import goal_modal, new_goal_modal, target_modal
from blocks.goal_words import pace, period, plain_title, sparkline, title
from blocks.goals import goal_card, goal_text, goals_blocks, goals_modal
from blocks.home import home_view
from blocks.lint import faults, view_faults
from services.types.goals import GoalKind, GoalLine, GoalScope, GoalStatus, Progress, Standing
from services.types.people import Role
from services.types.views import DigestLinks
from tests.unit.goal_view_factory import (
    make_goal,
    make_goal_form,
    make_goal_line,
    make_goals,
    make_progress,
    make_tally,
)
from tests.unit.home_view_factory import make_home
from tests.unit.view_factory import make_digest, make_reader

EVIL = "<!channel> *bold* ~out~ `code` <https://evil.example|click> & \u202e\0" * 9


def words_of(blocks: object) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def line(standing: Standing, **progress: Any) -> GoalLine:
    return make_goal_line(progress=make_progress(standing=standing, **progress))


NOT_YET: dict[str, Any] = {"forecast": None, "low": None, "high": None}


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            line(Standing.BEHIND),
            "$214,000 of $520,000, behind by $46,000; at this pace $430,000 of $520,000",
        ),
        (
            line(Standing.AHEAD, value=Decimal(300_000)),
            "$300,000 of $520,000, ahead by $40,000; at this pace $430,000",
        ),
        (line(Standing.ON_PACE), "$214,000 of $520,000, on pace; at this pace $430,000"),
        (
            line(Standing.BEHIND, value=Decimal(0), **NOT_YET),
            "nothing yet of $520,000, behind by $260,000; too little has counted for a forecast",
        ),
        (line(Standing.EARLY, **NOT_YET), "$214,000 of $520,000; too early to speak of a pace"),
        (line(Standing.REACHED, value=Decimal(520_000)), "$520,000 of $520,000, reached"),
        (
            replace(line(Standing.UNKNOWN, value=None, **NOT_YET), unknown=2),
            "not known of $520,000: 2 deals count without an amount",
        ),
        (line(Standing.WAITING), "target $520,000, counted from 1 Oct on"),
        (
            make_goal_line(
                status=GoalStatus.OBSERVING,
                target=None,
                observe_until=date(2026, 12, 20),
                progress=Progress(standing=Standing.WATCHING, value=Decimal(0)),
            ),
            "I watch until 20 Dec; so far nothing has counted",
        ),
        (
            make_goal_line(status=GoalStatus.PROPOSED, target=None, proposed=Decimal(360_000)),
            "I propose $360,000; so far $214,000",
        ),
        (make_goal_line(status=GoalStatus.MET), "met: $214,000 of $520,000"),
        (make_goal_line(status=GoalStatus.DROPPED), "dropped"),
        (
            make_goal_line(kind=GoalKind.ACTIVITY, currency=None, target=Decimal(120),
                           progress=make_progress(value=Decimal(44), expected=Decimal(60),
                                                  forecast=Decimal(88))),
            "44 of 120, behind by 16; at this pace 88 of 120",
        ),
    ],
)  # fmt: skip
def test_how_it_stands_in_a_sentence(one: GoalLine, said: str) -> None:
    assert pace(one) == said


def test_whose_and_when() -> None:
    assert title(make_goal_line()) == "Your revenue, Q4 2026"
    assert title(make_goal_line(whose="Tom")) == "Revenue of Tom, Q4 2026"
    persona = make_goal_line(whose="Warm", scope=GoalScope.PERSONA, kind=GoalKind.PIPELINE)
    assert title(persona) == "New pipeline of the persona Warm, Q4 2026"
    company = make_goal_line(scope=GoalScope.TENANT)
    assert plain_title(company) == "Revenue of the whole company, Q4 2026"
    assert period(date(2028, 2, 1), date(2028, 2, 29)) == "February 2028"
    assert period(date(2026, 11, 1), date(2027, 1, 31)) == "1 Nov 2026 to 31 Jan 2027"
    assert period(date(2026, 12, 28), date(2027, 1, 3)) == "28 Dec 2026 to 3 Jan 2027"
    assert period(date(2026, 3, 2), date(2026, 3, 31)) == "2 Mar to 31 Mar 2026"


def test_the_days_as_bars() -> None:
    days = [(date(2026, 11, n), Decimal(value)) for n, value in ((1, 0), (2, 50), (3, 100))]
    assert sparkline(days, Decimal(100)) == "▁▄█"
    assert sparkline(days, Decimal(1000)) == "▁▁▁"
    assert sparkline([*days, (date(2026, 11, 4), None)], None) == "▁▄█·"
    assert sparkline(days[:1], None) == ""
    assert sparkline([(date(2026, 11, n), Decimal(0)) for n in (1, 2)], None) == "▁▁"
    assert len(sparkline([(date(2026, 11, 1), Decimal(n)) for n in range(500)], None)) <= 40


def test_the_page_says_what_is_known_and_what_is_left_out() -> None:
    view = goal_modal(make_goal())
    assert view_faults(view) == []
    text = words_of(view)
    for part in (
        "Expected by now: $260,000, after 33 of 66 working days",
        "about $430,000, in four of five cases between $330,000 and $520,000",
        "Without an amount: 2 deals (Pilot (Acme), Seats (Globex))",
        "In another currency: 1 deal worth €12,500",
        "nobody saw when they were won: 1 deal",
        "Acme: follow-ups",
        "3 more before these",
        "$500,000 → $520,000 · Mona Manager",
        "Change target",
        "Drop",
    ):
        assert part in text, part
    assert "goal.target" not in words_of(goal_modal(make_goal(may_change=False)))


def test_a_proposal_says_what_it_is_made_of() -> None:
    proposed = make_goal(
        line=make_goal_line(status=GoalStatus.PROPOSED, target=None, proposed=Decimal(360_000)),
        baseline=Decimal(100_000),
        observe_from=date(2026, 11, 21),
    )
    card = goal_card(proposed)
    assert faults(card, text=goal_text(proposed)) == []
    text = words_of(card)
    assert "I propose $360,000" in text
    assert "I saw $100,000 since 21 Nov." in text
    assert text.count('"primary"') == 1
    assert "Accept $360,000" in text
    assert goal_text(proposed) == "Revenue of yours, Q4 2026: I propose $360,000"


@pytest.mark.parametrize("status", list(GoalStatus))
@pytest.mark.parametrize("kind", list(GoalKind))
def test_whatever_it_is_slack_takes_it(status: GoalStatus, kind: GoalKind) -> None:
    one = make_goal_line(
        status=status, kind=kind, whose=EVIL, proposed=Decimal(5),
        currency="USD" if kind.money else None, scope=GoalScope.PERSONA,
    )  # fmt: skip
    view = make_goal(
        line=one, note=EVIL, made_by=EVIL, tally=make_tally(unknown_names=(EVIL,) * 3),
        moments=tuple(replace(m, by=EVIL, why=EVIL) for m in make_goal().moments * 4),
        deeds=tuple(replace(d, account=EVIL, type=EVIL) for d in make_goal().deeds * 8),
    )  # fmt: skip
    assert faults(goal_card(view), text=goal_text(view)) == []
    for window in (goal_modal(view), target_modal(view), goals_modal(make_goals(*[one] * 30))):
        assert view_faults(window) == []
        assert "<!channel>" not in words_of(window)
        assert "<https" not in words_of(window)
    assert "<!channel>" not in words_of(goal_card(view))


def test_the_list_and_its_forms() -> None:
    assert "No goal yet" in words_of(goals_blocks(make_goals()))
    assert "goal.new" not in words_of(goals_blocks(make_goals(may_make=False)))
    listed = goals_blocks(make_goals(make_goal_line(), total=40))
    assert faults(listed, text="x") == []
    assert "39 more" in words_of(listed)
    for view in (make_goal_form(), make_goal_form(for_others=False)):
        window = new_goal_modal(view)
        assert view_faults(window) == []
        assert ("external_select" in words_of(window)) is view.for_others


def test_home_and_the_digest_name_them() -> None:
    for role in Role:
        home = home_view(make_home(reader=make_reader(role=role), goals=(make_goal_line(),)))
        assert view_faults(home) == []
        assert "behind by $46,000" in words_of(home)
        assert "No target is set" not in words_of(home)
    assert "No target is set" in words_of(home_view(make_home()))
    digest = make_digest(goals=(make_goal_line(), make_goal_line(whose="<!here>")))
    card = digest_card(digest)
    assert faults(card, text=digest_text(digest)) == []
    assert "*Fallen behind*" in words_of(card)
    assert "<!here>" not in words_of(card)
    _, html, plain = digest_mail(digest, DigestLinks())
    assert "behind by $46,000" in plain
    assert "Fallen behind" in html
