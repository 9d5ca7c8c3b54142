"""SQL of what counts for a goal, as it stood at a moment: later changes of a deal are taken back by
its history (deal_changes), so a day can be reckoned after it is over."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from db.session import ReadTx, raw_connection

# $1 tenant, $2 from, $3 until (not included), $4 member or null, $5 persona or null, $6 the zone's
# first day, $7 its last. What a deal was at $3 is what its first later change says it was before.
_DEALS = """
with known as (
    select d.id, d.name || ' (' || a.name || ')' as name, d.account_id, d.created_at, d.currency,
        d.close_date, coalesce(d.owner_id, a.owner_id) as owner_id,
        case when s.deal_id is null then d.stage else s.before end as stage,
        case when m.deal_id is null then d.amount else nullif(m.before, '')::numeric end as amount
    from deals d
    join accounts a on a.tenant_id = $1 and a.id = d.account_id
    left join lateral (
        select c.deal_id, c.before from deal_changes c
        where c.tenant_id = $1 and c.deal_id = d.id and c.field = 'stage' and c.created_at >= $3
        order by c.created_at, c.id limit 1
    ) s on true
    left join lateral (
        select c.deal_id, c.before from deal_changes c
        where c.tenant_id = $1 and c.deal_id = d.id and c.field = 'amount' and c.created_at >= $3
        order by c.created_at, c.id limit 1
    ) m on true
    where d.tenant_id = $1 and d.created_at < $3
),
{dated},
mine as (
    select * from dated x
    where ($4::uuid is null or x.owner_id = $4)
      and ($5::uuid is null or exists (
        select 1 from effects e
        join actions t on t.tenant_id = $1 and t.id = e.action_id
        join draft_revisions v on v.tenant_id = $1 and v.draft_id = e.draft_id
            and v.number = e.revision
        where e.tenant_id = $1 and e.status = 'done' and v.persona_id = $5
          and e.settled_at < coalesce(x.at, $3)
          and (t.deal_id = x.id or (t.deal_id is null and t.account_id = x.account_id))
      ))
)
select what, case when amount is null then '' else currency end as currency, count(*) as deals,
    count(amount) as known, coalesce(sum(amount), 0) as amount,
    coalesce(sum(amount * amount), 0) as squares,
    (array_agg(name order by name))[1:3] as names
from mine where what is not null
group by 1, 2 order by 1, 2
"""

# Won when it was seen to be won; a deal that came as won on the day it was to close.
_WON = """
dated as (
    select k.*, w.at, case
        when w.at is not null then case when w.at >= $2 then 'counts' end
        when k.close_date is not null
            then case when k.close_date between $6 and $7 then 'counts' end
        when k.created_at >= $2 then 'undated'
    end as what
    from known k
    left join lateral (
        select max(c.created_at) as at from deal_changes c
        where c.tenant_id = $1 and c.deal_id = k.id and c.field = 'stage'
          and c.after = 'closed_won' and c.created_at < $3
    ) w on true
    where k.stage = 'closed_won'
)
"""

# Pipeline since it first came into an active stage. One that came to us in such a stage counts from
# then on, except what was there with the first file: that is stock, and nobody knows its age.
_ENTERED = """
stock as (
    select min(created_at) + interval '1 day' as until from deals where tenant_id = $1
),
began as (
    select k.*, coalesce(f.before, k.stage) as first_stage
    from known k
    left join lateral (
        select c.before from deal_changes c
        where c.tenant_id = $1 and c.deal_id = k.id and c.field = 'stage' and c.created_at < $3
        order by c.created_at, c.id limit 1
    ) f on true
    where k.stage <> 'initial' and k.stage <> 'closed_lost'
),
dated as (
    select b.*, e.at, case
        when b.first_stage in {active}
            then case when b.created_at < $2 then null
                      when b.created_at < s.until then 'undated' else 'counts' end
        when e.at >= $2 then 'counts'
    end as what
    from began b cross join stock s
    left join lateral (
        select min(c.created_at) as at from deal_changes c
        where c.tenant_id = $1 and c.deal_id = b.id and c.field = 'stage' and c.created_at < $3
          and c.after in {active}
          and b.first_stage not in {active}
    ) e on true
)
"""
_ACTIVE = "('discovery', 'qualification', 'evaluation', 'negotiation')"
WON = _DEALS.format(dated=_WON)
ENTERED = _DEALS.format(dated=_ENTERED.format(active=_ACTIVE))

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
    query = WON if kind == "revenue" else ENTERED
    found: list[asyncpg.Record] = await connection.fetch(
        query, tx.tenant_id, since, until, member_id, persona_id, *days
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
