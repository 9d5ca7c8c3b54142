"""SQL of roll-ups: how many messages somebody got just now, and what stands in their roll-up."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from db.models.actions import Action
from db.models.cards import Card
from db.models.conversations import Message
from db.models.customers import Account
from db.models.drafts import Draft
from db.session import ReadTx, Tx

KIND = "mail"
OPEN = ("pending",)


async def lock_reader(tx: Tx, recipient_id: UUID) -> None:
    """One claim at a time for this reader, until the transaction ends: ten at once are counted as
    ten."""
    key = func.hashtextextended(f"rollup:{tx.tenant_id}:{recipient_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def count_shown_since(
    tx: ReadTx, recipient_id: UUID, since: datetime, kind: str = KIND
) -> int:
    """Cards of this kind and reader that were posted, or began to be, since then."""
    mine = (Card.tenant_id == tx.tenant_id, Card.recipient_id == recipient_id, Card.kind == kind)
    shown = select(func.count()).where(*mine, Card.first_shown_at > since)
    begun = select(func.count()).where(
        *mine, Card.first_shown_at.is_(None), Card.posting_since > since
    )
    query = select(shown.scalar_subquery() + begun.scalar_subquery())
    return int((await tx.session.execute(query)).scalar_one())


async def count_coming(tx: ReadTx, recipient_id: UUID, kind: str) -> int:
    """Cards of this kind that are about to be posted to the reader, each by itself."""
    query = (
        select(func.count())
        .select_from(Card)
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.recipient_id == recipient_id,
            Card.kind == kind,
            Card.ts.is_(None),
            Card.posting_since.is_(None),
            Card.rolled_up_at.is_(None),
            Card.held_rev.is_(None),
            Card.asked_for_at.is_(None),
            Card.wanted_rev > Card.delivered_rev,
        )
    )
    return int((await tx.session.execute(query)).scalar_one())


def _standing(tx: ReadTx, recipient_id: UUID) -> Select[UUID]:
    """The actions in the reader's roll-up."""
    return (
        select(Card.subject_id)
        .join(Action, (Action.tenant_id == Card.tenant_id) & (Action.id == Card.subject_id))
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.recipient_id == recipient_id,
            Card.kind == KIND,
            Card.rolled_up_at.is_not(None),
            Card.ts.is_(None),
            Action.status.in_(OPEN),
        )
    )


async def list_rolled_up(
    tx: ReadTx, recipient_id: UUID, limit: int
) -> Sequence[tuple[Action, Account | None, Message | None]]:
    """What waits in the reader's roll-up, oldest first."""
    query = (
        select(Action, Account, Message)
        .outerjoin(
            Account, (Account.tenant_id == Action.tenant_id) & (Account.id == Action.account_id)
        )
        .outerjoin(Draft, (Draft.tenant_id == Action.tenant_id) & (Draft.id == Action.draft_id))
        .outerjoin(
            Message, (Message.tenant_id == Draft.tenant_id) & (Message.id == Draft.message_id)
        )
        .where(Action.tenant_id == tx.tenant_id, Action.id.in_(_standing(tx, recipient_id)))
        .order_by(Action.created_at, Action.id)
        .limit(limit)
    )
    rows = await tx.session.execute(query)
    return [(action, account, message) for action, account, message in rows]


async def count_rolled_up(tx: ReadTx, recipient_id: UUID) -> int:
    standing = _standing(tx, recipient_id).subquery()
    query = select(func.count()).select_from(standing)
    return int((await tx.session.execute(query)).scalar_one())


async def take_out(
    tx: Tx, recipient_id: UUID, subject_ids: Sequence[UUID], now: datetime, kind: str = KIND
) -> Sequence[UUID]:
    """Their reader wants to see these: cards of their own again. Returns the cards' ids."""
    query = (
        select(Card)
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.recipient_id == recipient_id,
            Card.kind == kind,
            Card.subject_id.in_(subject_ids),
            Card.rolled_up_at.is_not(None),
        )
        .order_by(Card.id)
        .with_for_update()
    )
    found = list((await tx.session.execute(query)).scalars())
    for card in found:
        card.rolled_up_at, card.asked_for_at = None, now
        card.wanted_rev += 1
    await tx.session.flush()
    return [card.id for card in found]
