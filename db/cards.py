"""Cards: what is wanted on people's surfaces, and what stands there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.cards import Card
from db.session import ReadTx, Tx, raw_connection

KEPT = ("mail", "alert")
"""Kinds that, once held back, come only when somebody opens them: a card each would be a flood. One
of the others is a summary itself, and comes with its next change."""


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


async def add_subject_cards(
    tx: Tx, kind: str, wanted: Sequence[tuple[UUID, UUID, UUID]], now: datetime
) -> list[UUID]:
    """One card each for many subjects: (id, subject, recipient), wanted at once. The ids of those
    that were not there yet."""
    rows = [
        {
            "tenant_id": tx.tenant_id,
            "id": card_id,
            "created_at": now,
            "kind": kind,
            "subject_id": subject_id,
            "recipient_id": recipient_id,
            "surface": "slack",
            "wanted_rev": 1,
            "delivered_rev": 0,
            "shown": {},
        }
        for card_id, subject_id, recipient_id in wanted
    ]
    if not rows:
        return []
    key = ["tenant_id", "kind", "subject_id", "recipient_id"]
    added = await tx.session.execute(
        insert(Card).values(rows).on_conflict_do_nothing(index_elements=key).returning(Card.id)
    )
    return sorted(added.scalars())


# Locked in id order, so that two touches of the same cards wait for each other instead of
# deadlocking.
BUMP = """
with held as (
    select id from cards where tenant_id = $1 and kind = $2 and subject_id = $3
    order by id for update
)
update cards set wanted_rev = wanted_rev + 1,
    fresh_rev = case when recipient_id = any($4) then wanted_rev + 1 else fresh_rev end
from held where cards.tenant_id = $1 and cards.id = held.id
returning cards.id, cards.recipient_id, cards.channel, cards.ts
"""

# The card of a draft that a request asks about shows how the request stands.
BUMP_APPROVAL = """
with subjects as (
    select 'approval' as kind, $2::uuid as id
    union all
    select 'mail', action_id from approval_requests
    where tenant_id = $1 and id = $2 and action_id is not null
),
held as (
    select c.id, c.kind from cards c
    join subjects s on c.tenant_id = $1 and c.subject_id = s.id and c.kind = s.kind
    order by c.id for update of c
)
update cards set wanted_rev = wanted_rev + 1,
    fresh_rev = case when recipient_id = any($3) and held.kind = 'approval'
                     then wanted_rev + 1 else fresh_rev end
from held where cards.tenant_id = $1 and cards.id = held.id
returning cards.id, cards.recipient_id, cards.channel, cards.ts
"""

# What became of an approved mail stands on the approval's cards as well, and how a mail stands that
# was begun because of an alert, on the alert's.
BUMP_MAIL = """
with subjects as (
    select 'mail' as kind, $2::uuid as id
    union all
    select 'approval', id from approval_requests
    where tenant_id = $1 and action_id = $2 and status = 'approved'
    union all
    select 'alert', id from signals where tenant_id = $1 and action_id = $2
),
held as (
    select c.id from cards c
    join subjects s on c.tenant_id = $1 and c.subject_id = s.id and c.kind = s.kind
    order by c.id for update of c
)
update cards set wanted_rev = wanted_rev + 1 from held
where cards.tenant_id = $1 and cards.id = held.id
returning cards.id, cards.recipient_id, cards.channel, cards.ts
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BumpedCard:
    """A card that is wanted anew, and where it stands so far."""

    id: UUID
    recipient_id: UUID
    channel: str | None
    ts: str | None


async def bump_cards(
    tx: Tx, *, kind: str, subject_id: UUID, afresh: Sequence[UUID] = ()
) -> list[BumpedCard]:
    """Want the subject's cards rendered anew, those of the members in `afresh` in a new message;
    they come back in the order of their ids. A mail and its approval are shown anew together."""
    connection = await raw_connection(tx)
    if kind == "mail" and not afresh:
        found = await connection.fetch(BUMP_MAIL, tx.tenant_id, subject_id)
    elif kind == "approval":
        found = await connection.fetch(BUMP_APPROVAL, tx.tenant_id, subject_id, list(afresh))
    else:
        found = await connection.fetch(BUMP, tx.tenant_id, kind, subject_id, list(afresh))
    return sorted((BumpedCard(**row) for row in found), key=lambda card: card.id)


async def want_failed(tx: Tx) -> list[BumpedCard]:
    """Want all cards anew that could not be delivered: what kept them away may be gone."""
    failed = (
        select(Card.id)
        .where(Card.tenant_id == tx.tenant_id, Card.failure.is_not(None))
        .order_by(Card.id)
        .with_for_update()
    )
    rows = await tx.session.execute(
        update(Card)
        .where(Card.tenant_id == tx.tenant_id, Card.id.in_(failed))
        .values(wanted_rev=Card.wanted_rev + 1)
        .returning(Card.id, Card.recipient_id, Card.channel, Card.ts)
        .execution_options(synchronize_session=False)
    )
    found = [
        BumpedCard(id=row.id, recipient_id=row.recipient_id, channel=row.channel, ts=row.ts)
        for row in rows
    ]
    return sorted(found, key=lambda card: card.id)


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
    tx: Tx,
    card_id: UUID,
    lease_token: UUID,
    values: dict[str, Any],
    *,
    shown_at: datetime | None = None,
) -> int | None:
    """Write under the lease and give it back. None when the lease has gone to somebody else, else
    the revision that is wanted by now. `shown_at` counts if nothing was shown before."""
    if shown_at is not None:
        values = values | {"first_shown_at": func.coalesce(Card.first_shown_at, shown_at)}
    query = (
        update(Card)
        .where(Card.tenant_id == tx.tenant_id, Card.id == card_id, Card.lease_token == lease_token)
        .values(**values, lease_token=None, lease_until=None)
        .returning(Card.wanted_rev)
        .execution_options(synchronize_session=False)
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def list_subjects_of(
    tx: ReadTx, recipient_id: UUID, kinds: Sequence[str]
) -> list[tuple[str, UUID]]:
    """What the member's cards of these kinds are about, in the order of their ids."""
    query = (
        select(Card.kind, Card.subject_id)
        .where(
            Card.tenant_id == tx.tenant_id, Card.recipient_id == recipient_id, Card.kind.in_(kinds)
        )
        .order_by(Card.id)
    )
    return [(kind, subject) for kind, subject in await tx.session.execute(query)]


async def set_asked_for(
    tx: Tx, *, kind: str, subject_id: UUID, recipient_id: UUID, at: datetime
) -> None:
    """Its reader asked for this card: it stands alone whatever else comes."""
    await tx.session.execute(
        update(Card)
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.kind == kind,
            Card.subject_id == subject_id,
            Card.recipient_id == recipient_id,
        )
        .values(asked_for_at=at)
    )


async def count_standing(tx: ReadTx, subject_ids: Collection[UUID]) -> int:
    """Messages about these in Slack that still show what was there before."""
    query = (
        select(func.count())
        .select_from(Card)
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.subject_id.in_(subject_ids),
            Card.ts.is_not(None),
            Card.wanted_rev > Card.delivered_rev,
        )
    )
    return int(await tx.session.scalar(query) or 0)
