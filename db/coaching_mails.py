"""SQL of what coaching looks at: a member's threads, and what came of what they did.

Each statement starts at one member's rows since a moment, by an index that holds both, and reads at
most so many of them; what hangs on each is one look-up by key. So a look costs the same however
much history a tenant has.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.session import ReadTx

# Every look-up stands alone (`offset 0`): a planner that knows nothing of a young table would else
# join all to all.
_THREADS = text(
    """
select c.id, c.account_id, a.name as company
from conversations c
cross join lateral (
    select x.name from accounts x
    where x.tenant_id = c.tenant_id and x.id = c.account_id and not x.excluded offset 0
) a
where c.tenant_id = :tenant and c.responder_id = :member and c.last_message_at >= :since
order by c.last_message_at desc, c.id limit :most
"""
)

_MESSAGES = text(
    """
select m.* from unnest(cast(:threads as uuid[])) with ordinality w (id, place)
cross join lateral (
    select x.id, x.conversation_id, x.direction, x.kind, x.proof, x.sender, x.recipients, x.subject,
        left(x.text, :long) as text, x.sent_at, x.received_at, x.created_at, x.in_reply_to,
        coalesce(x.analysis -> 'suspicious' ->> 'injection', '') = 'true' as suspicious,
        case when x.direction = 'outbound' then array(
            select b.gmail_message_id from mailbox_messages b
            where b.tenant_id = x.tenant_id and b.message_id = x.id
        ) end as gmail
    from messages x where x.tenant_id = :tenant and x.conversation_id = w.id
    order by x.received_at, x.id limit :most
) m
order by w.place, m.received_at, m.id
"""
)

# What the copilot wrote of it, by the mail that its effect sent.
_COPILOTS = text(
    """
select a.id as action_id, e.result ->> 'gmail_message_id' as gmail,
    r.persona_id is not null as persona, coalesce(o.edited, r.author <> 'model') as edited,
    o.status as outcome
from actions a
cross join lateral (
    select x.* from effects x
    where x.tenant_id = a.tenant_id and x.action_id = a.id and x.status = 'done' offset 0
) e
cross join lateral (
    select x.persona_id, x.author from draft_revisions x
    where x.tenant_id = a.tenant_id and x.draft_id = e.draft_id and x.number = e.revision offset 0
) r
left join lateral (
    select x.edited, x.status from outcomes x
    where x.tenant_id = a.tenant_id and x.action_id = a.id and x.kind = 'email_engagement' offset 0
) o on true
where a.tenant_id = :tenant and a.conversation_id = any(cast(:threads as uuid[]))
"""
)

_NAMES = text(
    """
select email, name from contacts
where tenant_id = :tenant and email = any(cast(:emails as text[])) and name <> ''
"""
)

_ADDRESSES = text(
    """
select lower(m.email) as address from members m where m.tenant_id = :tenant and m.id = :member
union
select lower(one) from mailboxes b, jsonb_array_elements_text(b.aliases || to_jsonb(b.address)) one
where b.tenant_id = :tenant and b.member_id = :member
"""
)

# Each sort once an account (or deal): its newest. `reason` as it was given.
_DEEDS = text(
    """
