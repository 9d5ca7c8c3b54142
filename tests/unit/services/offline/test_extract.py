import random
from datetime import date

import pytest

from services.offline.dates import find_days
from services.offline.extract import extract
from services.offline.model import OfflineModel
from services.types.model import Extraction, ExtractionRequest, SignalKind
from services.types.qualification import Criterion
from tests.unit.services.offline.labelled import load

TODAY = date(2026, 11, 20)  # a Friday


def read(text: str) -> Extraction:
    return extract(ExtractionRequest(text=text, subject="", sender_name="", today=TODAY))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("by end of Q1", date(2027, 3, 31)),
        ("before 15 March", date(2027, 3, 15)),
        ("next Friday", date(2026, 11, 27)),
        ("by 2027-02-01", date(2027, 2, 1)),
        ("by 3/15/2027", date(2027, 3, 15)),
        ("am 15.03.2027", date(2027, 3, 15)),
        ("bis Ende März", date(2027, 3, 31)),
        ("d'ici fin janvier", date(2027, 1, 31)),
        ("antes del 15 de marzo", date(2027, 3, 15)),
        ("tomorrow", date(2026, 11, 21)),
        ("by the end of the month", date(2026, 11, 30)),
        ("within 6 weeks", date(2027, 1, 1)),
    ],
)
def test_days_are_resolved_against_today(text: str, day: date) -> None:
    assert [named.day for named in find_days(text, TODAY)] == [day]


@pytest.mark.parametrize("text", ["on 31 February", "we may come", "32.13.2027", "version 2.4.1"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert find_days(text, TODAY) == ()


def test_quotes_stand_verbatim_over_line_breaks_and_odd_spaces() -> None:
    text = (
        "Hi Anna,\r\n\r\nour budget is\n$50k\u00a0for this year. Could you\n"
        "send the SOC 2 report by Friday?\n\nTom"
    )
    found = read(text)
    quotes = [one.quote for one in (*found.findings, *found.asks)]
    assert len(quotes) >= 2
    assert all(quote in text for quote in quotes)


def test_any_text_gives_verbatim_quotes_and_bounded_confidence() -> None:
    words = [word for row in load() for word in row.text.split()]
    chooser = random.Random(7)  # noqa: S311 - not a secret
    for _ in range(150):
        text = "".join(
            chooser.choice(words) + chooser.choice([" ", "\n", ". ", "? ", "\u200b", ", "])
            for _ in range(60)
        )
        found = read(text)
        assert all(one.quote in text for one in (*found.findings, *found.asks))
        assert all(0 < one.confidence <= 0.95 for one in (*found.findings, *found.signals))


def test_a_missing_budget_is_a_risk_and_no_finding() -> None:
    found = read("We don't have a budget for this.")
    assert found.findings == ()
    assert [one.kind for one in found.signals] == [SignalKind.RISK]


def test_a_statement_before_a_question_counts_and_the_question_does_not() -> None:
    found = read("We need to go live by 1 March, can you do that?")
    assert [one.criterion for one in found.findings] == [Criterion.TIMELINE]
    assert "1 March 2027" in found.findings[0].value
    assert found.asks[0].due == date(2027, 3, 1)


@pytest.mark.parametrize("text", ["", " \n", "?!", "a" * 100_000, "? " * 20_000, "$" * 5_000])
def test_odd_texts_find_nothing_and_end(text: str) -> None:
    assert read(text).findings == ()


async def test_the_model_says_that_it_is_offline_and_costs_nothing() -> None:
    model = OfflineModel()
    request = ExtractionRequest(text="Hello", subject="", sender_name="", today=TODAY)
    _found, usage = await model.extract(request)
    assert model.offline
    assert (usage.model, usage.cost_usd, usage.tokens_in) == ("offline rules", 0, 0)
