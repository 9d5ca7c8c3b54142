"""SQL of earned autonomy: what became of the cases of one type, and the rows that follow from it.

Every statement starts at one type's judgements since a moment, by their own index, and reads at
most so many of them; what hangs on each is one look-up by key. So it costs the same however much
history a tenant has.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from db.models.autonomy import LevelMove, Promotion
from db.session import ReadTx, Tx

# Every look-up stands alone (`offset 0`): a planner that knows nothing of a young table would else
# join all to all.
_CASES = """
with found as materialized (
    select j.* from judgements j
    where j.tenant_id = :tenant and j.declared = :action_type and j.level = any(:levels)
        and j.created_at >= :since and j.decision = any(:decisions)
        and j.revision = (select min(b.revision) from judgements b
            where b.tenant_id = j.tenant_id and b.action_id = j.action_id
                and b.decision = j.decision)
    order by j.created_at {order}, j.id {order} limit :most
)
select j.action_id, j.revision, j.decision, j.would, j.lineage, j.created_at as proposed_at,
       coalesce(j.undone_at, e.undo_at) as undone_at, coalesce(j.undone_by, e.undo_by) as undone_by,
       a.status, a.trigger, a.owner_id, a.account_id, a.draft_id, a.decided_by, a.decided_at,
       a.decided_surface, a.decided_revision, coalesce(d.contact_id, i.contact_id) as contact_id,
       coalesce(p.undeliverable, false) as undeliverable, r.length,
       e.status as effect_status, e.claimed_at, e.settled_at, e.result ->> 'incident' as incident,
       o.status as outcome, o.resolved_at, o.reason as outcome_reason, o.source as outcome_source,
       o.window_ends_at as outcome_until, o.labelled_by, s.signals,
       c.first_shown_at as shown_at, w.received_at as written_at,
       f.member_id as disliked_by, f.changed_at as disliked_at
from found j
cross join lateral (
    select x.* from actions x where x.tenant_id = j.tenant_id and x.id = j.action_id offset 0
) a
left join lateral (
    select x.contact_id, x.message_id from drafts x
    where x.tenant_id = j.tenant_id and x.id = a.draft_id offset 0
) d on true
left join lateral (
    select x.contact_id from messages x
    where x.tenant_id = j.tenant_id and x.id = d.message_id offset 0
) i on true
left join lateral (select coalesce(d.contact_id, i.contact_id) as id offset 0) n on true
left join lateral (
    select x.undeliverable from contacts x
    where x.tenant_id = j.tenant_id and x.id = n.id offset 0
) p on true
left join lateral (
    select char_length(x.text) as length from draft_revisions x
    where x.tenant_id = j.tenant_id and x.draft_id = a.draft_id and x.number = a.decided_revision
    offset 0
) r on true
left join lateral (
    select x.* from outcomes x
    where x.tenant_id = j.tenant_id and x.action_id = j.action_id and x.kind = 'email_engagement'
    offset 0
) o on true
left join lateral (
    select x.analysis -> 'signals' as signals from messages x
    where j.decision = 'queued' and x.tenant_id = j.tenant_id and x.id = o.signal_message_id
    offset 0
) s on true
left join lateral (
    select x.* from effects x where x.tenant_id = j.tenant_id and x.action_id = j.action_id
    order by x.created_at desc, x.id desc limit 1
) e on true
left join lateral (
    select min(x.first_shown_at) as first_shown_at from cards x
    where x.tenant_id = j.tenant_id and x.subject_id = j.action_id and x.kind = 'mail'
        and (j.decision = 'queued' or x.recipient_id = a.decided_by)
) c on true
left join lateral (
    select x.received_at from messages x
    where j.decision = 'held' and x.tenant_id = j.tenant_id
        and x.conversation_id = a.conversation_id and x.received_at > j.created_at
        and x.direction = 'outbound' and x.kind = 'human'
    order by x.received_at limit 1
) w on true
left join lateral (
    select x.member_id, x.changed_at from feedback x
    where j.decision = 'queued' and x.tenant_id = j.tenant_id and x.target_id = j.action_id
        and x.target = 'decision' and x.rating < 0
    order by x.changed_at limit 1
) f on true
order by j.created_at, j.id
"""

_TRIGGERS = """
select t.id as action_id, t.status, t.settled_at, t.settled_by, t.member_id, t.account_id,
       t.contact_id
