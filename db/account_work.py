"""SQL of the account view: deals, signals, and what was done on our side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from db.models.actions import Action
from db.models.cards import Card
from db.models.conversations import Message
from db.models.customers import Deal, DealChange
from db.models.drafts import Draft
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import ReadTx
from db.signals import OPEN_STATUSES

DEALS, CHANGES = 30, 100
DECIDER = Member.__table__.alias("decider")
OWNER = Member.__table__.alias("owner")


async def list_deals(tx: ReadTx, account_id: UUID) -> Sequence[tuple[Deal, str | None]]:
    """Deals with their owner's name, the newest first."""
    rows = await tx.session.execute(
        select(Deal, Member.name)
        .outerjoin(Member, (Member.tenant_id == Deal.tenant_id) & (Member.id == Deal.owner_id))
        .where(Deal.tenant_id == tx.tenant_id, Deal.account_id == account_id)
        .order_by(Deal.created_at.desc(), Deal.id.desc())
        .limit(DEALS)
    )
    return [(deal, name) for deal, name in rows]


async def list_changes(tx: ReadTx, deal_ids: Sequence[UUID]) -> Sequence[DealChange]:
    """What became of these deals, the newest first."""
    rows = await tx.session.execute(
        select(DealChange)
        .where(DealChange.tenant_id == tx.tenant_id, DealChange.deal_id.in_(deal_ids))
        .order_by(DealChange.created_at.desc(), DealChange.id)
        .limit(CHANGES)
    )
    return rows.scalars().all()


async def list_signals(
    tx: ReadTx, account_id: UUID, settled_since: datetime, limit: int
) -> Sequence[Signal]:
    """Open ones, and those that were settled since then; the newest first."""
    rows = await tx.session.execute(
        select(Signal)
        .where(
            Signal.tenant_id == tx.tenant_id,
            Signal.account_id == account_id,
            or_(Signal.status.in_(OPEN_STATUSES), Signal.settled_at >= settled_since),
        )
        .order_by(Signal.status.in_(OPEN_STATUSES).desc(), Signal.raised_at.desc(), Signal.id)
        .limit(limit)
    )
    return rows.scalars().all()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """An action, the mail its draft answers, who decided, and where the reader's card stands."""

    id: UUID
    type: str
    status: str
    owner_id: UUID | None
    owner: str | None
    created_at: datetime
    decided_at: datetime | None
    decision_reason: str | None
    decided_by: str | None
    decided_surface: str | None
    message_at: datetime | None
    sender: Mapping[str, Any] | None
    subject: str | None
    analysis: Mapping[str, Any] | None
    instruction: str | None
    place: tuple[str, str] | None


async def list_work(
    tx: ReadTx,
    account_id: UUID,
    member_id: UUID,
    *,
    limit: int,
    decided: tuple[datetime, datetime] | None = None,
) -> Sequence[WorkRow]:
    """What waits, the oldest first; or what was decided in a period, the newest first."""
    card = (
        select(func.min(Card.channel).label("channel"), func.max(Card.ts).label("ts"))
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.subject_id == Action.id,
            Card.kind == "mail",
            Card.recipient_id == member_id,
            Card.ts.is_not(None),
        )
        .lateral()
    )
    query = (
        select(
            Action.id,
            Action.type,
            Action.status,
            Action.owner_id,
            OWNER.c.name.label("owner"),
            Action.created_at,
            Action.decided_at,
            Action.decision_reason,
            DECIDER.c.name.label("decided_by"),
            Action.decided_surface,
            Message.received_at.label("message_at"),
            Message.sender,
            Message.subject,
            Message.analysis,
            Draft.instruction,
            card.c.channel,
            card.c.ts,
        )
        .select_from(Action)
        .outerjoin(
            DECIDER,
            (DECIDER.c.tenant_id == Action.tenant_id) & (DECIDER.c.id == Action.decided_by),
        )
        .outerjoin(OWNER, (OWNER.c.tenant_id == Action.tenant_id) & (OWNER.c.id == Action.owner_id))
        .outerjoin(Draft, (Draft.tenant_id == Action.tenant_id) & (Draft.id == Action.draft_id))
        .outerjoin(
            Message, (Message.tenant_id == Draft.tenant_id) & (Message.id == Draft.message_id)
        )
        .join(card, Action.id.is_not(None))
        .where(Action.tenant_id == tx.tenant_id, Action.account_id == account_id)
        .limit(limit)
    )
    if decided is None:
        query = query.where(Action.status == "pending").order_by(Action.created_at, Action.id)
    else:
        start, end = decided
        query = query.where(Action.decided_at >= start, Action.decided_at < end).order_by(
            Action.decided_at.desc(), Action.id
        )
    return [_work(row._asdict()) for row in await tx.session.execute(query)]


def _work(values: dict[str, Any]) -> WorkRow:
    channel, ts = values.pop("channel"), values.pop("ts")
    return WorkRow(**values, place=(channel, ts) if channel and ts else None)


async def list_names(tx: ReadTx, member_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = await tx.session.execute(
        select(Member.id, Member.name).where(
            Member.tenant_id == tx.tenant_id, Member.id.in_(member_ids)
        )
    )
    return {row.id: row.name for row in rows}
