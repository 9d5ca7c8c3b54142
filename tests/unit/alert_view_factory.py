"""What alerts show, with sensible defaults; every field can be overridden."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.signals.recommendations import RECOMMENDED
from services.types.alert_lines import AlertLine
from services.types.alerts import AlertView, EvidenceLine, MailSketch
from services.types.model import SignalKind
from services.types.signals import Evidence, EvidenceSource, Severity, SignalName, SignalStatus
from services.types.views import DealView
from tests.unit.view_factory import NOW, make_reader


def make_evidence() -> tuple[EvidenceLine, ...]:
    quote = Evidence(
        source=EvidenceSource.MESSAGE,
        source_id=UUID(int=0xE),
        at=NOW - timedelta(days=2),
        who="Dana <!channel> Reyes",
        quote="We are *looking* at <https://evil.test|ending> the contract. " * 6,
    )
    figure = Evidence(source=EvidenceSource.FIGURE, words="no word for 19 days, usually 4")
    return (
        EvidenceLine(evidence=quote, source="mail", url="https://mail.google.com/mail/u/#all/t1"),
        EvidenceLine(evidence=figure, source="counted"),
    )


def make_alert(**changes: Any) -> AlertView:
    name = changes.get("name", SignalName.CANCELLATION)
    return AlertView(
        **{
            "reader": make_reader(),
            "signal_id": UUID(int=0xA1),
            "version": 3,
            "name": name,
            "kind": SignalKind.RISK,
            "severity": Severity.CRITICAL,
            "status": SignalStatus.RAISED,
            "account_id": UUID(int=0xAC),
            "account_name": "Northwind & <Sons>",
            "deal": DealView(
                name="Renewal",
                stage="negotiation",
                amount=Decimal(84000),
                currency="EUR",
                close_date=None,
            ),
            "why": "They speak of ending the contract.",
            "evidence": make_evidence(),
            "recommendation": RECOMMENDED[name],
            "sketch": MailSketch(
                contact_id=UUID(int=0xC),
                name="Dana Reyes",
                title="Head of IT",
                subject="Something I would like to solve with you: your contract",
                opening="I am writing because your contract needs attention from both of us.",
                ask="When could we talk about how to solve it?",
            ),
            "no_mail": "",
            "draft": None,
            "confidence": 0.84,
            "threshold": 0.7,
            "detectors": ("model", "silence"),
            "raised_at": NOW - timedelta(minutes=3),
            "seen_at": NOW,
            **changes,
        }
    )


def make_line(**changes: Any) -> AlertLine:
    return AlertLine(
        **{
            "signal_id": UUID(int=0xA1),
            "account_name": "Northwind & <Sons>",
            "name": SignalName.CANCELLATION,
            "severity": Severity.CRITICAL,
            "why": "They speak of ending the contract.",
            "proof": "Dana Reyes: “We are looking at ending the contract.”",
            "raised_at": NOW - timedelta(minutes=3),
            **changes,
        }
    )
