"""SQL of how good alerts are: what people said of them, thresholds with their moves, and what was
detected."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from db.models.cards import Feedback
from db.models.signals import SignalThreshold, SignalWarning
from db.models.tenants import Member
from db.session import ReadTx, Tx, raw_connection

# A signal is false when more of its words are against it than for it, or somebody dismissed it
# without a word in its favour; useful the other way round. `acted` by mail, by note or by hand.
QUALITY = """
with rated as (
  select f.target_id as id, sum(f.rating) as rating from feedback f
  where f.tenant_id = $1 and f.target = 'signal' group by f.target_id
)
select s.name, count(*) as raised,
  count(*) filter (where r.rating > 0) as useful,
  count(*) filter (where coalesce(r.rating, 0) < 0
                     or (s.status = 'dismissed' and coalesce(r.rating, 0) = 0)) as false_alarms,
  count(*) filter (where s.status = 'acted') as acted,
  percentile_cont(0.5) within group (
    order by extract(epoch from s.settled_at - s.raised_at) / 60
  ) filter (where s.status = 'acted') as minutes
from signals s left join rated r on r.id = s.id
where s.tenant_id = $1 and s.raised_at >= $2 and ($3::text is null or s.name = $3)
group by grouping sets ((s.name), ())
"""
# What may still be learned from: words on signals of the name given since a moment, where that
# person could see it. The last word of each stands.
RATED = """
select f.target_id as signal_id, f.member_id, f.rating from feedback f
join signals s on s.tenant_id = $1 and s.id = f.target_id
where f.tenant_id = $1 and f.target = 'signal' and f.rating <> 0 and s.name = $2
  and f.changed_at > $3
order by f.changed_at, f.id
"""
PEOPLE = """
select count(distinct c.recipient_id) from cards c
join members m on m.tenant_id = $1 and m.id = c.recipient_id and m.active
where c.tenant_id = $1 and c.kind = 'alert'
"""
DETECTED = """
select d.account_id, a.name as account, d.name, d.cause, d.confidence, d.evidence, d.found_at,
  d.gone_at, s.status,
  (select sum(f.rating) from feedback f
   where f.tenant_id = $1 and f.target = 'signal' and f.target_id = s.id) as rating
from detections d
join accounts a on a.tenant_id = $1 and a.id = d.account_id
left join signals s on s.tenant_id = $1 and s.id = d.signal_id
where d.tenant_id = $1 and d.found_at >= $2 and d.name = any($3)
order by d.found_at desc, d.id limit $4
"""


async def quality(tx: ReadTx, since: datetime, name: str | None = None) -> Sequence[asyncpg.Record]:
    """One row a name, and one of all of them (its name is null)."""
    connection = await raw_connection(tx)
    found: Sequence[asyncpg.Record] = await connection.fetch(QUALITY, tx.tenant_id, since, name)
    return found


# ── Words ───────────────────────────────────────────────────────────────────────────────────────
async def list_rated(tx: ReadTx, name: str, since: datetime) -> Sequence[asyncpg.Record]:
    connection = await raw_connection(tx)
    found: Sequence[asyncpg.Record] = await connection.fetch(RATED, tx.tenant_id, name, since)
    return found


async def count_people(tx: ReadTx) -> int:
    """How many active members have ever been shown an alert."""
    return int(await (await raw_connection(tx)).fetchval(PEOPLE, tx.tenant_id))


async def rating_of(tx: ReadTx, signal_id: UUID, member_id: UUID) -> int | None:
    rows = await tx.session.execute(
        select(Feedback.rating).where(
            Feedback.tenant_id == tx.tenant_id,
            Feedback.target == "signal",
            Feedback.target_id == signal_id,
            Feedback.member_id == member_id,
        )
    )
    return rows.scalar_one_or_none()


# ── Thresholds ──────────────────────────────────────────────────────────────────────────────────
async def lock_thresholds(tx: Tx) -> None:
    """One move at a time in this tenant, until the transaction ends."""
    key = func.hashtextextended(f"thresholds:{tx.tenant_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def add_move(tx: Tx, row: SignalThreshold) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def moves_in_force(tx: ReadTx) -> dict[str, SignalThreshold]:
    """The newest move of each name that wasn't undone."""
    rows = await tx.session.execute(
        select(SignalThreshold)
        .ext(distinct_on(SignalThreshold.name))
        .where(SignalThreshold.tenant_id == tx.tenant_id, SignalThreshold.undone_at.is_(None))
        .order_by(
            SignalThreshold.name, SignalThreshold.created_at.desc(), SignalThreshold.id.desc()
        )
        .execution_options(populate_existing=True)
    )
    return {row.name: row for row in rows.scalars()}


