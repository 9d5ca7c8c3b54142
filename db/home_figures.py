"""SQL of the Home tab's figures: deals, what happened lately, the team, the company. One statement
a section, as in db/home.py."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from db.session import ReadTx, raw_connection

STATE = """
select coalesce(k.engaged, false) as switched_off,
       t.paused_at is not null as lost
from tenants t left join kill_switches k on k.tenant_id = t.tenant_id
where t.tenant_id = $1
"""

PIPELINE = """
select currency, count(*) as deals, coalesce(sum(amount), 0) as amount,
       count(*) filter (where amount is null) as unknown,
       count(*) filter (where closes) as closing,
       coalesce(sum(amount) filter (where closes), 0) as closing_amount,
       count(*) filter (where closes and amount is null) as closing_unknown,
       count(*) filter (where stage = 'stalled') as stalled,
       count(*) filter (where close_date < $3) as overdue
from (select *, close_date >= $4 and close_date < $5 as closes from deals
      where tenant_id = $1 and owner_id = $2
        and stage not in ('closed_won', 'closed_lost')) d
group by currency order by count(*) desc, currency
"""

# What can have left or been answered since then was decided not much earlier ($4).
SINCE = """
with recent as (
    select id from actions where tenant_id = $1 and owner_id = $2 and decided_at >= $4
)
select
    (select count(*) from outcomes o join recent r on r.id = o.action_id
     where o.tenant_id = $1 and o.status in ('positive', 'negative')
       and o.resolved_at >= $3 and o.kind = 'email_engagement') as answered,
    (select count(*) from effects e join recent r on r.id = e.action_id
     where e.tenant_id = $1 and e.status = 'done' and e.settled_at >= $3) as sent,
    (select count(*) from approval_requests q
     where q.tenant_id = $1 and q.requester_id = $2 and q.status <> 'pending'
       and q.settled_at >= $3) as decided,
    (select count(*) from deals d
     where d.tenant_id = $1 and d.owner_id = $2 and d.stage_changed_at >= $3) as moved,
    (select count(*) from conversations c
     join messages m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
     where c.tenant_id = $1 and c.responder_id = $2 and c.last_message_at >= $3
       and m.received_at >= $3 and m.attention = 'quiet') as quiet
"""

NEWS = """
with recent as (
    select id, account_id, status, decided_at, decision_reason from actions
    where tenant_id = $1 and owner_id = $2 and decided_at >= $4
),
found as (
    (select 'answered' as kind, 'mail' as card, r.id, r.account_id, o.resolved_at as at,
            '' as detail, null::text as type, null::numeric as percentage, null::numeric as amount,
            null::text as currency
     from outcomes o join recent r on r.id = o.action_id
     where o.tenant_id = $1 and o.status in ('positive', 'negative')
       and o.resolved_at >= $3 and o.kind = 'email_engagement')
    union all
    (select 'failed', 'mail', r.id, r.account_id, r.decided_at, coalesce(r.decision_reason, ''),
            null, null, null, null
     from recent r where r.status = 'failed' and r.decided_at >= $3)
    union all
    (select 'unknown', 'mail', r.id, r.account_id, coalesce(e.claimed_at, r.decided_at), '',
            null, null, null, null
     from effects e join recent r on r.id = e.action_id
     where e.tenant_id = $1 and e.status = 'unknown')
    union all
    (select q.status, 'approval', q.id, q.account_id, q.settled_at, coalesce(m.name, ''),
            q.type, q.percentage, q.amount, q.currency
     from approval_requests q
     left join members m on m.tenant_id = q.tenant_id and m.id = q.settled_by
     where q.tenant_id = $1 and q.requester_id = $2 and q.settled_at >= $3
       and q.status in ('approved', 'rejected', 'expired', 'voided'))
),
page as (select * from found order by at desc, id limit $5)
select p.*, a.name as account, g.sender::text as sender, c.channel, c.ts
from page p
left join accounts a on a.tenant_id = $1 and a.id = p.account_id
left join actions x on x.tenant_id = $1 and x.id = p.id and p.card = 'mail'
left join drafts d on d.tenant_id = $1 and d.id = x.draft_id
left join messages g on g.tenant_id = $1 and g.id = d.message_id
left join cards c on c.tenant_id = $1 and c.kind = p.card and c.subject_id = p.id
    and c.recipient_id = $2 and c.ts is not null
order by p.at desc, p.id
"""

# Numbers only: what a person's mails say stays with them.
TEAM = """
with team as (
    select id, name from members where tenant_id = $1 and manager_id = $2 and active
),
work as (
    select t.id, t.name,
        (select count(*) from actions a where a.tenant_id = $1 and a.owner_id = t.id
            and a.status = 'pending') as waiting,
        (select min(a.created_at) from actions a where a.tenant_id = $1 and a.owner_id = t.id
            and a.status = 'pending') as oldest
    from team t
),
page as (
    select * from work order by waiting desc, name, id
    limit $5 offset least($6, greatest((select count(*) from team) - 1, 0) / $5 * $5)
)
select (select count(*) from team) as total, p.name, p.waiting, p.oldest,
    s.approvals, s.approval_oldest, s.overdue,
    (select count(*) from actions a join effects e on e.tenant_id = a.tenant_id
        and e.action_id = a.id where a.tenant_id = $1 and a.owner_id = p.id
        and a.decided_at >= $4 and e.status = 'done') as sent,
    (select count(*) from actions a join outcomes o on o.tenant_id = a.tenant_id
        and o.action_id = a.id where a.tenant_id = $1 and a.owner_id = p.id
        and a.decided_at >= $4 and o.status in ('positive', 'negative')
        and o.kind = 'email_engagement') as answered,
    (select max(b.ends_at) from absences b where b.tenant_id = $1 and b.member_id = p.id
        and b.cancelled_at is null and b.starts_at <= $3 and b.ends_at > $3) as away_until
