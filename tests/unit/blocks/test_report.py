"""A report in Slack and as a mail: whole, inert, the same numbers twice, one screen."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from blocks.lint import faults, view_faults
from blocks.report import how_modal, report_blocks, report_text
from blocks.report_mail import report_mail
from blocks.report_words import dollars, figure_words, minutes, part_words
from services.types.reports import Part, ReportLinks, Unit
from tests.unit.report_factory import make_figures, make_nothing, make_report, make_report_view

EVIL = "<!channel> *bold* & <https://evil.example|click> <b>x</b> \u202e\0"
TEXT = """\
• *Effort saved*: 3 h to 6 h 32 min (12 other mails count as reading only: too few were written by \
hand when I only watched, to compare with)
• *Cost per handled conversation*: $0.06; all models $6.48; conversations handled 108
• *Engagement*: answers of mine, answered 80 % of 70 (69 to 88 %); by hand when I only watched, \
answered 60 % of 80 (49 to 70 %); difference +20 points (+5 to +33)
• *Pipeline*: moved with a part of mine 7 of 19; worth €120,000; worth $160,000; with mail of \
mine, moved forward 79 % of 24 (60 to 91 %); without 0 % of 56 (0 to 6 %); difference +79 points \
(+59 to +91)
• *Adoption*: people who decided 5 of 6; sent unchanged 69 % of 117 (60 to 77 %)
• *How well my percentages hold*: answers to questions, answered, mean gap 6 points, over \
70 outcomes; Brier score 0.182 (0 is best)
• *Risks*: undone in time 2; called not helpful 1; texts with orders to a machine 3
• *Goals*: met 2 of 3; running and behind 1 of 4"""


def test_the_page_in_words() -> None:
    head, lines, *_ = report_blocks(make_report_view())
    assert head["text"]["text"] == "*October 2026*: the whole company"
    assert lines["text"]["text"] == TEXT


def test_the_page_has_one_primary_button_and_what_is_missing_has_none() -> None:
    view = make_report_view()
    *_, row, _ = report_blocks(view)
    assert [one["text"]["text"] for one in row["elements"]] == [
        "How is this counted?",
        "Previous month",
        "Send me this by mail",
    ]
    assert [one.get("style") for one in row["elements"]] == ["primary", None, None]
    *_, row, foot = report_blocks(
        make_report_view(make_report(report_id=None), may_mail=False, earlier=None)
    )
    assert [one["text"]["text"] for one in row["elements"]] == ["How is this counted?"]
    assert foot["elements"][0]["text"].startswith("Unfinished")


def test_nothing_is_said_as_unknown_and_never_as_a_number() -> None:
    report = make_report(figures=make_nothing())
    words = {one.key: figure_words(one) for one in report.figures}
    assert words["effort"] == "not known: no mail of mine left"
    assert words["cost"].startswith("not known, no conversation was handled")
    assert words["risks"] == "nothing seen"
    assert all(
        one.startswith("not known") for key, one in words.items() if key not in {"cost", "risks"}
    )
    view = make_report_view(report)
    assert not faults(report_blocks(view), text=report_text(view))
    assert "%" not in report_blocks(view)[1]["text"]["text"]


def test_every_figure_says_how_it_is_counted_and_on_what() -> None:
    view = how_modal(make_report_view())
    assert not view_faults(view)
    said = json.dumps(view, ensure_ascii=False)
    for figure in make_figures():
        assert figure.name in said
        assert figure.sample in said
    assert said.count("_Formula_") == len(make_figures()) == said.count("_Days_")
    _, html, text = report_mail(make_report_view())
    for figure in make_figures():
        assert figure.formula in text
        assert figure.sample in text
    links = re.findall(r'href="#how-(\d)"', html)
    assert links == re.findall(r'id="how-(\d)"', html) == [str(n + 1) for n in range(8)]


def test_text_from_outside_stays_text() -> None:
    figures = tuple(
        replace(
            one,
            notes=(EVIL,),
            parts=(Part(label=EVIL, unit=Unit.MONEY, value=Decimal(1), currency=EVIL),),
        )
        for one in make_figures()
    )
    report = make_report(figures=figures, corrections=(EVIL,), notes=(EVIL,), zone=EVIL)
    view = make_report_view(report, by_mail=EVIL)
    blocks = report_blocks(view)
    assert not faults(blocks, text=report_text(view))
    assert not view_faults(how_modal(view))
    for shown in (json.dumps(blocks), json.dumps(how_modal(view))):
        assert "<!channel>" not in shown
        assert "<https" not in shown
    view = replace(view, reader=replace(view.reader, name=EVIL))
    _, html, text = report_mail(view)
    assert "<b>x</b>" not in html
    assert "\u202e" not in html + text


def test_the_mail_says_it_twice_and_what_changed_since() -> None:
    told = "September 2026, mails of mine answered: 41 were told, now 43"
    report = make_report(corrections=(told,), since=date(2026, 10, 12))
    links = ReportLinks(unsubscribe="https://u.example/act/x", in_slack="https://slack.com/x")
    subject, html, text = report_mail(make_report_view(report), links)
    assert subject == "October 2026: Understudy's report"
    assert html.count("https://u.example/act/x") == 1
    for words in (told, "since 12 October 2026", "3 h to 6 h 32 min", "+20 points (+5 to +33)"):
        assert words in html.replace("&#39;", "'")
        assert words in text


@pytest.mark.parametrize(
    ("value", "words"),
    [("0", "0 min"), ("-15", "-15 min"), ("60", "1 h"), ("250", "4 h 10 min"), ("1860", "31 h")],
)
def test_minutes(value: str, words: str) -> None:
    assert minutes(Decimal(value)) == words


@pytest.mark.parametrize(
    ("value", "words"), [("0", "$0.00"), ("0.0042", "$0.0042"), ("1234.5", "$1,234.50")]
)
def test_dollars(value: str, words: str) -> None:
    assert dollars(Decimal(value)) == words


def test_a_range_without_a_value_is_shown_as_a_range() -> None:
    part = Part(label="", unit=Unit.MINUTES, low=Decimal(-10), high=Decimal(30))
    assert part_words(part) == "-10 min to 30 min"
