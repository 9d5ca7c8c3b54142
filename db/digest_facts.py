"""SQL of digests, set-based: what happened to many members at once, and one member's lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.models.cards import Digest
from db.models.tenants import Member
from db.session import ReadTx, Tx, raw_connection

DECIDED_BEFORE = timedelta(days=30)
"""What leaves or is answered was decided not much earlier: so far back a member's own decisions are
looked through, instead of everything that left in the tenant."""
# One statement for all members whose morning it is. Whoever waits for a reader's word, and whatever
# has happened since their last digest, makes a day that isn't quiet.
MORNINGS = """
select m.id as member_id, s.since,
  exists (
    select 1 from absences b where b.tenant_id = $1 and b.member_id = m.id
      and b.cancelled_at is null and b.starts_at <= $3 and b.ends_at > $3
  ) as away,
  (
    exists (
      select 1 from actions a
      where a.tenant_id = $1 and a.owner_id = m.id and a.status = 'pending'
    )
    or exists (
      select 1 from approval_seats t
      join approval_requests r on r.tenant_id = $1 and r.id = t.request_id
      where t.tenant_id = $1 and t.waiting and coalesce(t.delegate_id, t.holder_id) = m.id
        and r.status = 'pending'
    )
    or exists (
      select 1 from actions a join effects e on e.tenant_id = $1 and e.action_id = a.id
      where a.tenant_id = $1 and a.owner_id = m.id and a.decided_at >= s.since - $6::interval
        and e.status in ('done', 'unknown') and e.settled_at >= s.since
    )
    or exists (
      select 1 from actions a join outcomes o on o.tenant_id = $1 and o.action_id = a.id
      where a.tenant_id = $1 and a.owner_id = m.id and a.decided_at >= s.since - $6::interval
        and o.status in ('positive', 'negative')
        and o.resolved_at >= s.since and o.kind = 'email_engagement'
    )
    or exists (
      select 1 from conversations c
      join messages g on g.tenant_id = $1 and g.id = c.head_message_id
      where c.tenant_id = $1 and c.responder_id = m.id and c.link = 'unlinked'
        and g.attention = 'unlinked'
    )
    or exists (
      select 1 from signals g
      join accounts w on w.tenant_id = $1 and w.id = g.account_id
      where g.tenant_id = $1 and g.status in ('raised', 'acknowledged') and g.raised_at >= s.since
        and (w.owner_id = m.id or exists (
          select 1 from account_owners k
          where k.tenant_id = $1 and k.account_id = w.id and k.member_id = m.id
        ))
    )
    or exists (
      select 1 from goals o
      where o.tenant_id = $1 and o.status = 'active' and o.behind_at >= s.since
        and (o.member_id = m.id or (o.scope <> 'member' and o.created_by = m.id))
    )
  ) as something
from members m
left join lateral (
  select max(d.created_at) as at from digests d
  where d.tenant_id = $1 and d.member_id = m.id and d.request = 'daily'
) l on true
cross join lateral (select coalesce(greatest(l.at, $4), $5) as since) s
where m.tenant_id = $1 and m.id = any($2)
"""

# What became of the member's mails since a moment, oldest first.
HAPPENED = """
with recent as (
  select id from actions
  where tenant_id = $1 and owner_id = $2 and decided_at >= $3::timestamptz - $5::interval
)
select x.what, c.name as account, g.sender, coalesce(g.subject, '') as subject, x.at,
  coalesce(nullif(k.name, ''), k.email) as contact,
  x.what = 'sent' and a.decided_by is null and a.decided_surface = 'rule' as by_rule
from (
  select case e.status when 'done' then 'sent' else 'unsure' end as what,
    coalesce(e.claimed_at, e.settled_at) as at,
    e.action_id
  from recent r join effects e on e.tenant_id = $1 and e.action_id = r.id
  where e.status in ('done', 'unknown') and e.settled_at >= $3
  union all
  select 'answered', o.resolved_at, o.action_id
  from recent r join outcomes o on o.tenant_id = $1 and o.action_id = r.id
  where o.status in ('positive', 'negative')
    and o.resolved_at >= $3 and o.kind = 'email_engagement'
) x
join actions a on a.tenant_id = $1 and a.id = x.action_id
left join drafts d on d.tenant_id = $1 and d.id = a.draft_id
left join messages g on g.tenant_id = $1 and g.id = d.message_id
left join contacts k on k.tenant_id = $1 and k.id = d.contact_id
left join accounts c on c.tenant_id = $1 and c.id = a.account_id
order by x.at, x.action_id
limit $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """A member's morning: since when to tell, and whether there is anything to."""

    member: Member
    since: datetime
    away: bool
    something: bool


async def list_mornings(
    tx: ReadTx,
    member_ids: Sequence[UUID],
    *,
    now: datetime,
    earliest: datetime,
    otherwise: datetime,
) -> list[Morning]:
    """Each since their last daily digest, but not before `earliest`; `otherwise` for the first."""
    members = await tx.session.execute(
        select(Member).where(Member.tenant_id == tx.tenant_id, Member.id.in_(member_ids))
    )
    known = {member.id: member for member in members.scalars()}
    connection = await raw_connection(tx)
    found = await connection.fetch(
        MORNINGS, tx.tenant_id, list(member_ids), now, earliest, otherwise, DECIDED_BEFORE
    )
    return [
        Morning(
            member=known[row["member_id"]],
            since=row["since"],
            away=row["away"],
            something=row["something"],
        )
        for row in found
        if row["member_id"] in known
    ]


async def add_digests(tx: Tx, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """The ids of those that were not there yet."""
    if not rows:
        return set()
    added = await tx.session.execute(
        insert(Digest)
        .values([{"tenant_id": tx.tenant_id, **row} for row in rows])
        .on_conflict_do_nothing(index_elements=["tenant_id", "member_id", "day", "request"])
        .returning(Digest.id)
    )
    return set(added.scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """`what`: sent, unsure or answered; `at`: when. `contact`: whom a mail that answers none went
    to. `by_rule`: it left without a person."""

    what: str
    account: str | None
    sender: dict[str, Any] | None
    subject: str
    at: datetime
    contact: str | None
    by_rule: bool


async def list_happened(tx: ReadTx, member_id: UUID, since: datetime, limit: int) -> list[Happened]:
    connection = await raw_connection(tx)
    found = await connection.fetch(HAPPENED, tx.tenant_id, member_id, since, limit, DECIDED_BEFORE)
    return [Happened(**row) for row in found]


def digest_row(
    *,
    digest_id: UUID,
    now: datetime,
    member_id: UUID,
    day: date,
    request: str,
    since: datetime,
    mailed: bool,
) -> dict[str, Any]:
    return {
        "id": digest_id,
        "created_at": now,
        "member_id": member_id,
        "day": day,
        "request": request,
        "content": {"since": since.isoformat()},
        "mail_status": "queued" if mailed else "none",
    }
