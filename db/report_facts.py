"""SQL behind the figures of reports (docs/figures.md says in words what each counts).

Every statement starts at a span of time through an index and reads at most so many rows of it.
`people` narrows to what these members own or answer; None: everybody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.report_words import words_of
from db.session import ReadTx

MOST = 20_000
MOST_TEXTS = 500
"""Mails by hand whose length is taken."""
LOOK_BACK_DAYS = 120

# Day by day, each with a look for one text that was shown and one that was held: however many there
# were on a day, the first that is found is enough.
_SHADOW_DAYS = """
with bounds as (
    select (min(created_at) at time zone :zone)::date as first,
           (cast(:until as timestamptz) at time zone :zone)::date as last
    from judgements where tenant_id = :tenant
), days as (
    select distinct b.first + n as day from bounds b, generate_series(0, :back) n
    where b.first + n <= b.last
    union
    select b.last - n from bounds b, generate_series(0, :back) n where b.last - n >= b.first
), spans as (
    select day, day::timestamp at time zone :zone as since,
           least((day + 1)::timestamp at time zone :zone, :until) as until
    from days
)
select day from spans s
where not exists (
        select from judgements j where j.tenant_id = :tenant and j.created_at >= s.since
            and j.created_at < s.until and j.decision in ('suggested', 'asked', 'queued'))
    and exists (
        select from judgements j where j.tenant_id = :tenant and j.created_at >= s.since
            and j.created_at < s.until and j.decision = 'held')
