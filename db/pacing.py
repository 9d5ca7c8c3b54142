"""SQL of pacing: taking a turn under one or several limits at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.session import Tx, raw_connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one thing costs under one limit: `cost` is the time it takes to earn it, `burst` how
    much may be spent before it is earned."""

    key: str
    cost: timedelta
    burst: timedelta


# Rows are locked in the order of their keys, so that two turns never wait for each other.
TAKE = """
insert into paces (tenant_id, id, created_at, key, free_at)
select $1, wanted.id, $2::timestamptz, wanted.key, $2::timestamptz + wanted.cost
from unnest($3::uuid[], $4::text[], $5::interval[]) as wanted (id, key, cost)
order by wanted.key
on conflict (tenant_id, key) do update
    set free_at = greatest(paces.free_at, $2::timestamptz) + (excluded.free_at - $2::timestamptz)
returning key, free_at
"""

SPEND = """
insert into paces (tenant_id, id, created_at, key, free_at)
values ($1, $3, $2::timestamptz, $4, $2::timestamptz + $5::interval)
on conflict (tenant_id, key) do update
    set free_at = greatest(paces.free_at, $2::timestamptz) + $5::interval
    where greatest(paces.free_at, $2::timestamptz) + $5::interval <= $2::timestamptz + $6::interval
returning free_at
"""


async def take_turn(
    tx: Tx, shares: Sequence[Share], *, ids: Sequence[UUID], now: datetime
) -> datetime:
    """Take the next turn under all of these limits; it is taken, whatever becomes of it. Returns
    when it comes, `now` when it is here."""
    connection = await raw_connection(tx)
    rows = await connection.fetch(
        TAKE,
        tx.tenant_id,
        now,
        list(ids),
        [share.key for share in shares],
        [share.cost for share in shares],
    )
    free_at = {row["key"]: row["free_at"] for row in rows}
    turns: list[datetime] = [free_at[share.key] - share.burst for share in shares]
    return max(now, *turns)


async def take_turns(
    tx: Tx, share: Share, count: int, *, row_id: UUID, now: datetime
) -> list[datetime]:
    """The next so many turns under one limit, in their order; all are taken."""
    total = Share(key=share.key, cost=share.cost * count, burst=share.burst)
    last = await take_turn(tx, [total], ids=[row_id], now=now)
    connection = await raw_connection(tx)
    free_at: datetime = await connection.fetchval(
        "select free_at from paces where tenant_id = $1 and key = $2", tx.tenant_id, share.key
    )
    ends = (free_at - share.cost * later for later in range(count - 1, -1, -1))
    return [min(max(now, end - share.burst), last) for end in ends]


async def spend(tx: Tx, share: Share, *, row_id: UUID, now: datetime) -> bool:
    """Spend this share if it is there to be spent; nothing happens otherwise."""
    connection = await raw_connection(tx)
    return (
        await connection.fetchval(
            SPEND, tx.tenant_id, now, row_id, share.key, share.cost, share.burst
        )
        is not None
    )