from triggers t
where t.tenant_id = :tenant and t.status in ('proposed', 'acted', 'dismissed', 'lapsed')
    and t.action_type = :action_type and t.created_at >= :since
order by t.created_at, t.id limit :most
"""

# Of the newest mails that people wrote by hand and whose week is over: how many a person answered.
# What the copilot wrote is known by the effect that sent it; an answer to a mail and a mail of
# their own are measured apart.
_BASELINE = """
with sent as materialized (
    select m.id, m.conversation_id, m.received_at from messages m
    where m.tenant_id = :tenant and m.attention = 'ours' and m.kind = 'human'
        and m.received_at >= :since and m.received_at < :until
    order by m.received_at desc limit :most
)
select count(*) as sent, count(*) filter (where exists (
    select from messages x where x.tenant_id = :tenant and x.conversation_id = m.conversation_id
        and x.direction = 'inbound' and x.kind = 'human' and x.received_at > m.received_at
        and x.received_at <= m.received_at + interval '7 days')) as answered
from sent m
where not exists (
        select from mailbox_messages b
        join actions a on a.tenant_id = :tenant and a.conversation_id = m.conversation_id
        join effects e on e.tenant_id = :tenant and e.action_id = a.id
            and e.result ->> 'gmail_message_id' = b.gmail_message_id
        where b.tenant_id = :tenant and b.message_id = m.id)
    and coalesce((
        select x.direction from messages x
        where x.tenant_id = :tenant and x.conversation_id = m.conversation_id
            and x.received_at < m.received_at
        order by x.received_at desc limit 1), 'outbound') = :after
"""

_TEXTS = """
select r.draft_id, r.number, r.text from draft_revisions r
join unnest(cast(:drafts as uuid[]), cast(:numbers as int[])) as w (draft_id, number)
    on w.draft_id = r.draft_id and w.number = r.number
where r.tenant_id = :tenant
"""

_ACTIVE = """
select distinct j.declared as action_type
from effects e
join judgements j on j.tenant_id = e.tenant_id and j.action_id = e.action_id
left join earned_levels l on l.tenant_id = e.tenant_id and l.action_type = j.declared
where e.tenant_id = :tenant and e.status = 'done' and e.settled_at >= :since
    and (l.weighed_at is null or l.weighed_at <= e.settled_at)
"""

_EXAMPLES = """
select a.id, coalesce(x.name, '') as account, coalesce(c.subject, '') as subject,
       coalesce(m.name, o.name, '') as who, coalesce(a.decided_at, a.created_at) as at
