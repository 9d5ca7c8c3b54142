"""What approval cards, queues, pages and mails show. Built by services/approvals/views.py, rendered
by blocks/approval_*.py."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.types.approvals import CarryStatus, RequestStatus, Risk, Seen, Surface, Urgency
from services.types.views import DealView, DraftView, Reader, UndoView

Part = Literal["approver", "requester", "informed"]
"""Why somebody has the card: they may decide, they asked, or they once had it or oversee it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """One thing that will change: `Deal amount`, `$48,000`, `$43,200`. `before` may be empty."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """Whose voice is needed, who speaks for them, and what they said."""

    title: str
    holder: str | None
    delegate: str | None
    choice: Literal["approve", "reject"] | None
    voter: str | None
    at: datetime | None
    reason: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    id: UUID
    asked_by: str
    question: str
    asked_at: datetime
    answered_by: str | None
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """What an approver weighs. None is unknown and shown as such."""

    name: str
    value: Decimal | None
    """The sum of its open and won deals in `currency`: the request's, where there are any in it."""
    currency: str
    health: int | None
    lifecycle: str | None
    renewal_date: str | None
    competitor: str
    granted_before: tuple[str, ...]
    """Earlier concessions, newest first, one short line each."""
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCardView:
    """The card about one approval request (kind `approval`, subject: the request)."""

    reader: Reader
    request_id: UUID
    seen: Seen
    """What a decision made from this card is bound to."""
    part: Part
    may_decide: bool
    may_delegate: bool
    deciding_for: str | None
    """Set when the reader decides for somebody else."""
    deciders: tuple[str, ...]
    """Names of those who may decide now."""
    status: RequestStatus
    type: str
    title: str
    """One line: `10 % discount for Acme Robotics`."""
    urgency: Urgency
    risk: Risk
    requester: str
    reason: str
    evidence: str
    policy: str
    """The route's sentence: which rule sends it to whom, and why."""
    effect: tuple[EffectLine, ...]
    draft: DraftView | None
    """The exact mail, for a gated action."""
    undo: UndoView | None = None
    """Set while the approved mail waits before it leaves."""
    customer: CustomerFacts | None
    deal: DealView | None
    needed: int
    seats: tuple[SeatView, ...]
    history: tuple[str, ...]
    """Hand-overs in plain sentences: delegated, out of office, escalated."""
    questions: tuple[QuestionView, ...]
    created_at: datetime
    due_at: datetime
    expires_at: datetime | None
    overdue: bool
    settled_by: str | None
    settled_at: datetime | None
    settled_surface: Surface | None
    settled_reason: str | None
    conditions: tuple[str, ...]
    auto_template: str | None
    replaced_by: UUID | None
    replaces: UUID | None
    carry_status: CarryStatus
    carry_note: str | None
    may_retry: bool
    """The effect failed and the reader is an admin."""
    own_seconds: float | None = None
    """How long the reader's own decision took after it was delivered; None before it."""
    hasty: bool = False
    reminded: bool = False
    """Whoever decides was reminded, so their card stands there anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    request_id: UUID
    title: str
    requester: str
    deciders: tuple[str, ...]
    """Who has it; of a settled one, who settled it."""
    status: RequestStatus
    urgency: Urgency
    due_at: datetime
    overdue: bool
    channel: str | None
    ts: str | None
    """Where the reader's own card stands."""


QueueFilter = Literal["mine", "asked", "all", "decided"]
"""Waiting for me · asked by me · every pending one (managers, admins) · lately decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """`/understudy approvals` and the part of Home: sorted by due time."""

    reader: Reader
    which: QueueFilter
    type: str | None
    items: tuple[QueueItem, ...]
    total: int
    absence: str | None
    """The reader's own present or next absence, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFigures:
    """How approvals go, over `days`. A share without cases is None, never 0."""

    days: int
    pending: int
    oldest_pending_hours: float | None
    decided: int
    decide_p50_minutes: float | None
    decide_p90_minutes: float | None
    breached_share: float | None
    auto_share: float | None
    hasty_share: float | None
    expired: int
    own_decided: int = 0
    own_hasty: int = 0
    own_p50_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresView:
    reader: Reader
    all: ApprovalFigures | None
    """None for a rep: they see their own only."""
    own: ApprovalFigures
    types: tuple[tuple[str, ApprovalFigures], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFormView:
    """What the request modal starts with."""

    reader: Reader
    type: str
    account: tuple[UUID, str] | None = None
    deal: tuple[UUID, str] | None = None
    reason: str = ""
    evidence: str = ""
