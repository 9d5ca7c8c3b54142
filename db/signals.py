"""SQL of signals and of what was detected. Of one account, name and cause at most one is open."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, text, tuple_, update
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


async def any_open(tx: ReadTx, account_id: UUID, names: Collection[str]) -> bool:
    """Whether one of these is open on the account."""
    rows = await tx.session.scalars(
        select(Signal.id)
        .where(
            Signal.tenant_id == tx.tenant_id,
            Signal.account_id == account_id,
            Signal.name.in_(names),
            Signal.status.in_(OPEN_STATUSES),
        )
        .limit(1)
    )
    return rows.first() is not None


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
where s.tenant_id = :tenant and s.account_id = any(cast(:accounts as uuid[]))
and exists (select 1 from jsonb_array_elements(s.evidence) e
  where e->>'source_id' = any(cast(cast(:ids as uuid[]) as text[])))
returning s.id, s.account_id
"""


async def forget_quotes(
    tx: Tx, account_ids: Collection[UUID], source_ids: Collection[UUID]
) -> list[tuple[UUID, UUID]]:
    """No signal and no detection of these accounts quotes these texts any longer. The signals that
    did, each with its account."""
    values = {"tenant": tx.tenant_id, "ids": list(source_ids), "accounts": list(account_ids)}
    told = await tx.session.execute(text(FORGET.format(table=Signal.__tablename__)), values)
    found = [(row.id, row.account_id) for row in told]
    await tx.session.execute(text(FORGET.format(table=Detection.__tablename__)), values)
    return found


async def end_of_accounts(
    tx: Tx, account_ids: Collection[UUID], *, at: datetime, why: str
) -> list[tuple[UUID, UUID]]:
    """What is open about these accounts is cleared, and of what was there before nothing stays but
    that it was. The signals that changed, each with its account."""
    of_accounts = (Signal.tenant_id == tx.tenant_id, Signal.account_id.in_(account_ids))
    emptied = {"evidence": [], "why": ""}
    ended = await tx.session.execute(
        update(Signal)
        .where(*of_accounts, Signal.status.in_(OPEN_STATUSES))
        .values(
            status="cleared",
            settled_at=at,
            settled_why=why,
            snoozed_until=None,
            version=Signal.version + 1,
            **emptied,
        )
        .returning(Signal.id, Signal.account_id)
        .execution_options(synchronize_session=False)
    )
    found = [(row.id, row.account_id) for row in ended]
    past = await tx.session.execute(
        update(Signal)
        .where(*of_accounts, or_(Signal.evidence != [], Signal.why != ""))
        .values(**emptied)
        .returning(Signal.id, Signal.account_id)
        .execution_options(synchronize_session=False)
    )
    found += [(row.id, row.account_id) for row in past]
    await tx.session.execute(
        delete(Detection)
        .where(Detection.tenant_id == tx.tenant_id, Detection.account_id.in_(account_ids))
        .execution_options(synchronize_session=False)
    )
    return found


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
