"""SQL of what counts for a goal, as it stood at a moment: later changes of a deal are taken back by
its history (deal_changes), so a day can be reckoned after it is over."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from db.session import ReadTx, raw_connection

# $1 tenant, $2 from, $3 until (not included), $4 member or null, $5 persona or null; where deals
# are won also $6 the first day and $7 the last. What a deal was at $3 is what its first later
# change says it was before. Deals and their changes are read once and grouped, never joined: a
# join takes minutes where the planner knows nothing of the tables yet.
_DEALS = """
with held as (
    select d.id, d.name || ' (' || a.name || ')' as name, d.account_id, d.created_at, d.currency,
        d.close_date, d.stage, d.amount
    from deals d
    join accounts a on a.tenant_id = $1 and a.id = d.account_id
    where d.tenant_id = $1 and d.created_at < $3
      and ($4::uuid is null or coalesce(d.owner_id, a.owner_id) = $4)
),
lines as (
    select id, name, account_id, created_at, currency, close_date, stage, amount,
        '' as field, null::timestamptz as at, null::uuid as change_id, null as before, null as after
    from held
    union all
    select c.deal_id, null, null, null, null, null, null, null,
        c.field, c.created_at, c.id, c.before, c.after
    from deal_changes c
    where c.tenant_id = $1 and c.field in ('stage', 'amount')
),
grouped as (
    select id, max(name) as name,
        (array_agg(account_id) filter (where field = ''))[1] as account_id,
        max(created_at) as created_at, max(currency) as currency, max(close_date) as close_date,
        max(stage) as stage, max(amount) as amount,
        (array_agg(before order by at, change_id)
            filter (where field = 'stage' and at >= $3))[1] as stage_then,
        (array_agg(before order by at, change_id)
            filter (where field = 'amount' and at >= $3))[1] as amount_then,
        (array_agg(before order by at, change_id)
            filter (where field = 'stage' and at < $3))[1] as first_stage,
        max(at) filter (where field = 'stage' and after = 'closed_won' and at < $3) as won_at,
        min(at) filter (where field = 'stage' and after in {active} and at < $3) as active_at
    from lines
    group by id
    having max(name) is not null
),
known as (
    select id, name, account_id, created_at, currency, close_date,
        coalesce(stage_then, stage) as stage,
        case when amount_then is null then amount
             else nullif(amount_then, '')::numeric end as amount,
        coalesce(first_stage, stage_then, stage) as first_stage, won_at, active_at
    from grouped
),
{dated},
written as (
    select t.deal_id, t.account_id, min(e.settled_at) as at
    from draft_revisions v
    join effects e on e.tenant_id = $1 and e.draft_id = v.draft_id and e.revision = v.number
    join actions t on t.tenant_id = $1 and t.id = e.action_id
    where v.tenant_id = $1 and v.persona_id = $5 and e.status = 'done'
    group by 1, 2
),
mine as (
    select * from dated x
    where x.what is not null
      and ($5::uuid is null or exists (
        select 1 from written w where w.at < coalesce(x.at, $3)
          and (w.deal_id = x.id or (w.deal_id is null and w.account_id = x.account_id))
      ))
)
select what, case when amount is null then '' else currency end as currency, count(*) as deals,
    count(amount) as known, coalesce(sum(amount), 0) as amount,
    coalesce(sum(amount * amount), 0) as squares,
    (array_agg(name order by name))[1:3] as names