async def get_move(tx: ReadTx, move_id: UUID) -> SignalThreshold | None:
    return await tx.session.get(SignalThreshold, (tx.tenant_id, move_id), populate_existing=True)


async def list_moves(
    tx: ReadTx, name: str, limit: int
) -> Sequence[tuple[SignalThreshold, str | None, str | None]]:
    """Newest first, each with the names of who set it and who undid it."""
    by, undid = (Member.__table__.alias(name) for name in ("by", "undid"))
    rows = await tx.session.execute(
        select(SignalThreshold, by.c.name, undid.c.name)
        .outerjoin(
            by,
            (by.c.tenant_id == SignalThreshold.tenant_id) & (by.c.id == SignalThreshold.moved_by),
        )
        .outerjoin(
            undid,
            (undid.c.tenant_id == SignalThreshold.tenant_id)
            & (undid.c.id == SignalThreshold.undone_by),
        )
        .where(SignalThreshold.tenant_id == tx.tenant_id, SignalThreshold.name == name)
        .order_by(SignalThreshold.created_at.desc(), SignalThreshold.id.desc())
        .limit(limit)
    )
    return [(move, by_name, undone_name) for move, by_name, undone_name in rows]


async def last_undone(tx: ReadTx, since: datetime) -> dict[str, datetime]:
    """When a move of each name was last undone, if that was after a moment."""
    rows = await tx.session.execute(
        select(SignalThreshold.name, func.max(SignalThreshold.undone_at))
        .where(SignalThreshold.tenant_id == tx.tenant_id, SignalThreshold.undone_at > since)
        .group_by(SignalThreshold.name)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def last_moves(tx: ReadTx) -> dict[str, datetime]:
    """When each name's threshold last moved, also where that was undone: no word counts twice."""
    rows = await tx.session.execute(
        select(SignalThreshold.name, func.max(SignalThreshold.created_at))
        .where(SignalThreshold.tenant_id == tx.tenant_id)
        .group_by(SignalThreshold.name)
    )
    return {row[0]: row[1] for row in rows}


# ── Warnings ────────────────────────────────────────────────────────────────────────────────────
async def add_warning(tx: Tx, warning: SignalWarning) -> bool:
    """False when this name was warned of in this month."""
    values = {
        column.key: getattr(warning, column.key) for column in SignalWarning.__table__.columns
    }
    rows = await tx.session.execute(
        insert(SignalWarning)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "name", "month"])
        .returning(SignalWarning.id)
    )
    return rows.first() is not None


async def get_warning(tx: ReadTx, warning_id: UUID) -> SignalWarning | None:
    return await tx.session.get(SignalWarning, (tx.tenant_id, warning_id))


# ── Detections ──────────────────────────────────────────────────────────────────────────────────
async def list_detected(
    tx: ReadTx, *, since: datetime, names: Sequence[str], limit: int
) -> Sequence[asyncpg.Record]:
    """The newest first; more than `limit` says that there is more."""
    connection = await raw_connection(tx)
    found: Sequence[asyncpg.Record] = await connection.fetch(
        DETECTED, tx.tenant_id, since, list(names), limit + 1
    )
    return found