from (select 1) one
left join page p on true
left join lateral (
    select count(*) as approvals, min(q.created_at) as approval_oldest,
           count(*) filter (where q.due_at <= $3) as overdue
    from approval_seats z
    join approval_requests q on q.tenant_id = z.tenant_id and q.id = z.request_id
        and q.status = 'pending'
    where z.tenant_id = $1 and z.waiting
      and (z.delegate_id = p.id or (z.delegate_id is null and z.holder_id = p.id))
) s on true
order by p.waiting desc, p.name, p.id
"""

DEALS = """
select d.stage, d.currency, count(*) as deals, coalesce(sum(d.amount), 0) as amount,
       count(*) filter (where d.amount is null) as unknown,
       count(*) filter (where a.health < 40) as risky,
       coalesce(sum(d.amount) filter (where a.health < 40), 0) as risky_amount,
       count(*) filter (where a.health < 40 and d.amount is null) as risky_unknown
from deals d join accounts a on a.tenant_id = d.tenant_id and a.id = d.account_id
where d.tenant_id = $1
  and (d.stage not in ('closed_won', 'closed_lost')
       or coalesce(d.stage_changed_at >= $2, d.close_date >= $3 and d.close_date < $4))
group by d.stage, d.currency order by count(*) desc, d.currency
"""

TIMED = 2_000
"""How quick answers are is told by the newest so many: more don't move the middle."""
COMPANY = """
select
    (select count(*) from actions where tenant_id = $1 and status = 'pending'
        and created_at < $2::timestamptz - interval '1 day') as waiting_long,
    (select count(*) from approval_requests where tenant_id = $1 and status = 'pending'
        and due_at <= $2) as approvals_overdue,
    (select count(*) from effects e
     where e.tenant_id = $1 and e.status = 'done' and e.settled_at >= $3) as sent,
    (select count(*) from actions where tenant_id = $1 and decided_at >= $3
        and status in ('approved', 'done', 'failed')) as approved,
    (select count(*) from actions where tenant_id = $1 and decided_at >= $3
        and status = 'rejected') as rejected,
    (select percentile_cont(0.5) within group (
        order by extract(epoch from s.settled_at - m.received_at)::float8 / 60)
     from (select e.action_id, e.settled_at from effects e
           where e.tenant_id = $1 and e.status = 'done' and e.settled_at >= $3
           order by e.settled_at desc limit $4) s
     join actions a on a.tenant_id = $1 and a.id = s.action_id
     join drafts d on d.tenant_id = $1 and d.id = a.draft_id
     join messages m on m.tenant_id = $1 and m.id = d.message_id) as answer_minutes
"""


async def company_state(tx: ReadTx) -> asyncpg.Record:
    """`switched_off`: the kill switch is on; `lost`: Slack took the token back."""
    connection = await raw_connection(tx)
    return await connection.fetchrow(STATE, tx.tenant_id)


async def pipeline(
    tx: ReadTx, member_id: UUID, *, today: date, first: date, next_first: date
) -> Sequence[asyncpg.Record]:
    """The member's open deals by currency; `first` and `next_first` bound the month."""
    connection = await raw_connection(tx)
    return list(await connection.fetch(PIPELINE, tx.tenant_id, member_id, today, first, next_first))


async def happened_since(
    tx: ReadTx, member_id: UUID, since: datetime, *, decided_from: datetime
) -> dict[str, Any]:
    connection = await raw_connection(tx)
    row = await connection.fetchrow(SINCE, tx.tenant_id, member_id, since, decided_from)
    return dict(row)


async def list_news(
    tx: ReadTx, member_id: UUID, since: datetime, *, decided_from: datetime, limit: int
) -> Sequence[asyncpg.Record]:
    """Outcomes of what the member did or asked for, the newest first."""
    connection = await raw_connection(tx)
    return list(await connection.fetch(NEWS, tx.tenant_id, member_id, since, decided_from, limit))


async def list_team(
    tx: ReadTx, manager_id: UUID, *, now: datetime, since: datetime, limit: int, offset: int
) -> tuple[Sequence[asyncpg.Record], int]:
    """How much each of the manager's people has before them, and how many they are."""
    connection = await raw_connection(tx)
    rows = await connection.fetch(TEAM, tx.tenant_id, manager_id, now, since, limit, offset)
    return [row for row in rows if row["name"] is not None], rows[0]["total"]


async def company_deals(
    tx: ReadTx, *, month: datetime, first: date, next_first: date
) -> Sequence[asyncpg.Record]:
    """Open deals, and those that closed this month: as far as somebody saw them move, else by their
    close date."""
    connection = await raw_connection(tx)
    return list(await connection.fetch(DEALS, tx.tenant_id, month, first, next_first))


async def company_work(tx: ReadTx, *, now: datetime, since: datetime) -> dict[str, Any]:
    connection = await raw_connection(tx)
    return dict(await connection.fetchrow(COMPANY, tx.tenant_id, now, since, TIMED))