from actions a
left join accounts x on x.tenant_id = a.tenant_id and x.id = a.account_id
left join conversations c on c.tenant_id = a.tenant_id and c.id = a.conversation_id
left join members m on m.tenant_id = a.tenant_id and m.id = a.decided_by
left join members o on o.tenant_id = a.tenant_id and o.id = a.owner_id
where a.tenant_id = :tenant and a.id = any(:actions)
"""


async def list_cases(
    tx: ReadTx,
    action_type: str,
    *,
    levels: Sequence[str],
    decisions: Sequence[str],
    since: datetime,
    most: int,
    newest: bool = False,
) -> Sequence[Mapping[str, Any]]:
    """The first judgement of each action with all that is known of it, in the order of proposing:
    the oldest `most` since then, or the newest."""
    query = text(_CASES.format(order="desc" if newest else "asc"))
    values = {
        "tenant": tx.tenant_id,
        "action_type": action_type,
        "levels": list(levels),
        "decisions": list(decisions),
        "since": since,
        "most": most,
    }
    return [dict(row) for row in (await tx.session.execute(query, values)).mappings()]


async def list_proposed(
    tx: ReadTx, action_type: str, *, since: datetime, most: int
) -> Sequence[Mapping[str, Any]]:
    """Outreach that was proposed to people, and what they did about it."""
    values = {"tenant": tx.tenant_id, "action_type": action_type, "since": since, "most": most}
    return [dict(row) for row in (await tx.session.execute(text(_TRIGGERS), values)).mappings()]


async def count_own_mails(
    tx: ReadTx, *, answering: bool, since: datetime, until: datetime, most: int
) -> tuple[int, int]:
    """(sent, answered) of the newest mails that people wrote themselves."""
    values = {
        "tenant": tx.tenant_id,
        "since": since,
        "until": until,
        "most": most,
        "after": "inbound" if answering else "outbound",
    }
    row = (await tx.session.execute(text(_BASELINE), values)).one()
    return row.sent, row.answered


async def list_texts(
    tx: ReadTx, wanted: Sequence[tuple[UUID, int]]
) -> Mapping[tuple[UUID, int], str]:
    """The words of revisions, by draft and number."""
    values = {
        "tenant": tx.tenant_id,
        "drafts": [draft for draft, _ in wanted],
        "numbers": [number for _, number in wanted],
    }
    rows = (await tx.session.execute(text(_TEXTS), values)).all()
    return {(row.draft_id, row.number): row.text for row in rows}


async def list_active_types(tx: ReadTx, since: datetime) -> Sequence[str]:
    """Types something of which has left since then, and that haven't been weighed since."""
    values = {"tenant": tx.tenant_id, "since": since}
    rows = await tx.session.execute(text(_ACTIVE), values)
    return [name for name in rows.scalars() if name]


async def list_examples(tx: ReadTx, actions: Sequence[UUID]) -> Sequence[Mapping[str, Any]]:
    values = {"tenant": tx.tenant_id, "actions": list(actions)}
    return [dict(row) for row in (await tx.session.execute(text(_EXAMPLES), values)).mappings()]


# ── Levels ──────────────────────────────────────────────────────────────────────────────────────
async def get_level_move(tx: ReadTx, move_id: UUID) -> LevelMove | None:
    return await tx.session.get(LevelMove, (tx.tenant_id, move_id))


# ── Promotions ──────────────────────────────────────────────────────────────────────────────────
async def add_promotion(tx: Tx, promotion: Promotion) -> None:
    tx.session.add(promotion)
    await tx.session.flush()


async def get_promotion(tx: ReadTx, promotion_id: UUID) -> Promotion | None:
    return await tx.session.get(Promotion, (tx.tenant_id, promotion_id), populate_existing=True)


async def get_pending(tx: ReadTx, action_type: str) -> Promotion | None:
    rows = await tx.session.scalars(
        select(Promotion)
        .where(
            Promotion.tenant_id == tx.tenant_id,
            Promotion.action_type == action_type,
            Promotion.status == "pending",
        )
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def last_declined(tx: ReadTx, action_type: str, since: datetime) -> datetime | None:
    """When a level was last declined for this type, since then."""
    rows = await tx.session.scalars(
        select(Promotion.decided_at)
        .where(
            Promotion.tenant_id == tx.tenant_id,
            Promotion.action_type == action_type,
            Promotion.status == "declined",
            Promotion.created_at >= since,
        )
        .order_by(Promotion.created_at.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def given_with(tx: ReadTx, action_type: str, since: datetime) -> Promotion | None:
    """The proposal that the present level came from, if one did."""
    rows = await tx.session.scalars(
        select(Promotion)
        .where(
            Promotion.tenant_id == tx.tenant_id,
            Promotion.action_type == action_type,
            Promotion.status == "approved",
            Promotion.decided_at == since,
        )
        .order_by(Promotion.created_at.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def settle_promotion(
    tx: Tx, promotion_id: UUID, *, version: int | None = None, **values: Any
) -> bool:
    """Settle a pending one; False when somebody was faster or it isn't that version any more."""
    query = update(Promotion).where(
        Promotion.tenant_id == tx.tenant_id,
        Promotion.id == promotion_id,
        Promotion.status == "pending",
    )
    if version is not None:
        query = query.where(Promotion.version == version)
    rows = await tx.session.execute(
        query.values(version=Promotion.version + 1, **values)
        .returning(Promotion.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None
