"""Cards: what is wanted on people's surfaces, and what stands there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.cards import Card
from db.session import ReadTx, Tx


async def add_cards(
    tx: Tx,
    *,
    ids: Sequence[UUID],
    kind: str,
    subject_id: UUID,
    recipient_ids: Sequence[UUID],
    now: datetime,
) -> None:
    """A card per recipient; those that are there stay as they are."""
    rows = [
        {
            "tenant_id": tx.tenant_id,
            "id": card_id,
            "created_at": now,
            "kind": kind,
            "subject_id": subject_id,
            "recipient_id": recipient_id,
            "surface": "slack",
            "wanted_rev": 0,
            "delivered_rev": 0,
            "shown": {},
        }
        for card_id, recipient_id in zip(ids, recipient_ids, strict=True)
    ]
    if rows:
        key = ["tenant_id", "kind", "subject_id", "recipient_id"]
        await tx.session.execute(
            insert(Card).values(rows).on_conflict_do_nothing(index_elements=key)
        )


async def bump_cards(
    tx: Tx, *, kind: str, subject_id: UUID, recipient_ids: Sequence[UUID] | None = None
) -> list[UUID]:
    """Want the subject's cards rendered anew. Locked in id order, so that two touches of the same
    cards wait for each other instead of deadlocking; the ids come back in that order."""
    wanted = select(Card.id).where(
        Card.tenant_id == tx.tenant_id, Card.kind == kind, Card.subject_id == subject_id
    )
    if recipient_ids is not None:
        wanted = wanted.where(Card.recipient_id.in_(recipient_ids))
    found = await tx.session.execute(wanted.order_by(Card.id).with_for_update())
    card_ids = list(found.scalars())
    if card_ids:
        await tx.session.execute(
            update(Card)
            .where(Card.tenant_id == tx.tenant_id, Card.id.in_(card_ids))
            .values(wanted_rev=Card.wanted_rev + 1)
            .execution_options(synchronize_session=False)
        )
    return card_ids


async def get_card(tx: ReadTx, card_id: UUID) -> Card | None:
    return await tx.session.get(Card, (tx.tenant_id, card_id))


async def get_card_for_update(tx: Tx, card_id: UUID) -> Card | None:
    query = select(Card).where(Card.tenant_id == tx.tenant_id, Card.id == card_id)
    return (await tx.session.execute(query.with_for_update())).scalar_one_or_none()


async def get_card_of(
    tx: ReadTx, *, kind: str, subject_id: UUID, recipient_id: UUID
) -> Card | None:
    query = select(Card).where(
        Card.tenant_id == tx.tenant_id,
        Card.kind == kind,
        Card.subject_id == subject_id,
        Card.recipient_id == recipient_id,
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def get_card_at(tx: ReadTx, channel: str, ts: str) -> Card | None:
    """The card that stands there, whatever its kind."""
    query = select(Card).where(
        Card.tenant_id == tx.tenant_id, Card.channel == channel, Card.ts == ts
    )
    return (await tx.session.execute(query)).scalars().first()


async def set_leased(
    tx: Tx, card_id: UUID, lease_token: UUID, values: dict[str, Any]
) -> int | None:
    """Write under the lease and give it back. None when the lease has gone to somebody else, else
    the revision that is wanted by now."""
    query = (
        update(Card)
        .where(Card.tenant_id == tx.tenant_id, Card.id == card_id, Card.lease_token == lease_token)
        .values(**values, lease_token=None, lease_until=None)
        .returning(Card.wanted_rev)
        .execution_options(synchronize_session=False)
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def list_undelivered(tx: ReadTx, *, now: datetime, limit: int = 500) -> list[UUID]:
    """Cards that want a newer revision and that nobody is delivering right now."""
    query = (
        select(Card.id)
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.wanted_rev > Card.delivered_rev,
            func.coalesce(Card.lease_until, now) <= now,
        )
        .order_by(Card.id)
        .limit(limit)
    )
    return list((await tx.session.execute(query)).scalars())
