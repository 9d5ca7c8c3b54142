"""Findings, lists and pages of coaching for tests."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.intervals import share_of
from services.types.coaching import (
    Compared,
    ExampleMail,
    Finding,
    FindingView,
    Opportunity,
    Sort,
    ToTry,
)
from tests.factories import NOW

COMPARED = Compared(
    first=share_of(41, 90), second=share_of(18, 80), effect=0.23, low=0.09, high=0.36,
    p=0.0011, q=0.0143, accounts=31,
)  # fmt: skip


def make_finding(**more: Any) -> Finding:
    plain: dict[str, Any] = {
        "id": UUID(int=5), "pattern": "one_question", "member_id": UUID(int=1), "mine": True,
        "sentence": "Of your threads: mails with one question were answered in 41 of 90 (46 %), "
        "those with 3 or more in 18 of 80 (22 %).",
        "advice": "Ask the one thing you need most, and keep the others for later.",
        "compared": COMPARED, "starts_on": date(2026, 5, 25), "ends_on": date(2026, 11, 21),
        "examples": 6,
    }  # fmt: skip
    return Finding(**(plain | more))


def make_to_try(*findings: Finding, **more: Any) -> ToTry:
    plain: dict[str, Any] = {"findings": findings, "compared": 9, "threads": 170, "looked_at": NOW}
    return ToTry(**(plain | more))


def make_page(finding: Finding | None = None, mails: int = 4, **mail: Any) -> FindingView:
    plain = ExampleMail(
        message_id=UUID(int=8), action_id=None, sent_at=NOW, subject="Next steps",
        account="Acme", first=True, answered=True,
    )  # fmt: skip
    made = tuple(replace(plain, first=bool(n % 2), **mail) for n in range(mails))
    return FindingView(
        finding=finding or make_finding(),
        sides=("mails with one question", "mails with three or more"),
        timezone="UTC",
        now=NOW,
        mails=made,
    )


def make_opportunity(**more: Any) -> Opportunity:
    plain: dict[str, Any] = {
        "member_id": UUID(int=1), "member_name": "Rita Rep", "sort": Sort.REQUEST, "good": False,
        "sentence": "Their requests of type discount weren't allowed in 11 of 14 (79 %); everybody "
        "else's in 2 of 28 (7 %).",
        "why": "What is often turned down costs the asking; the reasons say what was missing.",
        "compared": replace(COMPARED, accounts=0), "starts_on": date(2026, 5, 25),
        "ends_on": date(2026, 11, 21), "reasons": (("Too much", 7), ("Not now", 2)),
    }  # fmt: skip
    return Opportunity(**(plain | more))
