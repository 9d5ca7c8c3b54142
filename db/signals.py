"""SQL of signals and of what was detected. Of one account, name and cause at most one is open."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from db.models.signals import OPEN, Detection, Signal, SignalThreshold
from db.session import ReadTx, Tx

OPEN_STATUSES = ("raised", "acknowledged")


async def list_standing(tx: ReadTx, account_id: UUID) -> Sequence[Signal]:
    """Of each name and cause of an account the open signal, or else the newest."""
    last = case((Signal.status.in_(OPEN_STATUSES), 0), else_=1)
    rows = await tx.session.scalars(
        select(Signal)
        .where(Signal.tenant_id == tx.tenant_id, Signal.account_id == account_id)
        .ext(distinct_on(Signal.name, Signal.cause))
        .order_by(Signal.name, Signal.cause, last, Signal.raised_at.desc(), Signal.id.desc())
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def get_signal(tx: ReadTx, signal_id: UUID) -> Signal | None:
    return await tx.session.get(Signal, (tx.tenant_id, signal_id), populate_existing=True)


async def add_signal(tx: Tx, signal: Signal) -> bool:
    """False when one of the same name and cause is open, whoever raised it and however shortly
    before: it waits for a transaction that is raising it right now."""
    values = {column.key: getattr(signal, column.key) for column in Signal.__table__.columns}
    rows = await tx.session.execute(
        insert(Signal)
        .values(**values)
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "account_id", "name", "cause"], index_where=text(OPEN)
        )
        .returning(Signal.id)
    )
    return rows.first() is not None


async def set_open(
    tx: Tx, signal_id: UUID, *, expect: int, not_after: datetime, **values: Any
) -> bool:
    """Change an open signal that is still in the version it was read in, and that nobody with a
    newer sight of the account has looked at. `values` hold the next version, if it gets one."""
    rows = await tx.session.execute(
        update(Signal)
        .where(
            Signal.tenant_id == tx.tenant_id,
            Signal.id == signal_id,
            Signal.status.in_(OPEN_STATUSES),
            Signal.version == expect,
            Signal.seen_at <= not_after,
        )
        .values(**values)
        .returning(Signal.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.first() is not None


async def list_thresholds(tx: ReadTx) -> list[tuple[str, float]]:
    """The newest move of each name that wasn't undone."""
    rows = await tx.session.execute(
        select(SignalThreshold.name, SignalThreshold.value)
        .where(SignalThreshold.tenant_id == tx.tenant_id, SignalThreshold.undone_at.is_(None))
        .ext(distinct_on(SignalThreshold.name))
        .order_by(
            SignalThreshold.name, SignalThreshold.created_at.desc(), SignalThreshold.id.desc()
        )
    )
    return [(name, value) for name, value in rows]


FORGET = """
update {table} s set evidence = coalesce(
  (select jsonb_agg(e) from jsonb_array_elements(s.evidence) e
   where coalesce(e->>'source_id', '') <> all(cast(cast(:ids as uuid[]) as text[]))), '[]'::jsonb)
where s.tenant_id = :tenant and s.account_id in (
  select c.account_id from messages m
  join conversations c on c.tenant_id = :tenant and c.id = m.conversation_id
  where m.tenant_id = :tenant and m.id = any(cast(:ids as uuid[])))
and exists (select 1 from jsonb_array_elements(s.evidence) e
  where e->>'source_id' = any(cast(cast(:ids as uuid[]) as text[])))
"""


async def forget_quotes(tx: Tx, message_ids: Collection[UUID]) -> None:
    """No signal and no detection quotes these messages any longer."""
    values = {"tenant": tx.tenant_id, "ids": list(message_ids)}
    for table in (Signal.__tablename__, Detection.__tablename__):
        await tx.session.execute(text(FORGET.format(table=table)), values)


# ── Detections ──────────────────────────────────────────────────────────────────────────────────
async def record_detections(tx: Tx, found: Sequence[dict[str, Any]]) -> None:
    """Keep what was found. What stands there already is only counted to its signal."""
    if not found:
        return
    adding = insert(Detection).values([{"tenant_id": tx.tenant_id, **row} for row in found])
    await tx.session.execute(
        adding.on_conflict_do_update(
            index_elements=["tenant_id", "account_id", "name", "cause", "digest"],
            index_where=text("gone_at is null"),
            set_={"signal_id": func.coalesce(adding.excluded.signal_id, Detection.signal_id)},
        )
    )


async def end_detections(
    tx: Tx,
    account_id: UUID,
    names: Collection[str],
    *,
    holding: Collection[tuple[str, str]],
    now: datetime,
) -> None:
    """What was looked for by these names and isn't among `holding` (name, cause) is gone."""
    if not names:
        return
    gone = (
        update(Detection)
        .where(
            Detection.tenant_id == tx.tenant_id,
            Detection.account_id == account_id,
            Detection.name.in_(names),
            Detection.gone_at.is_(None),
            Detection.found_at <= now,
        )
        .values(gone_at=now)
        .execution_options(synchronize_session=False)
    )
    if holding:
        gone = gone.where(tuple_(Detection.name, Detection.cause).not_in(holding))
    await tx.session.execute(gone)


async def drop_detections(tx: Tx, account_id: UUID, *, before: datetime) -> None:
    """Forget what was gone before."""
    await tx.session.execute(
        delete(Detection)
        .where(
            Detection.tenant_id == tx.tenant_id,
            Detection.account_id == account_id,
            Detection.gone_at < before,
        )
        .execution_options(synchronize_session=False)
    )