with decided as materialized (
    select a.id, a.type, a.status, a.account_id, a.conversation_id, a.draft_id, a.decided_at,
        a.decision_reason, a.decided_by
    from actions a
    where a.tenant_id = :tenant and a.owner_id = :member and a.decided_at >= :since
        and a.decided_at < :now and a.draft_id is not null and a.status in ('done', 'rejected')
    order by a.decided_at desc limit :most
), checked as (
    select d.id, d.account_id, d.conversation_id, d.decided_at, f.kind, f.number, v.author, v.last
    from decided d
    cross join lateral (
        select x.number as last, x.author from draft_revisions x
        where x.tenant_id = :tenant and x.draft_id = d.draft_id and not x.held
        order by x.number desc limit 1
    ) v
    cross join lateral (
        select one ->> 'kind' as kind, max(x.number) as number
        from draft_revisions x, jsonb_array_elements(x.findings) one
        where x.tenant_id = :tenant and x.draft_id = d.draft_id and not x.held
        group by 1
    ) f
    where d.status = 'done'
)
(select distinct on (r.type, coalesce(r.account_id, r.id))
    'request' as sort, r.type as name, r.status = 'rejected' as bad, r.settled_reason as reason,
    r.action_id
from approval_requests r
where r.tenant_id = :tenant and r.requester_id = :member and r.status in ('approved', 'rejected')
    and r.settled_at >= :since and r.settled_at < :now and r.auto_template is null
order by r.type, coalesce(r.account_id, r.id), r.settled_at desc)
union all
(select distinct on (d.type, coalesce(d.account_id, d.id))
    'draft', d.type, d.status = 'rejected', d.decision_reason, d.id
from decided d where d.decided_by is not null
order by d.type, coalesce(d.account_id, d.id), d.decided_at desc)
union all
(select distinct on (c.kind, coalesce(c.account_id, c.id))
    'warning', c.kind, c.number = c.last and c.author = 'model', null, c.id
from checked c
order by c.kind, coalesce(c.account_id, c.id), c.decided_at desc)
union all
(select distinct on (s.name, s.account_id)
    'alert', s.name, coalesce(least(s.acknowledged_at, s.settled_at), :now)
        > c.first_shown_at + interval '1 day', null, null::uuid
from cards c
cross join lateral (
    select x.* from signals x where x.tenant_id = :tenant and x.id = c.subject_id offset 0
) s
where c.tenant_id = :tenant and c.recipient_id = :member and c.kind = 'alert'
    and c.first_shown_at >= :since
    and c.first_shown_at < cast(:now as timestamptz) - interval '1 day'
    and not (s.status = 'cleared' and s.acknowledged_at is null
        and s.settled_at <= c.first_shown_at + interval '1 day')
order by s.name, s.account_id, c.first_shown_at desc)
"""
)

_EXAMPLES = text(
    """
select m.id, m.subject, a.name as account
from messages m
join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
join accounts a on a.tenant_id = c.tenant_id and a.id = c.account_id and not a.excluded
where m.tenant_id = :tenant and m.id = any(cast(:ids as uuid[])) and c.responder_id = :member
    and m.text is not null
"""
)
MOST_MESSAGES = 60
"""Of one thread, the first."""
LONG = 20_000
"""Characters of a mail that are looked at."""
MOST_DEEDS = 2_000


async def list_threads(
    tx: ReadTx, member_id: UUID, since: datetime, most: int
) -> list[Mapping[str, Any]]:
    """The member's threads with an account, the newest first: id, account_id, company."""
    return await _rows(tx, _THREADS, member=member_id, since=since, most=most)


async def list_messages(tx: ReadTx, threads: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """Their messages, thread by thread, the oldest first; `gmail`: the ids of ours in mailboxes."""
    return await _rows(tx, _MESSAGES, threads=list(threads), most=MOST_MESSAGES, long=LONG)


async def list_copilots(tx: ReadTx, threads: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """What the copilot wrote in them and what left of it: action_id, gmail, persona, edited,
    outcome."""
    return await _rows(tx, _COPILOTS, threads=list(threads))


async def names_of(tx: ReadTx, emails: Collection[str]) -> dict[str, str]:
    rows = await _rows(tx, _NAMES, emails=sorted(emails))
    return {str(row["email"]): str(row["name"]) for row in rows}


async def addresses_of(tx: ReadTx, member_id: UUID) -> set[str]:
    """What this member writes from, in lower case."""
    return {str(row["address"]) for row in await _rows(tx, _ADDRESSES, member=member_id)}


async def list_deeds(
    tx: ReadTx, member_id: UUID, *, since: datetime, now: datetime
) -> list[Mapping[str, Any]]:
    """What came of what the member did: sort, name, bad, reason, action_id."""
    return await _rows(tx, _DEEDS, member=member_id, since=since, now=now, most=MOST_DEEDS)


async def list_examples(
    tx: ReadTx, member_id: UUID, ids: Collection[UUID]
) -> dict[UUID, Mapping[str, Any]]:
    """Those of these messages that still stand, in threads that are still the member's: what was
    forgotten or excluded since is shown no more."""
    rows = await _rows(tx, _EXAMPLES, member=member_id, ids=list(ids))
    return {row["id"]: row for row in rows}


async def _rows(tx: ReadTx, statement: Any, **values: Any) -> list[Mapping[str, Any]]:
    found = await tx.session.execute(statement, {"tenant": tx.tenant_id, **values})
    return [dict(row) for row in found.mappings()]
