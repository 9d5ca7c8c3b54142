"""SQL of what time does to approval requests: whose seats are concerned, and which seats nobody can
speak for any more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from db.session import ReadTx, raw_connection

# In id order, which is the order in which several requests are locked.
SEATS_OF = """
select distinct s.request_id from approval_seats s
join approval_requests r on r.tenant_id = s.tenant_id and r.id = s.request_id
where s.tenant_id = $1 and (s.holder_id = $2 or s.delegate_id = $2) and r.status = 'pending'
order by s.request_id
"""

VACANT = """
select distinct s.request_id from approval_seats s
join approval_requests r on r.tenant_id = s.tenant_id and r.id = s.request_id
where s.tenant_id = $1 and s.holder_id is null and r.status = 'pending'
order by s.request_id
"""

# Whoever is told of by this may have lost or gained the right to decide.
STANDING = """
select md5(coalesce(string_agg(who, ',' order by who), '')) from (
    select concat_ws('|', id, active, role, titles, manager_id) as who
    from members where tenant_id = $1
) people
"""

# More than are broken for sure: services look again, with the request locked.
BROKEN = """
select distinct s.request_id from approval_requests r
join approval_seats s on s.tenant_id = r.tenant_id and s.request_id = r.id
left join members h on h.tenant_id = s.tenant_id and h.id = s.holder_id
left join members d on d.tenant_id = s.tenant_id and d.id = s.delegate_id
where r.tenant_id = $1 and r.status = 'pending' and r.id > $3
  and (
    h.id is null or not h.active or not coalesce(d.active, true)
    or (s.title = 'admin' and h.role <> 'admin')
    or (s.title = 'manager' and not s.escalated and h.role not in ('manager', 'executive', 'admin'))
    or (s.title not in ('admin', 'manager') and not h.titles ? s.title)
    or (d.id is null and s.holder_id in (
        select member_id from absences
        where tenant_id = $1 and cancelled_at is null and starts_at <= $2 and ends_at > $2))
  )
  and not exists (
    select from approval_votes v
    where v.tenant_id = s.tenant_id and v.request_id = s.request_id and v.seat_id = s.id
  )
order by s.request_id limit $4
"""


async def list_requests_of_seats(tx: ReadTx, member_id: UUID) -> list[UUID]:
    """Pending requests on which the member holds a seat or speaks for somebody."""
    rows = await (await raw_connection(tx)).fetch(SEATS_OF, tx.tenant_id, member_id)
    return [row["request_id"] for row in rows]


async def list_vacant(tx: ReadTx) -> list[UUID]:
    """Pending requests with a seat that nobody holds."""
    rows = await (await raw_connection(tx)).fetch(VACANT, tx.tenant_id)
    return [row["request_id"] for row in rows]


async def list_broken(tx: ReadTx, now: datetime, *, after: UUID, limit: int) -> Sequence[UUID]:
    """Pending requests with a seat that perhaps nobody can speak for: no holder, a holder or
    delegate who left, a title that is gone, nobody in for the one who is away."""
    rows = await (await raw_connection(tx)).fetch(BROKEN, tx.tenant_id, now, after, limit)
    return [row["request_id"] for row in rows]


async def standing(tx: ReadTx) -> str:
    """One word for who is who: it changes when a member comes, leaves or gets other rights."""
    return str(await (await raw_connection(tx)).fetchval(STANDING, tx.tenant_id))
