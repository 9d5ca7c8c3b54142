"""SQL of the Home tab's lists: what waits, and accounts. One statement a section, on the driver's
own connection, each on an index by the member or their accounts: what others in the tenant have
doesn't slow it down."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from db.session import ReadTx, raw_connection

# A page behind the last one is the last one: what was on it may have been decided. Oldest first.
# Without a mail behind it (somebody writes first) the draft itself says what it is.
WAITING = """
with mine as (
    select id, draft_id, account_id, created_at from actions
    where tenant_id = $1 and owner_id = $2 and status = 'pending'
),
page as (
    select * from mine order by created_at, id
    limit $3 offset least($4, greatest((select count(*) from mine) - 1, 0) / $3 * $3)
)
select (select count(*) from mine) as total, p.id, p.created_at, a.name as account,
       m.sender::text as sender, m.subject, m.received_at, (m.analysis -> 'asks')::text as asks,
       r.subject as draft_subject, r."to" ->> 0 as draft_to, d.purpose, d.instruction,
       coalesce(d.source ->> 'started', '') = 'true' as started,
       (select coalesce(nullif(k.name, ''), k.email) from contacts k
        where k.tenant_id = $1 and k.id = d.contact_id) as contact, c.channel, c.ts
from (select 1) one
left join page p on true
left join accounts a on a.tenant_id = $1 and a.id = p.account_id
left join drafts d on d.tenant_id = $1 and d.id = p.draft_id
left join messages m on m.tenant_id = $1 and m.id = d.message_id
left join draft_revisions r
    on r.tenant_id = $1 and r.draft_id = d.id and r.number = d.revision and d.message_id is null
    and not r.held
left join cards c on c.tenant_id = $1 and c.kind = 'mail' and c.subject_id = p.id
    and c.recipient_id = $2 and c.ts is not null
order by p.created_at, p.id
"""

UNSORTED = """
select count(*) from conversations c
join messages m on m.tenant_id = c.tenant_id and m.id = c.head_message_id
where c.tenant_id = $1 and c.link = 'unlinked' and c.responder_id = $2
  and m.attention = 'unlinked'
"""

# Mail that came since then stands in conversations whose last mail came since then.
QUIET = """
select count(*) from conversations c
join messages m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
where c.tenant_id = $1 and c.responder_id = $2 and c.last_message_at >= $3
  and m.received_at >= $3 and m.attention = 'quiet'
"""

# The deal that closes first stands for the account. The order is by what the member's function
# looks at first, and whatever waits comes before everything.
ACCOUNTS = """
with assigned as (
    select id from accounts where tenant_id = $1 and owner_id = $2
    union
    select account_id from account_owners where tenant_id = $1 and member_id = $2
),
pending as (
    select account_id, count(*) as n from actions
    where tenant_id = $1 and owner_id = $2 and status = 'pending' group by account_id
),
mine as (
    select a.id, a.name, a.industry, a.health, a.lifecycle, a.renewal_date,
           d.stage, d.amount, coalesce(d.currency, 'USD') as currency, d.close_date,
           coalesce(d.open_deals, 0) as open_deals, coalesce(p.n, 0) as waiting
    from assigned s
    join accounts a on a.tenant_id = $1 and a.id = s.id and a.merged_into_id is null
    left join lateral (
        select e.stage, e.amount, e.currency, e.close_date, count(*) over () as open_deals
        from deals e
        where e.tenant_id = $1 and e.account_id = a.id
          and e.stage not in ('closed_won', 'closed_lost')
        order by e.close_date nulls last, e.created_at limit 1
    ) d on true
    left join pending p on p.account_id = a.id
),
fitting as (
    select * from mine
    where ($3 = '' or $3 = case when health is null then 'unknown'
                                when health >= 80 then 'very_good' when health >= 60 then 'good'
                                when health >= 40 then 'fair' else 'poor' end)
      and ($4 = '' or $4 = coalesce(stage, 'none'))
      and ($5 = '' or $5 = md5(coalesce(industry, '')))
      and ($6 = '' or lower(name) like $6 or lower(coalesce(industry, '')) like $6)
),
page as (
    select * from fitting
    order by waiting = 0,
             case $7 when 'sales' then close_date when 'success' then renewal_date end nulls last,
             case when $7 = 'onboarding' then lifecycle is distinct from 'onboarding' end,
             health nulls last, name, id
    limit $8 offset least($9, greatest((select count(*) from fitting) - 1, 0) / $8 * $8)
),
numbered as (select *, row_number() over () as place from page)
select (select count(*) from mine) as everything, (select count(*) from fitting) as fitting,
       (select coalesce(json_agg(json_build_array(md5(industry), industry) order by industry), '[]')
        from (select distinct industry from mine where industry <> '' order by 1 limit 99) i
       )::text as industries,
       n.id as account_id, n.name, n.industry, n.health, n.lifecycle, n.renewal_date, n.stage,
       n.amount, n.currency, n.close_date, n.open_deals, n.waiting,
       (select c.last_message_at from conversations c
        where c.tenant_id = $1 and c.account_id = n.id and c.last_message_at is not null
        order by c.last_message_at desc limit 1) as last_contact,
       (select count(*) from approval_requests r
        where r.tenant_id = $1 and r.status = 'pending' and r.account_id = n.id) as asked
from (select 1) one left join numbered n on true
order by n.place
"""


async def list_waiting(
    tx: ReadTx, member_id: UUID, *, limit: int, offset: int = 0
) -> tuple[list[asyncpg.Record], int]:
    """What waits for the member's word, with all that a line about it says, and how much there
    is."""
    connection = await raw_connection(tx)
    rows = await connection.fetch(WAITING, tx.tenant_id, member_id, limit, offset)
    return [row for row in rows if row["id"] is not None], rows[0]["total"]


async def count_unsorted(tx: ReadTx, member_id: UUID) -> int:
    connection = await raw_connection(tx)
    return int(await connection.fetchval(UNSORTED, tx.tenant_id, member_id))


async def count_quiet(tx: ReadTx, member_id: UUID, since: datetime) -> int:
    """Mail to the member that was kept back since a moment."""
    connection = await raw_connection(tx)
    return int(await connection.fetchval(QUIET, tx.tenant_id, member_id, since))


async def list_accounts(
    tx: ReadTx,
    member_id: UUID,
    *,
    health: str,
    stage: str,
    industry: str,
    search: str,
    function: str,
    limit: int,
    offset: int,
) -> tuple[Sequence[asyncpg.Record], asyncpg.Record]:
    """A page of the member's accounts that fit, and a row with the counts: `everything`,
    `fitting`, `industries`."""
    plain = search.strip().lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    connection = await raw_connection(tx)
    rows = await connection.fetch(
        ACCOUNTS,
        tx.tenant_id,
        member_id,
        health,
        stage,
        industry,
        f"%{plain}%" if plain else "",
        function,
        limit,
        offset,
    )
    return [row for row in rows if row["account_id"] is not None], rows[0]
