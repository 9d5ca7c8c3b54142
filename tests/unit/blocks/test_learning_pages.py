"""The pages of how it goes: what they say, what they leave unsaid, and that Slack takes them."""

import json
from typing import Any
from uuid import UUID

import pytest

from blocks.lint import faults, view_faults
from blocks.me import home_learning, how_modal, me_blocks, me_modal, me_text, to_try_modal
from blocks.person import coaching_modal, example_modal, person_modal
from blocks.settings import settings_modal, wishes
from blocks.team import team_blocks, team_modal, team_text, weeks_modal
from blocks.team_work import work_modal
from blocks.to_label import to_label_modal
from sandbox.slack.kit.payloads import message_problems, view_problems
from services.intervals import share_of
from services.learning_views.comparing import compare
from services.types.coaching import Opportunities, ToTry
from services.types.habit_views import HabitCounts
from services.types.learning import Figures
from services.types.me import HomeLearning, Streak
from services.types.people import Role
from services.types.preferences import Preferences
from tests.unit.coaching_view_factory import make_finding
from tests.unit.learning_view_factory import (
    HOSTILE,
    make_answers,
    make_empty_me,
    make_example,
    make_figures,
    make_label,
    make_labels,
    make_me,
    make_open,
    make_opportunity,
    make_person_page,
    make_said,
    make_spans,
    make_team,
    make_weeks,
    make_work,
)
from tests.unit.rollout_view_factory import make_settings
from tests.unit.view_factory import NOW, make_reader


def said(blocks: Any) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def fits(blocks: list[dict[str, Any]], text: str = "t") -> bool:
    return not faults(blocks, text=text) and not message_problems(blocks)


def opens(view: dict[str, Any]) -> bool:
    return not view_faults(view) and not view_problems(view)


# ── How you're doing ──────────────────────────────────────────────────────────────────────────────
def test_every_share_stands_with_its_count_and_interval() -> None:
    blocks = me_blocks(make_me())
    words = said(blocks)
    assert fits(blocks, me_text(make_me()))
    assert opens(me_modal(make_me()))
    assert "Sent unchanged: 17 of 23 (74 %, 54 to 87 %)" in words
    assert "Answered: 6 of 14 (43 %, 21 to 67 %)\\n• Answered with a no: 1" in words
    assert "Before: 5 of 12, no clear change" in words
    assert "Left out: 1 unclear, 1 not delivered, of 16" in words
    assert "The rest of your team: 40 of 100 (40 %, 31 to 50 %)" in words
    assert "Besides: 1 you answered yourself, 2 overtaken by a newer mail" in words
    assert "Northwind · Your quote: likely (62 %), until Tuesday 10:30" in words
    assert (
        "Not helpful, “too long” on Northwind · Your quote, 18 Nov: sent edited, answered" in words
    )
    assert "Mona Berg and admins see these counts, never a text. As of 10:30." in words


def test_predictions_of_other_things_are_no_mails() -> None:
    words = said(me_blocks(make_me(open=(make_open(),), open_total=38, open_mails=18)))
    assert "Not answered yet* · 18 mails · besides 20 open on deals, meetings and requests" in words


def test_one_screen_of_a_phone() -> None:
    """No more than fourteen blocks and 2,600 characters, with everything there is."""
    view = make_me(
        open=tuple(make_open() for _ in range(4)),
        said=tuple(make_said() for _ in range(3)),
        streak=Streak(days=4, longest=9),
    )
    blocks = me_blocks(view)
    assert len(blocks) <= 14
    assert sum(len(block.get("text", {}).get("text", "")) for block in blocks) < 2600


def test_somebody_with_nothing_yet_is_told_what_is_missing() -> None:
    words = said(me_blocks(make_empty_me(has_mailbox=False)))
    assert "No draft in the last 60 days." in words
    assert "Your Gmail isn't connected" in words
    assert "I need about 30 more mails whose 7 days are over" in words
    assert "Not answered yet" not in words
    assert "Admins see these counts, never a text" in words
    assert fits(me_blocks(make_empty_me()), me_text(make_empty_me()))


def test_three_outcomes_claim_nothing() -> None:
    spans = make_spans(
        now=Figures(proposed=3, unchanged=3, sent=3), before=Figures(),
        answers=Figures(answered=3), answers_before=Figures(),
    )  # fmt: skip
    words = said(me_blocks(make_me(spans=spans, tips=ToTry())))
    assert "Answered: 3 of 3 (100 %, 44 to 100 %)" in words
    assert "I need about 27 more mails" in words


