"""What was received, once each."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select

from db.models.records import InboundEvent
from db.session import ReadTx, Tx, raw_connection

# On the driver's own connection: every event passes through both.
ADD = """
insert into inbound_events (tenant_id, id, created_at, scope, source, external_id, body_sha256,
                            payload, status)
values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, 'received')
on conflict (tenant_id, scope, source, external_id) do nothing returning id
"""
SET = """
update inbound_events set status = $5, note = $6
where tenant_id = $1 and scope = $2 and source = $3 and external_id = $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundKey:
    """What names a received thing: whose ids, which sender, which id."""

    scope: str
    source: str
    external_id: str


def _is(tx: ReadTx, key: InboundKey) -> ColumnElement[bool]:
    return and_(
        InboundEvent.tenant_id == tx.tenant_id,
        InboundEvent.scope == key.scope,
        InboundEvent.source == key.source,
        InboundEvent.external_id == key.external_id,
    )


async def add_inbound(
    tx: Tx, *, row_id: UUID, now: datetime, key: InboundKey, digest: str, payload: dict[str, Any]
) -> bool:
    """Store it; False when this id was received before."""
    stored = await (await raw_connection(tx)).fetchval(
        ADD,
        tx.tenant_id,
        row_id,
        now,
        key.scope,
        key.source,
        key.external_id,
        digest,
        json.dumps(payload),
    )
    return stored is not None


async def get_inbound(tx: Tx, key: InboundKey) -> InboundEvent:
    """The stored row, locked until the transaction ends."""
    query = select(InboundEvent).where(_is(tx, key)).with_for_update()
    return (await tx.session.execute(query)).scalar_one()


async def lock_inbound(tx: Tx, event_id: UUID) -> InboundEvent | None:
    """The stored row by its own id, locked until the transaction ends."""
    query = (
        select(InboundEvent)
        .where(InboundEvent.tenant_id == tx.tenant_id, InboundEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def find_inbound(tx: ReadTx, event_id: UUID) -> InboundEvent | None:
    """The stored row by its own id."""
    return await tx.session.get(InboundEvent, (tx.tenant_id, event_id), populate_existing=True)


async def set_inbound(tx: Tx, key: InboundKey, *, status: str, note: str | None = None) -> None:
    await (await raw_connection(tx)).execute(
        SET, tx.tenant_id, key.scope, key.source, key.external_id, status, note
    )


async def list_unfinished_inbound(
    tx: ReadTx, *, source: str, before: datetime, limit: int = 100
) -> list[InboundEvent]:
    """Received before then and never finished: the process died in between."""
    query = (
        select(InboundEvent)
        .where(
            InboundEvent.tenant_id == tx.tenant_id,
            InboundEvent.source == source,
            InboundEvent.status == "received",
            InboundEvent.created_at < before,
        )
        .order_by(InboundEvent.created_at)
        .limit(limit)
    )
    return list((await tx.session.execute(query)).scalars())


async def drop_inbound(tx: Tx, key: InboundKey) -> None:
    """Forget it: what may not be kept leaves no row either."""
    await tx.session.execute(delete(InboundEvent).where(_is(tx, key)))
