"""Read models with sensible defaults; every field can be overridden."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.types.confidence import BorneOut
from services.types.people import Role
from services.types.qualification import Criterion
from services.types.views import (
    AskView,
    ChangeView,
    CriterionView,
    DealView,
    DigestView,
    DraftView,
    InboxItem,
    InboxView,
    MailboxCardView,
    MailboxStatus,
    MailCardView,
    QuietItem,
    QuietView,
    Reader,
    StatusView,
    UnsortedCardView,
    UnsortedMailView,
    WhyView,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ACTION = UUID(int=0xA1)
NEWER = UUID(int=0xA2)


def make_reader(**changes: Any) -> Reader:
    return Reader(
        **{
            "member_id": UUID(int=1),
            "name": "Maya Lindt",
            "role": Role.REP,
            "timezone": "Europe/Berlin",
            "now": NOW,
            "email": "maya@brightdesk.example",
            **changes,
        }
    )


def make_deal(**changes: Any) -> DealView:
    return DealView(
        **{
            "name": "Northwind rollout",
            "stage": "evaluation",
            "amount": Decimal(48000),
            "currency": "EUR",
            "close_date": date(2026, 12, 3),
            **changes,
        }
    )


def make_draft(**changes: Any) -> DraftView:
    return DraftView(
        **{
            "draft_id": UUID(int=0xD1),
            "revision": 2,
            "sender": "maya@brightdesk.example",
            "to": ("dana@northwind.example",),
            "cc": (),
            "bcc": (),
            "subject": "Re: Pricing for 40 seats",
            "text": "Hi Dana,\n\nforty seats are *48,000* a year & <include> onboarding.\n\nMaya",
            "author": "model",
            "author_name": None,
            "model": "offline",
            "instruction": None,
            "in_gmail": True,
            **changes,
        }
    )


def make_mail_card(**changes: Any) -> MailCardView:
    return MailCardView(
        **{
            "reader": make_reader(),
            "action_id": ACTION,
            "state": "pending",
            "effect": None,
            "responder_name": "Maya Lindt",
            "reader_is_responder": True,
            "contact_name": "Dana Reyes",
            "contact_email": "dana@northwind.example",
            "contact_title": "CFO",
            "sender_unverified": False,
            "stranger": False,
            "first_contact": False,
            "account_name": "Northwind",
            "account_health": 72,
            "account_lifecycle": "active",
            "deal": make_deal(),
            "subject": "Pricing for 40 seats",
            "received_at": NOW - timedelta(minutes=12),
            "summary": "asks for the price of 40 seats by Tuesday",
            "asks": (
                AskView(
                    quote="Could you send a quote by Tuesday?",
                    kind="quote",
                    due=date(2026, 11, 24),
                ),
            ),
            "changes": (
                ChangeView(
                    criterion=Criterion.BUDGET,
                    before=None,
                    after="EUR 50,000",
                    quote="we have up to 50k set aside",
                    confidence=0.9,
                ),
            ),
            "gaps": (Criterion.AUTHORITY,),
            "suspicious": None,
            "analysed": True,
            "draft": make_draft(),
            "verdict_reasons": ("every answer needs your approval for now",),
            "confidence": 0.66,
            "confidence_reason": "12 of 18 such answers got a reply",
            "offline": True,
            "decided_by": None,
            "decided_at": None,
            "decision_reason": None,
            "note": None,
            "newer_action_id": None,
            "rating": None,
            **changes,
        }
    )


def make_inbox_item(**changes: Any) -> InboxItem:
    return InboxItem(
        **{
            "action_id": ACTION,
            "title": "Dana Reyes (Northwind) asks for a quote",
            "why": "due Tuesday",
            "since": NOW - timedelta(hours=2),
            "due": date(2026, 11, 24),
            "channel": "D0MAYA",
            "ts": "1700000000.000001",
            **changes,
        }
    )


def make_inbox(**changes: Any) -> InboxView:
    return InboxView(
        **{
            "reader": make_reader(),
            "items": (make_inbox_item(),),
            "unsorted": 2,
            "total": 1,
            **changes,
        }
    )


def make_status(**changes: Any) -> StatusView:
    return StatusView(
        **{
            "reader": make_reader(),
            "model": "offline",
            "offline": True,
            "kill_switch": False,
            "mailboxes": (
                MailboxStatus(
                    address="maya@brightdesk.example",
                    status="connected",
                    synced_at=NOW - timedelta(minutes=1),
                    watch_expires_at=None,
                ),
            ),
            "waiting": 3,
            "quiet_today": 4,
            "mail_out": "Slack only",
            "spent_this_month_usd": Decimal("1.25"),
            "unpriced_calls": 0,
            "held_jobs": 0,
            **changes,
        }
    )


def make_unsorted(**changes: Any) -> UnsortedCardView:
    return UnsortedCardView(
        **{
            "reader": make_reader(),
            "items": (
                UnsortedMailView(
                    conversation_id=UUID(int=0xC1),
                    sender_name="Kim Ode",
                    sender_email="kim@somewhere.example",
                    subject="A question",
                    received_at=NOW - timedelta(hours=1),
                ),
            ),
            "total": 1,
            **changes,
        }
    )


def make_quiet(**changes: Any) -> QuietView:
    return QuietView(
        **{
            "reader": make_reader(),
            "items": (
                QuietItem(
                    message_id=UUID(int=0xE1),
                    account_name="Northwind",
                    sender_name="Dana Reyes",
                    subject="Thanks",
                    received_at=NOW - timedelta(days=1),
                    reason="it asks nothing",
                    should_have_told=False,
                ),
            ),
            "total": 1,
            **changes,
        }
    )


KNOWN = (
    CriterionView(
        criterion=Criterion.BUDGET,
        value="EUR 50,000",
        confidence=0.9,
        evidence="we have up to 50k set aside",
    ),
    CriterionView(criterion=Criterion.AUTHORITY, value=None, confidence=0.0, evidence=""),
)


def make_why(**changes: Any) -> WhyView:
    return WhyView(
        **{
            "reader": make_reader(),
            "action_id": ACTION,
            "trigger": "Dana asked for a quote",
            "linked_because": "dana@northwind.example is a contact of Northwind",
            "verdict": "approval_required",
            "reasons": ("every answer needs approval for now",),
            "confidence": 0.66,
            "confidence_reason": "12 of 18 such answers got a reply",
            "model": "offline rules",
            "stated": 0.66,
            "came_true": BorneOut(),
            "evidence": KNOWN,
            "signals": (("buying", "could you send a quote", 0.8),),
            **changes,
        }
    )


def make_digest(**changes: Any) -> DigestView:
    return DigestView(
        **{
            "reader": make_reader(),
            "day": date(2026, 11, 20),
            "waiting": (make_inbox_item(),),
            "sent": ("Re: Onboarding dates to ed@northwind.example",),
            "answered": ("Dana Reyes answered “Re: Pricing”",),
            "quiet": 4,
            "unsorted": 1,
            **changes,
        }
    )


def make_mailbox_card(**changes: Any) -> MailboxCardView:
    return MailboxCardView(
        **{
            "reader": make_reader(),
            "address": "maya@brightdesk.example",
            "status": "reconnect",
            **changes,
        }
    )