from mine
group by 1, 2 order by 1, 2
"""

# Won when it was seen to be won; a deal that came as won on the day it was to close.
_WON = """
dated as (
    select k.*, k.won_at as at, case
        when k.won_at is not null then case when k.won_at >= $2 then 'counts' end
        when k.close_date is not null
            then case when k.close_date between $6 and $7 then 'counts' end
        when k.created_at >= $2 then 'undated'
    end as what
    from known k
    where k.stage = 'closed_won'
)
"""

# Pipeline since it first came into an active stage. One that came to us in such a stage counts from
# then on, except what was there with the first file: that is stock, and nobody knows its age.
_ENTERED = """
stock as (
    select min(created_at) + interval '1 day' as until from deals where tenant_id = $1
),
dated as (
    select k.*, case when k.first_stage in {active} then k.created_at else k.active_at end as at,
        case
        when k.first_stage in {active}
            then case when k.created_at < $2 then null
                      when k.created_at < s.until then 'undated' else 'counts' end
        when k.active_at >= $2 then 'counts'
    end as what
    from known k cross join stock s
    where k.stage not in ('initial', 'closed_lost')
)
"""
_ACTIVE = "('discovery', 'qualification', 'evaluation', 'negotiation')"
WON = _DEALS.format(active=_ACTIVE, dated=_WON)
ENTERED = _DEALS.format(active=_ACTIVE, dated=_ENTERED.format(active=_ACTIVE))

# Mails that left because a person or the copilot decided so; meetings that are over, each once, for
# a member those they were invited to and didn't decline.
DEEDS = """
with mine as (
    select lower(m.email) as address from members m
    where m.tenant_id = $1 and m.id = $4
    union
    select lower(b.address) from mailboxes b where b.tenant_id = $1 and b.member_id = $4
)
select
    (select count(*) from effects e
     join actions t on t.tenant_id = $1 and t.id = e.action_id
     where e.tenant_id = $1 and e.status = 'done' and e.settled_at >= $2 and e.settled_at < $3
       and ($4::uuid is null or coalesce(t.owner_id, t.decided_by) = $4)
       and ($5::uuid is null or exists (
         select 1 from draft_revisions v where v.tenant_id = $1 and v.draft_id = e.draft_id
           and v.number = e.revision and v.persona_id = $5))) as mails,
    (select count(*) from meetings g
     join accounts a on a.tenant_id = $1 and a.id = g.account_id
     where g.tenant_id = $1 and $5::uuid is null and g.status = 'scheduled'
       and coalesce(g.ends_at, g.starts_at) >= $2 and coalesce(g.ends_at, g.starts_at) < $3
       and ($4::uuid is null
         or lower(g.organizer) in (select address from mine)
         or (g.source = 'transcript' and a.owner_id = $4)
         or exists (
           select 1 from jsonb_array_elements(g.attendees) p
           where lower(p ->> 'email') in (select address from mine)
             and coalesce(lower(p ->> 'status'), '') <> 'declined'))) as meetings
"""


async def deals_counted(
    tx: ReadTx,
    kind: str,
    *,
    since: datetime,
    until: datetime,
    days: tuple[date, date],
    member_id: UUID | None,
    persona_id: UUID | None,
) -> Sequence[asyncpg.Record]:
    """By `what` (counts, undated) and currency ('' where the amount is unknown): deals, known,
    amount, squares, names. `kind` is revenue or pipeline; `days` are the first and the last."""
    connection = await raw_connection(tx)
    named = (tx.tenant_id, since, until, member_id, persona_id)
    found: list[asyncpg.Record] = await (
        connection.fetch(WON, *named, *days)
        if kind == "revenue"
        else connection.fetch(ENTERED, *named)
    )
    return found


async def deeds_counted(
    tx: ReadTx,
    *,
    since: datetime,
    until: datetime,
    member_id: UUID | None,
    persona_id: UUID | None,
) -> tuple[int, int]:
    """(mails, meetings). Nobody writes down in whose name a meeting was held: a persona's are 0."""
    connection = await raw_connection(tx)
    row = await connection.fetchrow(DEEDS, tx.tenant_id, since, until, member_id, persona_id)
    return (row["mails"], row["meetings"]) if row else (0, 0)


async def currencies(tx: ReadTx) -> list[str]:
    """The currencies of the tenant's deals, the most frequent first."""
    connection = await raw_connection(tx)
    query = """
        select currency from deals where tenant_id = $1 and amount is not null
        group by currency order by count(*) desc, currency limit 20
    """
    return [row["currency"] for row in await connection.fetch(query, tx.tenant_id)]
