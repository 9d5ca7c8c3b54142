"""Promises read out of mails, in four languages, and what became of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.account_view.promises import Letter, find_vows, promises_of
from services.types.account_view import Promise, PromiseState, RowKind, Side, Where

TODAY = date(2026, 11, 30)
"""A Monday."""
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "sort", "due"),
    [
        ("I'll send you the security report by Friday.", "send", "2026-12-04"),
        ("I will get back to you tomorrow on the DPA.", "answer", "2026-12-01"),
        ("Let me check with legal and get back to you.", "answer", None),
        ("You'll have the revised quote by Wednesday.", "send", "2026-12-02"),
        ("We'll schedule a call for Thursday.", "meet", "2026-12-03"),
        ("My colleague will send the order form on 3 December.", "send", "2026-12-03"),
        ("I promise to review it today.", "answer", "2026-11-30"),
        ("Ich schicke Ihnen das Angebot bis Freitag.", "send", "2026-12-04"),
        ("Bis Donnerstag kläre ich das intern.", "answer", "2026-12-03"),
        ("Wir werden Ihnen die Unterlagen morgen zusenden.", "send", "2026-12-01"),
        ("Sie erhalten den Vertrag bis Mittwoch.", "send", "2026-12-02"),
        ("Je vous envoie le contrat d'ici vendredi.", "send", "2026-12-04"),
        ("Nous reviendrons vers vous lundi.", "answer", "2026-12-07"),
        ("Je vais vérifier avec notre équipe.", "answer", None),
        ("Le enviaré la propuesta mañana.", "send", "2026-12-01"),
        ("Voy a confirmarlo con el equipo.", "answer", None),
        ("Les llamaremos el jueves.", "meet", "2026-12-03"),
    ],
)
def test_what_is_a_promise(words: str, sort: str, due: str | None) -> None:
    (vow,) = find_vows(f"Hello Dana,\n\n{words}\n\nBest regards", TODAY)
    assert vow.quote == words
    assert (vow.sort.value, vow.due.isoformat() if vow.due else None) == (sort, due)


@pytest.mark.parametrize(
    "words",
    [
        "If you like, I'll send you the deck.",
        "Once you sign, we will send the invoice.",
        "Let me know if that works.",
        "I'll be out of office next week.",
        "I'd be happy to send it.",
        "I will not send it.",
        "When will I get it?",
        "Could you tell me when you will send it?",
        "Here is the report you asked for.",
        "As promised, I'll send it below.",
        "Anbei sende ich Ihnen das Angebot.",
        "Ich freue mich auf Ihre Rückmeldung.",
        "Falls Sie möchten, schicke ich Ihnen mehr.",
        "Vous trouverez ci-joint le contrat.",
        "Si vous voulez, je vous enverrai le contrat.",
        "Adjunto le enviaré la propuesta.",
        "We look forward to your answer.",
    ],
)
def test_what_only_looks_like_one(words: str) -> None:
    assert list(find_vows(words, TODAY)) == []


@given(st.text(max_size=400))
def test_any_text_is_read_and_quotes_are_verbatim(text: str) -> None:
    assert all(vow.quote in text for vow in find_vows(text, TODAY))


def letter(number: int, text: str, *, days: float, inbound: bool = False, **more: Any) -> Letter:
    """Written so many days ago."""
    return Letter(
        **{
            "id": UUID(int=number),
            "talk": UUID(int=1),
            "at": NOW - timedelta(days=days),
            "inbound": inbound,
            "who": "Dana" if inbound else "Maya",
            "text": text,
            "where": Where(kind=RowKind.MESSAGE, id=UUID(int=number)),
            **more,
        }
    )


def owed(*letters: Letter, meetings: Any = ()) -> list[tuple[str, str]]:
    found: tuple[Promise, ...] = promises_of(letters, meetings, NOW, BERLIN)
    return [(one.side.value, one.state.value) for one in found]


VOW = "I'll send you the report by Friday."
OURS, ASKED = Side.OURS.value, Side.ASKED.value
OPEN, OVERDUE, KEPT = (one.value for one in PromiseState)


def test_ours_is_open_then_overdue_and_kept_only_by_what_shows_it() -> None:
    assert owed(letter(1, VOW, days=0)) == [(OURS, OPEN)]
    assert owed(letter(1, VOW, days=6)) == [(OURS, OVERDUE)]
    said = letter(1, VOW, days=6)
    assert owed(said, letter(2, "Here is the report.", days=5)) == [(OURS, KEPT)]
    assert owed(said, letter(2, "The report.", days=5, handed=True)) == [(OURS, KEPT)]
    assert owed(said, letter(2, "How are you?", days=5)) == [(OURS, OVERDUE)]
    other = letter(2, "Here is the report.", days=5, talk=UUID(int=9))
    assert owed(said, other) == [(OURS, OVERDUE)], "another conversation shows nothing"


def test_an_answer_keeps_a_word_and_a_new_promise_doesnt() -> None:
    word = letter(1, "I'll get back to you on that.", days=5)
    assert owed(word, letter(2, "Legal says yes.", days=4)) == [(OURS, KEPT)]
    again = letter(2, "I'll get back to you tomorrow.", days=4)
    assert owed(word, again) == [(OURS, OVERDUE), (OURS, OPEN)]


def test_a_meeting_keeps_what_promised_one() -> None:
    word = letter(1, "We'll set up a call.", days=5)
    where = Where(kind=RowKind.MEETING, id=UUID(int=7))
    assert owed(word, meetings=[(NOW - timedelta(days=4), where)]) == [(OURS, KEPT)]
    assert owed(word, meetings=[(NOW - timedelta(days=6), where)]) == [(OURS, OPEN)]


def test_what_they_asked_is_open_until_somebody_answers() -> None:
    ask = letter(
        1, "Could you send it?", days=2, inbound=True, asks=(("Could you send it?", TODAY),)
    )
    assert owed(ask) == [(ASKED, OPEN)]
    assert owed(ask, letter(2, "Sure.", days=1)) == []
    machine = letter(2, "I am away.", days=1, human=False)
    assert owed(ask, machine) == [(ASKED, OPEN)]
    # A promise in reply turns their question into our debt.
    assert owed(ask, letter(2, "I'll send it on Wednesday.", days=1)) == [(OURS, OPEN)]


def test_a_promise_without_a_day_is_forgotten_after_a_while() -> None:
    assert owed(letter(1, "I'll look into it.", days=59)) == [(OURS, OPEN)]
    assert owed(letter(1, "I'll look into it.", days=61)) == []