def test_the_young_are_not_counted() -> None:
    """All mails are younger than their seven days: nothing is known, and nothing is said."""
    spans = make_spans(answers=Figures(), answers_before=Figures())
    assert "What came back" not in said(me_blocks(make_me(spans=spans)))


def test_what_was_looked_at_and_held_up_not() -> None:
    tips = ToTry(compared=4, missing=("12 more threads at least before the length",), looked_at=NOW)
    words = said(me_blocks(make_me(tips=tips)))
    assert "I need about 16 more mails whose 7 days are over" in words
    words = said(to_try_modal(make_me(tips=tips)))
    assert "4 comparisons made" in words
    assert "12 more threads at least before the length" in words


def test_the_strongest_is_on_the_page_and_the_others_behind_a_button() -> None:
    view = make_me(tips=ToTry(findings=(make_finding(),) * 3, compared=9, looked_at=NOW))
    words = said(me_blocks(view))
    assert words.count("finding.mails") == 1
    assert "The difference: +23 points (+9 to +36)." in words
    assert "2 more to try" in words
    assert opens(to_try_modal(view))
    assert said(to_try_modal(view)).count("finding.mails") == 3


def test_only_a_change_beyond_chance_is_called_one() -> None:
    spans = make_spans(
        answers=Figures(answered=60, expired=40), answers_before=Figures(answered=30, expired=70)
    )
    assert "60 of 100 (60 %, 50 to 69 %), *more* than before (30 of 100)" in said(
        me_blocks(make_me(spans=spans))
    )


def test_a_row_of_days_is_shown_to_who_wants_it() -> None:
    assert "In a row" not in said(me_blocks(make_me()))
    words = said(me_blocks(make_me(streak=Streak(days=4, longest=9))))
    assert "4 working days on which no draft waited over a working day; the longest" in words
    assert "left a draft lying" in said(me_blocks(make_me(streak=Streak(days=0, longest=0))))


def test_words_from_outside_stay_words() -> None:
    for view in (
        me_modal(make_me(
            open=(make_open(about=HOSTILE),), said=(make_said(reason=HOSTILE, about=HOSTILE),),
            led_by=HOSTILE,
        )),
        to_label_modal(make_labels(make_label(about=HOSTILE, quote=HOSTILE, source=HOSTILE))),
        person_modal(make_person_page()),
        coaching_modal(Opportunities(found=make_person_page().opportunities, looked_at=NOW)),
    ):  # fmt: skip
        assert opens(view)
        for block in view["blocks"]:
            assert "<!channel>" not in block.get("text", {}).get("text", "")


def test_the_formulas_can_be_read() -> None:
    assert opens(how_modal())
    assert "Wilson" in said(how_modal())


# ── The team ────────────────────────────────────────────────────────────────────────────────────
def test_a_team_with_charts_and_in_a_window_without() -> None:
    view = make_team(8)
    blocks = team_blocks(view)
    assert fits(blocks, team_text(view))
    charts = [block for block in blocks if block["type"] == "data_visualization"]
    assert len(charts) == 2
    assert len(charts[0]["chart"]["axis_config"]["categories"]) == 10
    assert "Not drawn, because unknown: answers of 9 Nov, 16 Nov." in said(blocks)
    assert opens(team_modal(view))
    assert opens(weeks_modal(view))
    assert "unknown" in said(weeks_modal(view))
    assert "rising over 12 weeks" in said(blocks)
    assert "2.0 h, mean of 20" in said(blocks)


def test_people_are_compared_in_words() -> None:
    words = said(team_blocks(make_team(10)))
    assert "All together: 275 of 500" in words
    assert "*above the others*" in words
    assert "can't be told apart" in words
    assert words.index("Person 10") < words.index("Person 9") < words.index("Person 8")
    assert "The best tenth, the first of them: 50 of 50" in words
    assert "without it about" in words
    assert make_team(3).comparison.best is None
    few = make_team(3, comparison=compare([]), people=(), total=1)
    assert "Nobody has 10 mails yet" in said(team_blocks(few))


def test_an_executive_sees_totals() -> None:
    view = make_team(
        people=(), names=False, whole=True, reader=make_reader(role=Role.EXECUTIVE), to_label=0
    )
    words = said(team_blocks(view))
    assert "Person 1" not in words
    assert "Single people's figures are for whoever leads them." in words


def test_a_new_team() -> None:
    nothing = make_spans(
        now=Figures(), before=Figures(), answers=Figures(), answers_before=Figures()
    )
    weeks = make_weeks()
    empty = tuple(type(week)(begins=week.begins, figures=Figures(), over=week.over)
                  for week in weeks)  # fmt: skip
    view = make_team(
        0, spans=nothing, weeks=empty, people=(), members=0, to_label=0, trend="unknown"
    )
    words = said(team_blocks(view))
    assert "Nobody reports to you yet" in words
    assert "data_visualization" not in words
    assert fits(team_blocks(view), team_text(view))
    assert opens(team_modal(view))
    silent = make_team(0, spans=nothing, weeks=empty, people=(), members=2, silent=2)
    assert "unknown" in said(team_blocks(silent))


