"""What an event means for a prediction."""

from datetime import UTC, datetime, timedelta

import pytest

from services.outcomes.signals import (
    absence_until,
    read_reply,
    request_verdict,
    stage_verdict,
)
from services.types.model import Sign, signal_of

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Thanks, that helps. We will look at it.", "positive"),
        ("No.", "positive"),  # an answer to a question we don't know
        ("Please don't send me the contract before Friday.", "positive"),
        ("We are not interested in the add-on only, can you quote the whole suite?", "negative"),
        ("Not interested, thanks.", "negative"),
        ("No, thank you.", "negative"),
        ("No, thank you for asking, we are happy to go ahead.", "positive"),
        ("Please stop emailing me.", "negative"),
        ("Don\N{RIGHT SINGLE QUOTATION MARK}t contact me again.", "negative"),
        ("Remove me from your list.", "negative"),
        ("Please unsubscribe me", "negative"),
        ("Wir haben leider keinen Bedarf.", "negative"),
        ("Please stop sending Bob the report; send it to me.", "positive"),
        ("Schreiben Sie mir bitte nicht mehr.", "negative"),
        ("Ne nous contactez plus.", "negative"),
        ("No me escriban más.", "negative"),
        ("Not interested.", "negative"),
        ("Sorry, not interested at this time", "negative"),
        ("This is not something we are interested in.", "negative"),
        ("We decided to go with another vendor.", "negative"),
        ("We won't be moving forward.", "negative"),
        ("STOP", "negative"),
        ("Unsubscribe.\n", "negative"),
        ("Please leave me alone.", "negative"),
        ("Bitte keine weiteren E-Mails.", "negative"),
        ("Kein Bedarf, danke.", "negative"),
        ("Merci de ne plus m'écrire.", "negative"),
        ("Cela ne nous intéresse pas.", "negative"),
        ("Not interested in the basic plan; we want the pro one.", "positive"),
        ("We're not interested in the basic plan, but the pro one looks great.", "positive"),
        ("I'm not interested in delaying this. Let's start Monday.", "positive"),
        ("We will not be available on Monday; Tuesday works.", "positive"),
        ("Can you remove me from the Thursday meeting? Friday works.", "positive"),
        ("   \n--", "ambiguous"),
        ("", "ambiguous"),
    ],
)
def test_a_reply_is_read_by_its_words(text: str, status: str) -> None:
    assert read_reply("Re: Offer", text, (), suspicious=False).status == status


def test_signs_count_when_they_are_sure() -> None:
    for sign in (Sign.ESCALATION, Sign.DISSATISFACTION, Sign.CANCELLATION, Sign.DEAL_LOST):
        sure, faint = signal_of(sign, 0.6, "x"), signal_of(sign, 0.59, "x")
        assert read_reply("Re: x", "Hm.", (sure,), suspicious=False).status == "negative"
        assert read_reply("Re: x", "Hm.", (faint,), suspicious=False).status == "positive"
    price = signal_of(Sign.PRICE_OBJECTION, 1.0, "x")
    assert read_reply("Re: x", "Too dear.", (price,), suspicious=False).status == "positive"


def test_forwarded_or_suspicious_is_no_evidence_either_way() -> None:
    assert read_reply("Fwd: Offer", "See below.", (), suspicious=False).status == "ambiguous"
    assert read_reply("WG: Angebot", "Kein Interesse.", (), suspicious=False).status == "negative"
    assert read_reply("Re: Offer", "Great!", (), suspicious=True).status == "ambiguous"


def test_an_absence_names_its_day_or_lasts_a_week_and_never_long() -> None:
    back = AT + timedelta(days=12)
    assert absence_until("Automatic reply: Offer", "Back soon.", back, AT) == back
    assert absence_until("Out of office", "", None, AT) == AT + timedelta(days=7)
    assert absence_until("Re: Offer", "I am on vacation.", None, AT) == AT + timedelta(days=7)
    assert absence_until("x", "x", AT + timedelta(days=300), AT) == AT + timedelta(days=30)
    assert absence_until("x", "x", AT - timedelta(days=3), AT) == AT
    assert absence_until("We received your request", "Ticket 7 was opened.", None, AT) is None


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("discovery", "qualification", "positive"),
        ("negotiation", "closed_won", "positive"),
        ("stalled", "evaluation", "positive"),
        ("stalled", "closed_lost", "negative"),
        ("evaluation", "stalled", "negative"),
        ("evaluation", "discovery", "negative"),
        ("negotiation", "closed_lost", "negative"),
        ("evaluation", "evaluation", None),
        ("", "discovery", None),
        ("discovery", "somewhere", None),
    ],
)
def test_a_stage_is_forward_back_or_nothing(before: str, after: str, status: str | None) -> None:
    found = stage_verdict(before, after)
    assert (found.status if found else None) == status


def test_a_request_that_nobody_decided_says_nothing() -> None:
    told = {one: request_verdict(one) for one in ("approved", "rejected", "withdrawn", "voided")}
    assert [one.status for one in told.values() if one] == [
        "positive",
        "negative",
        "undelivered",
        "undelivered",
    ]
    assert request_verdict("expired") is None
    assert request_verdict("pending") is None
