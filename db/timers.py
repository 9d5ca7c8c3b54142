"""SQL of the timers: what is due, outside RLS and with keys only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
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


async def set_timer_if_none(tx: Tx, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Set a timer that nobody has set; one that is there stays as it is."""
    await tx.session.execute(
        insert(Timer)
        .values(tenant_id=tx.tenant_id, kind=kind, subject_id=subject_id, due_at=due_at)
        .on_conflict_do_nothing(index_elements=["tenant_id", "kind", "subject_id"])
    )


async def drop_timer(tx: Tx, kind: str, subject_id: UUID) -> None:
    await tx.session.execute(
        delete(Timer).where(
            Timer.tenant_id == tx.tenant_id, Timer.kind == kind, Timer.subject_id == subject_id
        )
    )


async def set_timers(tx: Tx, kind: str, due: Mapping[UUID, datetime]) -> None:
    """Set or move many at once."""
    if not due:
        return
    rows = [
        {"tenant_id": tx.tenant_id, "kind": kind, "subject_id": subject_id, "due_at": at}
        for subject_id, at in due.items()
    ]
    new = insert(Timer).values(rows)
    await tx.session.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "subject_id"],
            set_={"due_at": new.excluded.due_at},
        )
    )


async def drop_timers(tx: Tx, kind: str, subject_ids: Sequence[UUID]) -> None:
    if subject_ids:
        await tx.session.execute(
            delete(Timer).where(
                Timer.tenant_id == tx.tenant_id,
                Timer.kind == kind,
                Timer.subject_id.in_(subject_ids),
            )
        )


async def list_due_subjects(tx: ReadTx, kind: str, now: datetime, limit: int) -> Sequence[UUID]:
    """Whose timers of this kind are due, those first that have waited longest."""
    rows = await tx.session.execute(
        select(Timer.subject_id)
        .where(Timer.tenant_id == tx.tenant_id, Timer.kind == kind, Timer.due_at <= now)
        .order_by(Timer.due_at, Timer.subject_id)
        .limit(limit)
    )
    return rows.scalars().all()


async def list_due_tenants(tx: ReadTx, now: datetime) -> Sequence[UUID]:
    """Tenants with something due; who has waited longest comes first."""
    rows = await tx.session.execute(
        select(Timer.tenant_id)
        .where(Timer.due_at <= now)
        .group_by(Timer.tenant_id)
        .order_by(func.min(Timer.due_at), Timer.tenant_id)
    )
    return rows.scalars().all()


async def try_lock_sweep(tx: Tx) -> bool:
    """One sweep a tenant at a time, until the transaction ends; False while another one is at it.

    The lock stands in for one on the timer's row: a decision holds its request and then drops the
    request's timer, so a sweep must not hold the timer while it waits for the request.
    """
    key = func.hashtextextended(f"timers:{tx.tenant_id}", 0)
    locked = await tx.session.execute(select(func.pg_try_advisory_xact_lock(key)))
    return bool(locked.scalar_one())


async def next_due(tx: ReadTx, now: datetime, after: DueTimer | None = None) -> DueTimer | None:
    """The tenant's timer that has been due longest; with `after`, of those that come after it."""
    order = (Timer.due_at, Timer.kind, Timer.subject_id)
    query = (
        select(*order)
        .where(Timer.tenant_id == tx.tenant_id, Timer.due_at <= now)
        .order_by(*order)
        .limit(1)
    )
    if after is not None:
        query = query.where(tuple_(*order) > (after.due_at, after.kind, after.subject_id))
    row = (await tx.session.execute(query)).first()
    if row is None:
        return None
    due_at, kind, subject_id = row
    return DueTimer(tenant_id=tx.tenant_id, kind=kind, subject_id=subject_id, due_at=due_at)


async def drop_fired(tx: Tx, timer: DueTimer) -> None:
    """Its work is done; one that was set to another moment meanwhile stays."""
    await tx.session.execute(
        delete(Timer).where(
            Timer.tenant_id == timer.tenant_id,
            Timer.kind == timer.kind,
            Timer.subject_id == timer.subject_id,
            Timer.due_at == timer.due_at,
        )
    )


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