order by day
"""

# What the copilot wrote is known by the effect that sent it. A mail that gives orders to a machine,
# or that its domain disowns, answers nothing.
_SENT = """
with sent as materialized (
    select m.id, m.conversation_id, m.received_at, m.text, c.responder_id from messages m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    where m.tenant_id = :tenant and m.attention = 'ours' and m.kind = 'human'
        and m.received_at >= :since and m.received_at < :until
        and (cast(:people as uuid[]) is null or c.responder_id = any(:people))
        and (cast(:days as date[]) is null
             or (m.received_at at time zone :zone)::date = any(:days))
    order by m.received_at desc limit :most
), told as (
    select s.received_at, s.text, s.received_at + interval '7 days' <= :now as over,
        exists (
            select from mailbox_messages b
            join actions a on a.tenant_id = :tenant and a.conversation_id = s.conversation_id
            join effects e on e.tenant_id = :tenant and e.action_id = a.id
                and e.result ->> 'gmail_message_id' = b.gmail_message_id
            where b.tenant_id = :tenant and b.message_id = s.id) as mine,
        coalesce((
            select x.direction from messages x
            where x.tenant_id = :tenant and x.conversation_id = s.conversation_id
                and x.received_at < s.received_at
            order by x.received_at desc limit 1), 'outbound') = 'inbound' as answering,
        exists (
            select from messages x where x.tenant_id = :tenant
                and x.conversation_id = s.conversation_id and x.direction = 'inbound'
                and x.kind = 'human' and x.received_at > s.received_at
                and x.received_at <= s.received_at + interval '7 days'
                and x.proof <> 'fail'
                and coalesce(x.analysis #>> '{suspicious,injection}', '') <> 'true') as answered
    from sent s
)
"""
_ANSWERED = (
    _SENT
    + """
select mine, answering, count(*) filter (where over) as sent,
       count(*) filter (where over and answered) as answered,
       count(*) filter (where not over) as still_open
from told group by 1, 2
"""
)
_BY_HAND = (
    _SENT
    + f"""
select answering, {words_of("text")} as words
from told where not mine and btrim(coalesce(text, '')) <> ''
order by received_at desc limit :texts
"""  # noqa: S608 - constants of ours
)

# Every look-up stands alone (`offset 0`): a planner that knows nothing of a young table would else
# join all to all.
_TOLD = """
with found as materialized (
    select a.id, a.draft_id, a.decided_by from actions a
    where a.tenant_id = :tenant and a.created_at >= :since and a.created_at < :until
        and (cast(:people as uuid[]) is null or a.owner_id = any(:people))
    order by a.created_at desc, a.id desc limit :most
), told as materialized (
    select d.message_id is not null as answering, e.revision as sent, f.draft_id,
        f.decided_by is not null or exists (
            select from cards c where c.tenant_id = :tenant and c.subject_id = f.id
                and c.kind = 'mail' and c.first_shown_at is not null) as shown
    from found f
    left join lateral (
        select x.message_id from drafts x
        where x.tenant_id = :tenant and x.id = f.draft_id offset 0
    ) d on true
    left join lateral (
        select x.revision from (
            select y.revision, y.status from effects y
            where y.tenant_id = :tenant and y.action_id = f.id offset 0
        ) x where x.status = 'done' order by x.revision desc limit 1
    ) e on true
)
"""
_WRITING = (
    _TOLD  # noqa: S608 - constants of ours
    + f"""
select t.answering,
       count(*) filter (where t.sent is not null and r.words > 0) as sent,
       coalesce(sum(r.words) filter (where t.shown), 0) as read
from told t
left join lateral (
    select sum({words_of("x.text")}) as words
    from draft_revisions x
    where x.tenant_id = :tenant and x.draft_id = t.draft_id and x.author = 'model'
) r on true
where t.shown or t.sent is not null
group by 1
"""  # noqa: S608 - constants of ours
)
_CHANGED = (
    _TOLD  # noqa: S608 - constants of ours
    + """
select t.answering, r.text as first, n.text as left
from told t
cross join lateral (
    select x.text from draft_revisions x
    where x.tenant_id = :tenant and x.draft_id = t.draft_id and x.author = 'model'
    order by x.number limit 1
) r
cross join lateral (
    select x.text from draft_revisions x
    where x.tenant_id = :tenant and x.draft_id = t.draft_id and x.number = t.sent
        and x.author <> 'model' offset 0
) n
"""
)

_HANDLED = """
select count(distinct a.conversation_id) from actions a
where a.tenant_id = :tenant and a.created_at >= :since and a.created_at < :until
    and (cast(:people as uuid[]) is null or a.owner_id = any(:people))
    and (a.decided_by is not null
         or exists (select from effects e where e.tenant_id = :tenant and e.action_id = a.id
                        and e.status = 'done')
         or exists (select from cards c where c.tenant_id = :tenant and c.subject_id = a.id
                        and c.kind = 'mail' and c.first_shown_at is not null))
"""

_SPENT = """
select coalesce(sum(cost_usd), 0) as usd, count(*) filter (where status = 'ok') as calls,
       count(*) filter (where status = 'ok' and cost_usd is null) as unpriced
from model_calls
where tenant_id = :tenant and created_at >= :since and created_at < :until
"""

_MOVED = """
select h.deal_id, h.before, h.after, d.amount, d.currency, exists (
        select from outcome_credits k where k.tenant_id = :tenant and k.event_kind = 'stage'
            and k.event_id = h.id and k.weight > 0) as part_of_mine
from deal_changes h
join deals d on d.tenant_id = h.tenant_id and d.id = h.deal_id
where h.tenant_id = :tenant and h.field = 'stage'
    and h.created_at >= :since and h.created_at < :until
    and (cast(:people as uuid[]) is null or d.owner_id = any(:people))
order by h.created_at, h.id limit :most
"""

# Nothing leaves much later than a month after it was proposed.
_OPEN_DEALS = """
with open_ as materialized (
    select d.id from deals d
    where d.tenant_id = :tenant and d.created_at < :until
        and (cast(:people as uuid[]) is null or d.owner_id = any(:people))
        and (d.stage not in ('closed_won', 'closed_lost') or d.stage_changed_at >= :since)
    order by d.id limit :most
)
select d.id, m.mine is not null as mine
from open_ d
left join lateral (
    select true as mine from actions a
    join effects e on e.tenant_id = :tenant and e.action_id = a.id
    where a.tenant_id = :tenant and a.deal_id = d.id
        and a.created_at < :until
        and a.created_at >= cast(:since as timestamptz) - interval '60 days'
        and e.status = 'done' and e.settled_at < :until
        and e.settled_at >= cast(:since as timestamptz) - interval '30 days'
    limit 1
) m on true
order by d.id
"""

_DECIDERS = """
select (select count(distinct a.decided_by) from actions a
        where a.tenant_id = :tenant and a.decided_at >= :since and a.decided_at < :until
            and a.decided_surface is distinct from 'rule'
            and a.decided_by in (select m.id from members m where m.tenant_id = :tenant
                and (cast(:people as uuid[]) is null or m.id = any(:people)))) as deciders,
       (select count(*) from members m
        where m.tenant_id = :tenant and m.active and m.enabled_at < :until
            and (cast(:people as uuid[]) is null or m.id = any(:people))) as enabled
"""

_RISKS = """
with mine as materialized (
    select a.id, a.status, a.verdict from actions a
    where a.tenant_id = :tenant and a.created_at >= :since and a.created_at < :until
        and (cast(:people as uuid[]) is null or a.owner_id = any(:people))
), effects_of as (
    select e.* from mine join effects e on e.tenant_id = :tenant and e.action_id = mine.id
)
select (select count(*) from effects_of where result ->> 'incident' is not null) as incidents,
       (select count(*) from effects_of
        where undo_at is not null and status = 'cancelled') as undone,
       (select count(*) from feedback f join mine on mine.id = f.target_id
        where f.tenant_id = :tenant and f.rating < 0) as disliked,
       (select count(*) from mine where verdict = 'hard_stop') as never_allowed,
       (select count(*) from mine where status = 'pending') as undecided,
       (select count(*) from mailboxes b where b.tenant_id = :tenant
            and b.reconnect_since >= :since and b.reconnect_since < :until
            and (cast(:people as uuid[]) is null or b.member_id = any(:people)))
           as mailboxes_lost
"""

_RISKS_OF_ALL = """
select (select count(*) from level_moves where tenant_id = :tenant and kind = 'demoted'
            and created_at >= :since and created_at < :until) as demotions,
       (select count(*) from level_moves where tenant_id = :tenant and kind = 'stopped'
            and created_at >= :since and created_at < :until) as stopped_types,
       (select count(*) from audit_entries where tenant_id = :tenant
            and verb = 'kill_switch.engaged'
            and created_at >= :since and created_at < :until) as stopped_all,
       (select count(*) from audit_entries where tenant_id = :tenant
            and verb = 'text.suspicious'
            and created_at >= :since and created_at < :until) as orders
"""

_GOALS = """
select count(*) filter (where ends_on >= :first and ends_on <= :last and status = 'met') as met,
       count(*) filter (where ends_on >= :first and ends_on <= :last
                            and status in ('met', 'missed')) as settled,
       count(*) filter (where status = 'active' and starts_on <= :last) as running,
       count(*) filter (where status = 'active' and starts_on <= :last
                            and behind_at is not null) as behind
from goals where tenant_id = :tenant
    and (cast(:people as uuid[]) is null or member_id = any(:people))
"""

_ZONE = """
select timezone from members where tenant_id = :tenant and active
    and (cast(:people as uuid[]) is null or id = any(:people))
group by timezone order by count(*) desc, timezone limit 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A span of time, where its days are counted, and whose it is."""

    since: datetime
    until: datetime
    """The first moment after it."""
    zone: str
    now: datetime
    people: Sequence[UUID] | None = None

    def values(self, tx: ReadTx) -> dict[str, Any]:
        return {
            "tenant": tx.tenant_id,
            "since": self.since,
            "until": self.until,
            "zone": self.zone,
            "now": self.now,
            "people": None if self.people is None else list(self.people),
            "most": MOST,
        }


Rows = list[Mapping[str, Any]]


async def _rows(tx: ReadTx, sql: str, within: Within, **more: Any) -> Rows:
    query = text(sql)
    values = within.values(tx) | more
    wanted = {name: values[name] for name in query.compile().params}
    return [dict(row) for row in (await tx.session.execute(query, wanted)).mappings()]


async def list_shadow_days(tx: ReadTx, within: Within) -> list[date]:
    """Days before the span's end on which texts were written and every one was held. Looked for in
    the first days there were texts, and in the last ones."""
    rows = await _rows(tx, _SHADOW_DAYS, within, back=LOOK_BACK_DAYS)
    return [row["day"] for row in rows]


async def count_answered(tx: ReadTx, within: Within, days: Sequence[date] | None = None) -> Rows:
    """mine, answering, sent, answered (of those whose week is over), still_open; of these days
    only."""
    return await _rows(tx, _ANSWERED, within, days=None if days is None else list(days))


async def list_by_hand(tx: ReadTx, within: Within, days: Sequence[date]) -> Rows:
    """answering and words of each of the newest mails that people wrote themselves."""
    return await _rows(tx, _BY_HAND, within, days=list(days), texts=MOST_TEXTS)


async def count_writing(tx: ReadTx, within: Within) -> Rows:
    """answering, sent, read: mails the copilot wrote that left, and the words of all it showed."""
    return await _rows(tx, _WRITING, within)


async def list_changed_texts(tx: ReadTx, within: Within) -> Rows:
    """answering, first, left: of mails that people changed, the copilot's first text and the one
    that was sent."""
    return await _rows(tx, _CHANGED, within)


async def count_handled(tx: ReadTx, within: Within) -> int:
    """Conversations in which something was shown to somebody, decided or sent."""
    return int((await _rows(tx, _HANDLED, within))[0]["count"])


async def count_spent(tx: ReadTx, within: Within) -> Mapping[str, Any]:
    """usd, calls, unpriced: of the whole tenant."""
    return (await _rows(tx, _SPENT, within))[0]


async def list_moved(tx: ReadTx, within: Within) -> Rows:
    """deal_id, before, after, amount, currency, part_of_mine of each change of stage."""
    return await _rows(tx, _MOVED, within)


async def list_open_deals(tx: ReadTx, within: Within) -> Rows:
    """id and mine (something of the copilot's about it left) of deals open in the span."""
    return await _rows(tx, _OPEN_DEALS, within)


async def count_deciders(tx: ReadTx, within: Within) -> Mapping[str, Any]:
    """deciders, enabled."""
    return (await _rows(tx, _DECIDERS, within))[0]


async def count_risks(tx: ReadTx, within: Within) -> dict[str, int]:
    """By the fields of services/reports/figures/risks.Seen. What concerns the whole tenant is left
    out where only some people's are counted."""
    found = dict((await _rows(tx, _RISKS, within))[0])
    if within.people is None:
        found |= (await _rows(tx, _RISKS_OF_ALL, within))[0]
    return {name: int(value) for name, value in found.items()}


async def count_goals(tx: ReadTx, within: Within, first: date, last: date) -> Mapping[str, Any]:
    """met, settled, behind, running."""
    return (await _rows(tx, _GOALS, within, first=first, last=last))[0]


async def common_zone(tx: ReadTx, people: Sequence[UUID] | None) -> str:
    """Where most of these active members live; UTC for none."""
    values = {"tenant": tx.tenant_id, "people": None if people is None else list(people)}
    return str(await tx.session.scalar(text(_ZONE), values) or "UTC")
