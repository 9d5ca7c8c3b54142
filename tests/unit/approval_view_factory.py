"""Read models of approvals with sensible defaults; every field can be overridden."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.types.approval_views import (
    ApprovalCardView,
    ApprovalFigures,
    CustomerFacts,
    EffectLine,
    FiguresView,
    QuestionView,
    QueueItem,
    QueueView,
    RequestFormView,
    SeatView,
)
from services.types.approvals import CarryStatus, RequestStatus, Risk, Seen, Surface, Urgency
from tests.unit.view_factory import NOW, make_deal, make_reader

REQUEST = UUID(int=0xB1)
FRESH = UUID(int=0xB2)
QUESTION = UUID(int=0xC1)
HASH = "ab" * 32


def make_seat_view(**changes: Any) -> SeatView:
    return SeatView(
        **{
            "title": "VP of sales",
            "holder": "Victor Hahn",
            "delegate": None,
            "choice": None,
            "voter": None,
            "at": None,
            "reason": "",
            **changes,
        }
    )


def make_vote_view(**changes: Any) -> SeatView:
    return make_seat_view(
        **{
            "choice": "approve",
            "voter": "Victor Hahn",
            "at": NOW - timedelta(minutes=5),
            "reason": "Strategic account",
            **changes,
        }
    )


def make_question_view(**changes: Any) -> QuestionView:
    return QuestionView(
        **{
            "id": QUESTION,
            "asked_by": "Victor Hahn",
            "question": "Did they sign for two years?",
            "asked_at": NOW - timedelta(minutes=12),
            "answered_by": None,
            "answer": None,
            **changes,
        }
    )


def make_customer(**changes: Any) -> CustomerFacts:
    return CustomerFacts(
        **{
            "name": "Northwind",
            "value": Decimal(84000),
            "currency": "USD",
            "health": 74,
            "lifecycle": "demo",
            "renewal_date": "2027-03-31",
            "competitor": "Kestrel",
            "granted_before": ("5 % discount, 3 Mar 2026",),
            **changes,
        }
    )


def make_approval_card(**changes: Any) -> ApprovalCardView:
    return ApprovalCardView(
        **{
            "reader": make_reader(name="Victor Hahn"),
            "request_id": REQUEST,
            "seen": Seen(payload_hash=HASH, rule_version=3),
            "part": "approver",
            "may_decide": True,
            "may_delegate": True,
            "deciding_for": None,
            "deciders": ("Victor Hahn",),
            "status": RequestStatus.PENDING,
            "type": "discount",
            "title": "10 % discount for Northwind",
            "urgency": Urgency.NORMAL,
            "risk": Risk.LOW,
            "requester": "Maya Lindt",
            "reason": "Kestrel offers the same for less.",
            "evidence": "Their mail of Tuesday: we were offered 75k.",
            "policy": "A discount from 10 % is decided by a VP of sales; Victor has it.",
            "effect": (
                EffectLine(label="Amount of Northwind rollout", before="$84,000", after="$75,600"),
                EffectLine(label="Discount", before="", after="10 % · $8,400"),
            ),
            "draft": None,
            "customer": make_customer(),
            "deal": make_deal(),
            "needed": 1,
            "seats": (make_seat_view(),),
            "history": (),
            "questions": (),
            "created_at": NOW - timedelta(hours=1),
            "due_at": NOW + timedelta(hours=23),
            "expires_at": NOW + timedelta(days=7),
            "overdue": False,
            "settled_by": None,
            "settled_at": None,
            "settled_surface": None,
            "settled_reason": None,
            "conditions": (),
            "auto_template": None,
            "replaced_by": None,
            "replaces": None,
            "carry_status": CarryStatus.NONE,
            "carry_note": None,
            "may_retry": False,
            **changes,
        }
    )


def make_settled_card(**changes: Any) -> ApprovalCardView:
    """Approved by Victor, by the link in a mail, and carried out."""
    return make_approval_card(
        **{
            "status": RequestStatus.APPROVED,
            "may_decide": False,
            "may_delegate": False,
            "deciders": (),
            "seats": (make_vote_view(),),
            "settled_by": "Victor Hahn",
            "settled_at": NOW - timedelta(minutes=5),
            "settled_surface": Surface.LINK,
            "settled_reason": "Strategic account",
            "carry_status": CarryStatus.DONE,
            **changes,
        }
    )


def make_queue_item(**changes: Any) -> QueueItem:
    return QueueItem(
        **{
            "request_id": REQUEST,
            "title": "10 % discount for Northwind",
            "requester": "Maya Lindt",
            "deciders": ("Victor Hahn",),
            "status": RequestStatus.PENDING,
            "urgency": Urgency.HIGH,
            "due_at": NOW + timedelta(hours=3),
            "overdue": False,
            "channel": "D0VICTOR",
            "ts": "1700000000.000001",
            **changes,
        }
    )


def make_queue(**changes: Any) -> QueueView:
    return QueueView(
        **{
            "reader": make_reader(name="Victor Hahn"),
            "which": "mine",
            "type": None,
            "items": (make_queue_item(),),
            "total": 1,
            "absence": None,
            **changes,
        }
    )


def make_figures(**changes: Any) -> ApprovalFigures:
    return ApprovalFigures(
        **{
            "days": 30,
            "pending": 4,
            "oldest_pending_hours": 30.0,
            "decided": 20,
            "decide_p50_minutes": 42.0,
            "decide_p90_minutes": 600.0,
            "breached_share": 0.1,
            "auto_share": None,
            "hasty_share": 0.05,
            "expired": 1,
            "own_decided": 7,
            "own_hasty": 1,
            "own_p50_seconds": 95.0,
            **changes,
        }
    )


def make_figures_view(**changes: Any) -> FiguresView:
    return FiguresView(
        **{
            "reader": make_reader(),
            "all": make_figures(),
            "own": make_figures(),
            "types": (("discount", make_figures()),),
            **changes,
        }
    )


def make_form(**changes: Any) -> RequestFormView:
    return RequestFormView(**{"reader": make_reader(), "type": "discount", **changes})
