"""SQL of the figures on approvals: one statement over requests and one over votes, each for all and
per type at once, and one over a member's seats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.session import ReadTx, raw_connection

# What is settled counts where it was settled inside the window; what is pending counts now.
REQUESTS = """
select r.type,
       count(*) filter (where r.status = 'pending') as pending,
       min(r.created_at) filter (where r.status = 'pending') as oldest,
       count(*) filter (where r.decided) as decided,
       percentile_cont(0.5) within group (order by r.minutes) filter (where r.decided) as p50,
       percentile_cont(0.9) within group (order by r.minutes) filter (where r.decided) as p90,
       count(*) filter (where r.decided or r.status = 'expired') as due,
       count(*) filter (where (r.decided or r.status = 'expired') and r.breached_at is not null)
           as breached,
       count(*) filter (where r.auto_template is not null) as auto,
       count(*) filter (where r.status = 'expired') as expired
from (
    select type, status, created_at, breached_at, auto_template,
           status in ('approved', 'rejected') and auto_template is null as decided,
           extract(epoch from settled_at - created_at) / 60 as minutes
    from approval_requests
    where tenant_id = $1 and (status = 'pending' or settled_at >= $2)
) r
group by grouping sets ((), (r.type))
"""

# Hasty by the threshold that the request itself was routed with, whatever the rules say today.
VOTES = """
select v.type,
       count(*) filter (where v.seconds is not null) as timed,
       count(*) filter (where v.seconds < v.least) as hasty,
       count(*) filter (where v.mine) as own,
       count(*) filter (where v.mine and v.seconds is not null) as own_timed,
       count(*) filter (where v.mine and v.seconds < v.least) as own_hasty,
       percentile_cont(0.5) within group (order by v.seconds) filter (where v.mine) as own_seconds,
       percentile_cont(0.5) within group (order by v.minutes) filter (where v.mine) as own_p50,
       percentile_cont(0.9) within group (order by v.minutes) filter (where v.mine) as own_p90
from (
    select r.type, v.seconds, v.member_id = $3 as mine,
           coalesce((r.route ->> 'read_at_least')::numeric, 10) as least,
           extract(epoch from v.created_at - r.created_at) / 60 as minutes
    from approval_votes v
    join approval_requests r on r.tenant_id = v.tenant_id and r.id = v.request_id
    where v.tenant_id = $1 and v.created_at >= $2
) v
group by grouping sets ((), (v.type))
"""

# One member's part: what waits for their voice, and how what they held went.
SEATS = """
select count(*) filter (where s.status = 'pending' and s.waits) as pending,
       min(s.created_at) filter (where s.status = 'pending' and s.waits) as oldest,
       count(*) filter (where s.due) as due,
       count(*) filter (where s.due and s.breached_at is not null) as breached,
       count(*) filter (where s.status = 'expired') as expired
from (
    select r.id, r.status, r.created_at, r.breached_at,
           r.status in ('approved', 'rejected', 'expired') and r.auto_template is null as due,
           bool_or(v.id is null and coalesce(s.delegate_id, s.holder_id) = $3) as waits
    from approval_requests r
    join approval_seats s on s.tenant_id = r.tenant_id and s.request_id = r.id
    left join approval_votes v
        on v.tenant_id = s.tenant_id and v.request_id = s.request_id and v.seat_id = s.id
    where r.tenant_id = $1 and (r.status = 'pending' or r.settled_at >= $2)
      and (s.holder_id = $3 or s.delegate_id = $3 or v.member_id = $3)
    group by r.id, r.status, r.created_at, r.breached_at, r.auto_template
) s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """Of all requests, or of one type."""

    pending: int
    oldest: datetime | None
    decided: int
    p50: float | None
    p90: float | None
    due: int
    breached: int
    auto: int
    expired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCounts:
    """`timed` votes have a known time from delivery to decision; only they can be hasty."""

    timed: int = 0
    hasty: int = 0
    own: int = 0
    own_timed: int = 0
    own_hasty: int = 0
    own_seconds: float | None = None
    own_p50: float | None = None
    own_p90: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCounts:
    pending: int
    oldest: datetime | None
    due: int
    breached: int
    expired: int


async def count_requests(tx: ReadTx, since: datetime) -> dict[str | None, RequestCounts]:
    """Per type; under None all together."""
    found = await (await raw_connection(tx)).fetch(REQUESTS, tx.tenant_id, since)
    return {row["type"]: RequestCounts(**_values(row)) for row in found}


async def count_votes(tx: ReadTx, since: datetime, member_id: UUID) -> dict[str | None, VoteCounts]:
    """Per type; under None all together. `own` are this member's."""
    found = await (await raw_connection(tx)).fetch(VOTES, tx.tenant_id, since, member_id)
    return {row["type"]: VoteCounts(**_values(row)) for row in found}


async def count_seats(tx: ReadTx, since: datetime, member_id: UUID) -> SeatCounts:
    row = await (await raw_connection(tx)).fetchrow(SEATS, tx.tenant_id, since, member_id)
    return SeatCounts(**dict(row or {}))


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """The counts; percentiles come as whatever the ordered column is, and are shown as floats."""
    values = {name: value for name, value in dict(row).items() if name != "type"}
    wide = ("p50", "p90", "own_seconds", "own_p50", "own_p90")
    return values | {name: float(values[name]) for name in wide if values.get(name) is not None}
