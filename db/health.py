"""SQL of health: what it rests on, and its records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.models.conversations import Conversation, Message
from db.models.customers import Account, Deal, DealChange
from db.models.health import HealthRecord
from db.models.meetings import Meeting
from db.models.signals import Signal
from db.session import ReadTx, Tx
from db.signals import OPEN_STATUSES

_OF_CONVERSATION = and_(
    Conversation.tenant_id == Message.tenant_id, Conversation.id == Message.conversation_id
)
MOST_MAILS = 1_000
MOST_READ = 40


class LastWord(NamedTuple):
    """The newest mail of a conversation."""

    message_id: UUID
    at: datetime
    asks: Any


async def lock_account(tx: Tx, account_id: UUID) -> Account | None:
    rows = await tx.session.execute(
        select(Account)
        .where(Account.tenant_id == tx.tenant_id, Account.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


# ── Facts ───────────────────────────────────────────────────────────────────────────────────────
async def list_heard(tx: ReadTx, account_id: UUID, since: datetime) -> Sequence[datetime]:
    """When the customer's people wrote; the newest thousand are rhythm enough."""
    rows = await tx.session.scalars(
        select(Message.received_at)
        .join(Conversation, _OF_CONVERSATION)
        .where(
            Message.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Message.direction == "inbound",
            Message.kind == "human",
            Message.proof != "fail",
            Message.received_at > since,
        )
        .order_by(Message.received_at.desc())
        .limit(MOST_MAILS)
    )
    return rows.all()


async def list_last_words(tx: ReadTx, account_id: UUID, since: datetime) -> Sequence[LastWord]:
    """Of each conversation its newest word of a person on either side, where that is theirs."""
    newest = (
        select(
            Message.id,
            Message.received_at,
            Message.direction,
            Message.analysis["asks"].label("asks"),
        )
        .join(Conversation, _OF_CONVERSATION)
        .where(
            Message.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Message.received_at > since,
            or_(
                Message.direction == "outbound",
                and_(Message.kind == "human", Message.proof != "fail"),
            ),
        )
        .ext(distinct_on(Message.conversation_id))
        .order_by(Message.conversation_id, Message.received_at.desc(), Message.id.desc())
        .subquery()
    )
    rows = await tx.session.execute(
        select(newest.c.id, newest.c.received_at, newest.c.asks).where(
            newest.c.direction == "inbound"
        )
    )
    return [LastWord(*row) for row in rows]


async def list_read(
    tx: ReadTx, account_id: UUID, since: datetime
) -> Sequence[tuple[UUID, datetime, Any]]:
    """The newest analysed mails with what was found in each: (message, when, signals)."""
    signals = Message.analysis["signals"]
    rows = await tx.session.execute(
        select(Message.id, Message.received_at, signals)
        .join(Conversation, _OF_CONVERSATION)
        .where(
            Message.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Message.direction == "inbound",
            Message.proof != "fail",
            Message.received_at > since,
            Message.analysis.has_key("signals"),
            # What orders a machine about says nothing about how they feel.
            func.coalesce(Message.analysis["suspicious"]["injection"].as_boolean(), False).is_(
                False
            ),
        )
        .order_by(Message.received_at.desc())
        .limit(MOST_READ)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def list_open_signals(tx: ReadTx, account_id: UUID) -> Sequence[Signal]:
    rows = await tx.session.scalars(
        select(Signal).where(
            Signal.tenant_id == tx.tenant_id,
            Signal.account_id == account_id,
            Signal.status.in_(OPEN_STATUSES),
        )
    )
    return rows.all()


async def list_met(tx: ReadTx, account_id: UUID, since: datetime) -> Sequence[Meeting]:
    rows = await tx.session.scalars(
        select(Meeting)
        .where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.account_id == account_id,
            Meeting.starts_at > since,
        )
        .limit(MOST_MAILS)
    )
    return rows.all()


async def list_moves(tx: ReadTx, account_id: UUID, since: datetime) -> Sequence[DealChange]:
    """Changes of stages of the account's deals."""
    rows = await tx.session.scalars(
        select(DealChange)
        .join(Deal, and_(Deal.tenant_id == DealChange.tenant_id, Deal.id == DealChange.deal_id))
        .where(
            DealChange.tenant_id == tx.tenant_id,
            Deal.account_id == account_id,
            DealChange.field == "stage",
            DealChange.created_at > since,
        )
    )
    return rows.all()


# ── Records ─────────────────────────────────────────────────────────────────────────────────────
async def add_record(tx: Tx, **values: Any) -> None:
    tx.session.add(HealthRecord(tenant_id=tx.tenant_id, **values))
    await tx.session.flush()


async def list_records(tx: ReadTx, account_id: UUID, limit: int) -> Sequence[HealthRecord]:
    """Newest first."""
    rows = await tx.session.scalars(
        select(HealthRecord)
        .where(HealthRecord.tenant_id == tx.tenant_id, HealthRecord.account_id == account_id)
        .order_by(HealthRecord.created_at.desc(), HealthRecord.id.desc())
        .limit(limit)
    )
    return rows.all()


async def list_drops(tx: ReadTx, since: datetime, by: int) -> Sequence[HealthRecord]:
    """Records by which a health fell by more than that."""
    rows = await tx.session.scalars(
        select(HealthRecord)
        .where(
            HealthRecord.tenant_id == tx.tenant_id,
            HealthRecord.created_at > since,
            HealthRecord.before - HealthRecord.health > by,
        )
        .order_by(HealthRecord.created_at)
    )
    return rows.all()


async def list_accounts_due(
    tx: ReadTx, before: datetime, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Accounts, in id order from `after` on, that stand without a record since then."""
    fresh = exists().where(
        HealthRecord.tenant_id == Account.tenant_id,
        HealthRecord.account_id == Account.id,
        HealthRecord.created_at > before,
    )
    query = (
        select(Account.id)
        .where(
            Account.tenant_id == tx.tenant_id,
            Account.excluded.is_(False),
            Account.created_at <= before,
            ~fresh,
        )
        .order_by(Account.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Account.id > after)
    return (await tx.session.scalars(query)).all()