def test_one_person_in_numbers() -> None:
    view = make_person_page()
    words = said(person_modal(view))
    assert opens(person_modal(view))
    assert "Something cut: the same way, in 7 mails" in words
    assert "1 edit made into a rule, applied in 4 drafts, put back in 1" in words
    assert "8 of 20 drafts were not sent." in words
    assert "the tone is wrong (5)" in words
    assert "numbers only: they don't share their mails" in words
    assert "doesn't share the mails behind them" in words
    mails = {"shares": True, "examples": (UUID(int=1), UUID(int=2))}
    shared = person_modal(
        make_person_page(opportunities=(make_opportunity(**mails), make_opportunity(**mails)))
    )
    assert opens(shared)
    assert said(shared).count("team.example#") == 4
    assert "team.example" not in words
    hidden = make_opportunity(examples=(UUID(int=1),))
    assert "team.example" not in said(person_modal(make_person_page(opportunities=(hidden,))))
    assert opens(example_modal(make_example(text="x" * 9000, account=HOSTILE)))
    assert "here it is." in said(example_modal(make_example()))
    nothing = HabitCounts(changed=share_of(0, 0))
    none = person_modal(make_person_page(opportunities=(), looked_at=None, edits=nothing))
    assert "haven't had enough to look at yet" in said(none)


# ── A person's word ─────────────────────────────────────────────────────────────────────────────
def test_the_list_shows_the_words_and_what_was_said() -> None:
    first = make_label()
    second = make_label(said="yes", by="Mona", quote="", reason="the stage went back")
    view = to_label_modal(make_labels(first, second, total=12), "Noted: it came true.")
    words = said(view)
    assert opens(view)
    assert "Noted: it came true." in words
    assert "Let me think about it" in words
    assert "the stage went back" in words
    assert "Mona said: Yes" in words
    assert words.count('"style": "primary"') == 1
    assert "Next" in words
    assert opens(to_label_modal(make_labels(items=(), total=0)))
    assert "Tom Adler's mail" not in said(to_label_modal(make_labels(make_label(), team=False)))


# ── Home and settings ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("view", "words"),
    [
        (HomeLearning(days=30, figures=make_figures(answered=6, expired=8)),
         "*Your drafts* · 30 days\\n17 of 23 sent unchanged, 6 of 14 answered"),
        (HomeLearning(days=30, figures=make_figures(), team=True), "*Your team's drafts*"),
        (HomeLearning(days=30, figures=make_answers(), whole=True, team=True),
         "*Everybody's drafts*"),
    ],
)  # fmt: skip
def test_a_line_on_home(view: HomeLearning, words: str) -> None:
    assert words in said(home_learning(view))
    assert home_learning(None) == []


def test_what_may_be_chosen() -> None:
    view = settings_modal(make_settings(preferences=Preferences(streaks=True)))
    assert opens(view)
    (block,) = [one for one in view["blocks"] if one.get("block_id") == "learning"]
    assert [one["value"] for one in block["element"]["options"]] == ["streaks", "share_examples"]
    assert [one["value"] for one in block["element"]["initial_options"]] == ["streaks"]


def test_where_work_goes_claims_a_weekday_only_beyond_chance() -> None:
    view = make_work()
    shown = work_modal(view)
    assert not view_faults(shown)
    said = json.dumps(shown, ensure_ascii=False)
    assert "<!channel>" not in said
    assert "Tuesdays are answered most: 41 of 90 (46 %, 36 to 56 %)" in said
    assert "38 of 40 (95 %, 83 to 99 %) sent unchanged" in said
    assert "churn prevented" in said
    said = json.dumps(work_modal(make_work(weekday=None, unchanged_kinds=())))
    assert "No weekday stands out" in said
    assert "could do without" not in said
    nothing = make_work(types=(), weekday=None, weeks=3, accounts=(), proposals=0)
    said = json.dumps(work_modal(nothing))
    assert "Unknown: 3 weeks so far" in said
    assert "Nothing was decided" in said


def test_who_gets_no_report_isnt_asked_about_it() -> None:
    assert "report_mail" not in dict(wishes(Role.REP))
    assert dict(wishes(Role.MANAGER))["report_mail"].startswith("My team's week")
    assert dict(wishes(Role.ADMIN))["report_slack"].startswith("The company's month")
