"""SQL of the pages that say how it goes: a member's own, a team's, and what a person may label. One
statement a part, on the driver's own connection; sums of days come from db/analytics.py."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from db.session import ReadTx, raw_connection

# Whose window ends first comes first. The subject is the one that was decided on.
OPEN = """
with mine as (
    select id, action_id, account_id, kind, predicted, calibrated, created_at, window_ends_at
    from outcomes where tenant_id = $1 and member_id = $2 and status = 'pending'
)
select (select count(*) from mine) as total,
       (select count(*) from mine where kind = 'email_engagement') as mails,
       p.action_id, p.kind, p.created_at, p.window_ends_at,
       coalesce(p.calibrated, p.predicted)::float8 as chance, a.name as account, r.subject
from (select * from mine order by window_ends_at, id limit $3) p
left join accounts a on a.tenant_id = $1 and a.id = p.account_id
left join actions t on t.tenant_id = $1 and t.id = p.action_id
left join draft_revisions r on r.tenant_id = $1 and r.draft_id = t.draft_id
    and r.number = t.decided_revision and not r.held
order by p.window_ends_at, p.id
"""

# A word on a text is kept under its draft, every other one under the action or conversation.
SAID = """
with mine as (
    select * from feedback where tenant_id = $1 and member_id = $2 and changed_at >= $3
        and target in ('decision', 'message', 'conversation')
)
select (select count(*) from mine where rating > 0) as ups,
       (select count(*) from mine where rating < 0) as downs,
       f.changed_at, f.rating, f.reason, a.name as account, r.subject, t.status,
       coalesce(r.author <> 'model', false) as edited,
       (select o.status from outcomes o where o.tenant_id = $1 and o.action_id = t.id
        order by o.kind = 'email_engagement' desc, o.created_at limit 1) as outcome
from (select * from mine order by changed_at desc, id limit $4) f
left join lateral (
    select * from actions x where x.tenant_id = $1
        and (f.target = 'decision' and x.id = f.target_id
             or f.target = 'message' and x.draft_id = f.target_id
             or f.target = 'conversation' and x.conversation_id = f.target_id)
    order by x.created_at desc limit 1
) t on true
left join accounts a on a.tenant_id = $1 and a.id = t.account_id
left join draft_revisions r on r.tenant_id = $1 and r.draft_id = t.draft_id
    and r.number = t.decided_revision and not r.held
order by f.changed_at desc, f.id
"""

# What waited for the member: since it could be seen, or else since it was proposed. Overtaken ones
# and those that left by the rule waited for nobody.
WAITS = """
select coalesce(c.first_shown_at, t.created_at) as came,
       case when t.status = 'pending' then null else coalesce(t.decided_at, t.created_at) end
           as decided
from actions t
left join cards c on c.tenant_id = $1 and c.kind = 'mail' and c.subject_id = t.id
    and c.recipient_id = $2
where t.tenant_id = $1 and t.owner_id = $2 and t.created_at >= $3
  and t.status not in ('voided', 'held') and coalesce(t.decided_surface, '') <> 'rule'
order by came limit $4
"""

ABOUT = """
select
    (select b.name from members m join members b on b.tenant_id = $1 and b.id = m.manager_id
        and b.active where m.tenant_id = $1 and m.id = $2) as led_by,
    exists (select from mailboxes b where b.tenant_id = $1 and b.member_id = $2) as has_mailbox
"""

# Everybody under the same manager, without the member.
PEERS = """
select p.id from members m
join members p on p.tenant_id = $1 and p.manager_id = m.manager_id and p.active and p.id <> m.id
where m.tenant_id = $1 and m.id = $2 order by p.id
"""

# $2: these members' ($3 true: everybody's) that wait for a person's word, and what the reader said
# since $5. A word that can't be given stays ambiguous, and isn't asked for again.
_TO_LABEL = """
    from outcomes o
    where o.tenant_id = $1 and ($3 or o.member_id = any($2::uuid[])) and (
        o.status = 'ambiguous' and o.labelled_at is null and o.created_at >= $4
        or o.labelled_by = $5 and o.labelled_at >= $6)
"""
COUNT_TO_LABEL = """
select count(*) from outcomes o
where o.tenant_id = $1 and ($3 or o.member_id = any($2::uuid[]))
  and o.status = 'ambiguous' and o.labelled_at is null and o.created_at >= $4
