"""SQL of the timers: what is due, outside RLS and with keys only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from db.models.directories import ScheduleTick, Timer, WorkspaceEntry
from db.session import ReadTx, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    tenant_id: UUID
    kind: str
    subject_id: UUID
    due_at: datetime


async def set_timer(tx: Tx, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Set or move a timer, in the transaction of what it is about."""
    await tx.session.execute(
        insert(Timer)
        .values(tenant_id=tx.tenant_id, kind=kind, subject_id=subject_id, due_at=due_at)
        .on_conflict_do_update(
            index_elements=["tenant_id", "kind", "subject_id"], set_={"due_at": due_at}
        )
    )


async def drop_timer(tx: Tx, kind: str, subject_id: UUID) -> None:
    await tx.session.execute(
        delete(Timer).where(
            Timer.tenant_id == tx.tenant_id, Timer.kind == kind, Timer.subject_id == subject_id
        )
    )


async def list_due(tx: ReadTx, now: datetime, limit: int) -> Sequence[DueTimer]:
    rows = await tx.session.execute(
        select(Timer).where(Timer.due_at <= now).order_by(Timer.due_at).limit(limit)
    )
    return [
        DueTimer(
            tenant_id=row.tenant_id, kind=row.kind, subject_id=row.subject_id, due_at=row.due_at
        )
        for row in rows.scalars()
    ]


async def take_due(tx: Tx, timer: DueTimer) -> bool:
    """Claim a due timer; False when another sweep has it or it was moved."""
    rows = await tx.session.execute(
        delete(Timer)
        .where(
            Timer.tenant_id == timer.tenant_id,
            Timer.kind == timer.kind,
            Timer.subject_id == timer.subject_id,
            Timer.due_at == timer.due_at,
        )
        .returning(Timer.kind)
    )
    return rows.first() is not None


async def add_tick(tx: Tx, due_at: datetime) -> bool:
    """Whether this process is the first to see this minute."""
    rows = await tx.session.execute(
        insert(ScheduleTick)
        .values(due_at=due_at)
        .on_conflict_do_nothing()
        .returning(ScheduleTick.due_at)
    )
    return rows.first() is not None


async def drop_old_ticks(tx: Tx, before: datetime) -> None:
    await tx.session.execute(delete(ScheduleTick).where(ScheduleTick.due_at < before))


async def list_tenants(tx: ReadTx) -> Sequence[UUID]:
    return (await tx.session.execute(select(WorkspaceEntry.tenant_id))).scalars().all()