"""
TO_LABEL = f"""
with found as (select o.* {_TO_LABEL}),
page as (
    select * from found order by created_at desc, id
    limit $7 offset least($8, greatest((select count(*) from found) - 1, 0) / $7 * $7)
)
select (select count(*) from found) as total, p.id, p.kind, p.status, p.source, p.reason,
       p.created_at, p.resolved_at, p.labelled_at, b.name as by, a.name as account,
       w.name as whose, r.subject, m.sender::text as sender, m.received_at, m.proof, m.text,
       coalesce(m.analysis #>> '{{suspicious,injection}}', '') = 'true' as suspicious
from (select 1) one
left join page p on true
left join accounts a on a.tenant_id = $1 and a.id = p.account_id
left join members w on w.tenant_id = $1 and w.id = p.member_id
left join members b on b.tenant_id = $1 and b.id = p.labelled_by
left join messages m on m.tenant_id = $1 and m.id = p.signal_message_id
left join actions t on t.tenant_id = $1 and t.id = p.action_id
left join draft_revisions r on r.tenant_id = $1 and r.draft_id = t.draft_id
    and r.number = t.decided_revision and not r.held
order by p.created_at desc, p.id
"""  # noqa: S608 - put together from the constants above

EXAMPLE = """
select t.owner_id, a.name as account, r.subject, r.text, coalesce(t.decided_at, t.created_at) as at,
       (select o.status from outcomes o where o.tenant_id = $1 and o.action_id = t.id
            and o.kind = 'email_engagement') as outcome
from actions t
left join accounts a on a.tenant_id = $1 and a.id = t.account_id
left join draft_revisions r on r.tenant_id = $1 and r.draft_id = t.draft_id
    and r.number = t.decided_revision and not r.held
where t.tenant_id = $1 and t.id = $2
"""

# $2: of these members; null: of everybody.
PEOPLE = """
select m.id, m.name, count(a.id) as accounts, avg(a.health)::float8 as health,
       count(a.health) as health_of
from members m
left join accounts a on a.tenant_id = $1 and a.owner_id = m.id and a.merged_into_id is null
where m.tenant_id = $1 and m.active and ($2::uuid[] is null or m.id = any($2::uuid[]))
group by m.id, m.name order by m.name, m.id
"""

# Accounts by what people decided on since $3.
BUSIEST = """
with decided as (
    select a.account_id, count(*) as decided from actions a
    where a.tenant_id = $1 and a.created_at >= $3 and ($2::uuid[] is null or a.owner_id = any($2))
      and a.decided_by is not null and a.decided_surface <> 'rule' and a.account_id is not null
    group by a.account_id
)
select c.id, c.name, d.decided, (select sum(decided) from decided)::bigint as total
from decided d join accounts c on c.tenant_id = $1 and c.id = d.account_id
where not c.excluded order by d.decided desc, c.name, c.id limit $4
"""

# What was proposed unasked since $3, and was shown to somebody.
PROPOSALS = """
select count(*) filter (where status = 'acted') as taken_up, count(*) as proposals from triggers
where tenant_id = $1 and proposed_at >= $3 and ($2::uuid[] is null or member_id = any($2))
  and level not in ('', 'off', 'shadow')
"""

# One line of Home: drafts since $4, answers of what was proposed between $3 and $5.
HOME = """
select coalesce(sum(unchanged) filter (where day >= $4), 0)::bigint as unchanged,
       coalesce(sum(edited) filter (where day >= $4), 0)::bigint as edited,
       coalesce(sum(rejected) filter (where day >= $4), 0)::bigint as rejected,
       coalesce(sum(proposed) filter (where day >= $4), 0)::bigint as proposed,
       coalesce(sum(answered) filter (where day <= $5), 0)::bigint as answered,
       coalesce(sum(negative) filter (where day <= $5), 0)::bigint as negative,
       coalesce(sum(expired) filter (where day <= $5), 0)::bigint as expired
from learning_days
where tenant_id = $1 and day >= $3 and ($2::uuid[] is null or member_id = any($2::uuid[]))
"""


async def list_open(
    tx: ReadTx, member_id: UUID, limit: int
) -> tuple[list[asyncpg.Record], int, int]:
    """The member's predictions that wait for their event, how many there are, and how many of them
    wait for an answer to a mail."""
    found = await (await raw_connection(tx)).fetch(OPEN, tx.tenant_id, member_id, limit)
    if not found:
        return [], 0, 0
    return found, found[0]["total"], found[0]["mails"]


async def list_said(
    tx: ReadTx, member_id: UUID, since: datetime, limit: int
) -> list[asyncpg.Record]:
    """The member's last words on what we made, each with how many were up and down in all."""
    connection = await raw_connection(tx)
    return list(await connection.fetch(SAID, tx.tenant_id, member_id, since, limit))


async def list_waits(
    tx: ReadTx, member_id: UUID, since: datetime, limit: int
) -> list[asyncpg.Record]:
    """(since when it waited, when it was decided) of drafts proposed since then."""
    connection = await raw_connection(tx)
    return list(await connection.fetch(WAITS, tx.tenant_id, member_id, since, limit))


async def get_about(tx: ReadTx, member_id: UUID) -> asyncpg.Record:
    """(who leads the member, whether a mailbox is connected)."""
    row = await (await raw_connection(tx)).fetchrow(ABOUT, tx.tenant_id, member_id)
    if row is None:
        raise RuntimeError("a select of values is one row")
    return row


async def list_peers(tx: ReadTx, member_id: UUID) -> list[UUID]:
    """Who has the same manager."""
    found = await (await raw_connection(tx)).fetch(PEERS, tx.tenant_id, member_id)
    return [row["id"] for row in found]


async def count_to_label(tx: ReadTx, member_ids: Sequence[UUID] | None, *, since: datetime) -> int:
    """Of these members, or (None) of everybody."""
    whose, everybody = _whose(member_ids)
    connection = await raw_connection(tx)
    return int(await connection.fetchval(COUNT_TO_LABEL, tx.tenant_id, whose, everybody, since))


async def list_to_label(
    tx: ReadTx,
    member_ids: Sequence[UUID] | None,
    *,
    since: datetime,
    reader_id: UUID,
    said_since: datetime,
    limit: int,
    offset: int,
) -> tuple[list[asyncpg.Record], int]:
    """A page, newest first: a page behind the last one is the last one."""
    whose, everybody = _whose(member_ids)
    found = await (await raw_connection(tx)).fetch(
        TO_LABEL, tx.tenant_id, whose, everybody, since, reader_id, said_since, limit, offset
    )
    return [row for row in found if row["id"] is not None], found[0]["total"]


async def get_example(tx: ReadTx, action_id: UUID) -> asyncpg.Record | None:
    """One mail as it was decided on: whose, to which account, its text, what came of it."""
    return await (await raw_connection(tx)).fetchrow(EXAMPLE, tx.tenant_id, action_id)


async def list_people(tx: ReadTx, member_ids: Sequence[UUID] | None) -> list[asyncpg.Record]:
    """Active members by name, with their accounts and those accounts' average health."""
    connection = await raw_connection(tx)
    return list(await connection.fetch(PEOPLE, tx.tenant_id, _ids(member_ids)))


async def list_busiest(
    tx: ReadTx, member_ids: Sequence[UUID] | None, *, since: datetime, limit: int
) -> tuple[list[asyncpg.Record], int]:
    """(id, name, decided) of the accounts with the most decisions, and how many there were on all
    accounts."""
    connection = await raw_connection(tx)
    found = await connection.fetch(BUSIEST, tx.tenant_id, _ids(member_ids), since, limit)
    return list(found), found[0]["total"] if found else 0


async def count_proposals(
    tx: ReadTx, member_ids: Sequence[UUID] | None, *, since: datetime
) -> asyncpg.Record:
    """(taken_up, proposals)."""
    connection = await raw_connection(tx)
    row = await connection.fetchrow(PROPOSALS, tx.tenant_id, _ids(member_ids), since)
    if row is None:
        raise RuntimeError("a count is one row")
    return row


async def home_figures(
    tx: ReadTx, member_ids: Sequence[UUID] | None, *, answers: tuple[date, date], first: date
) -> asyncpg.Record:
    """Drafts from the day `first` on, answers of the days `answers` (from, to)."""
    row = await (await raw_connection(tx)).fetchrow(
        HOME, tx.tenant_id, _ids(member_ids), answers[0], first, answers[1]
    )
    if row is None:
        raise RuntimeError("a sum is one row")
    return row


def _ids(member_ids: Sequence[UUID] | None) -> list[UUID] | None:
    return None if member_ids is None else list(member_ids)


def _whose(member_ids: Sequence[UUID] | None) -> tuple[list[UUID], bool]:
    return ([], True) if member_ids is None else (list(member_ids), False)
