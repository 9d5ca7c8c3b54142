"""SQL of judgements: what policy said of each text, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from db.models.actions import Action
from db.models.autonomy import Judgement
from db.models.outreach import Trigger
from db.session import ReadTx, Tx, raw_connection


async def add_judgement(tx: Tx, judgement: Judgement) -> None:
    tx.session.add(judgement)
    await tx.session.flush()


async def newest_judgement(tx: ReadTx, action_id: UUID) -> Judgement | None:
    """Of the latest text of the copilot's; a person's own words are judged, not kept here."""
    rows = await tx.session.scalars(
        select(Judgement)
        .where(Judgement.tenant_id == tx.tenant_id, Judgement.action_id == action_id)
        .order_by(Judgement.revision.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def set_undone(tx: Tx, action_id: UUID, revision: int, *, at: datetime, by: UUID) -> bool:
    """A person called off what was to leave by itself; False where nothing was."""
    rows = await tx.session.execute(
        update(Judgement)
        .where(
            Judgement.tenant_id == tx.tenant_id,
            Judgement.action_id == action_id,
            Judgement.revision == revision,
            Judgement.decision == "queued",
        )
        .values(undone_at=at, undone_by=by)
        .returning(Judgement.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def set_undone_reason(tx: Tx, judgement_id: UUID, reason: str) -> None:
    await tx.session.execute(
        update(Judgement)
        .where(Judgement.tenant_id == tx.tenant_id, Judgement.id == judgement_id)
        .values(undone_reason=reason)
        .execution_options(synchronize_session="fetch")
    )


async def lock_cap(tx: Tx, member_id: UUID) -> None:
    """One text at a time is counted against this member's cap, until the transaction ends."""
    key = func.hashtextextended(f"daily cap:{tx.tenant_id}:{member_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def count_queued_since(tx: ReadTx, member_id: UUID, since: datetime) -> int:
    """How many texts were let go in this member's name since then; one that was undone counts."""
    query = (
        select(func.count())
        .select_from(Judgement)
        .join(
            Action,
            (Action.tenant_id == Judgement.tenant_id) & (Action.id == Judgement.action_id),
        )
        .where(
            Judgement.tenant_id == tx.tenant_id,
            Judgement.created_at >= since,
            Judgement.decision == "queued",
            Action.owner_id == member_id,
        )
    )
    return int((await tx.session.execute(query)).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The trigger behind an action that nobody asked for."""

    action_type: str
    why: str


async def trigger_of(tx: ReadTx, action_id: UUID) -> Started | None:
    rows = await tx.session.execute(
        select(Trigger.action_type, Trigger.why)
        .where(Trigger.tenant_id == tx.tenant_id, Trigger.action_id == action_id)
        .order_by(Trigger.created_at, Trigger.id)
        .limit(1)
    )
    found = rows.one_or_none()
    return Started(action_type=found.action_type, why=found.why) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCase:
    """What was held, and what one of us sent first to the same customer afterwards."""

    action_type: str
    would: str
    held_at: datetime
    timezone: str
    account: str
    text: str
    written_at: datetime | None
    written: str | None


# An answer is looked for in its conversation, outreach wherever its contact was written to.
_HELD = """
select j.types ->> 0 as action_type, j.would, j.created_at as held_at,
       coalesce(o.timezone, 'UTC') as timezone, coalesce(c.name, '') as account, r.text,
       w.received_at as written_at, w.text as written
from judgements j
join actions a on a.tenant_id = j.tenant_id and a.id = j.action_id
join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
join draft_revisions r
    on r.tenant_id = d.tenant_id and r.draft_id = d.id and r.number = j.revision
left join members o on o.tenant_id = a.tenant_id and o.id = a.owner_id
left join accounts c on c.tenant_id = a.tenant_id and c.id = a.account_id
left join contacts k on k.tenant_id = a.tenant_id and k.id = d.contact_id
left join lateral (
    select m.received_at, m.text from messages m
    where m.tenant_id = j.tenant_id and m.direction = 'outbound' and m.received_at > j.created_at
        and (m.conversation_id = a.conversation_id
             or (d.message_id is null and m.received_at <= j.created_at + interval '14 days'
                 and m.recipients -> 'to' ? k.email))
    order by m.received_at, m.id limit 1
) w on true
where j.tenant_id = $1 and j.decision = 'held' and j.created_at >= $2
order by j.created_at desc, j.id
limit $3
"""


async def list_held_cases(tx: ReadTx, since: datetime, limit: int) -> list[HeldCase]:
    """The newest first."""
    connection = await raw_connection(tx)
    found = await connection.fetch(_HELD, tx.tenant_id, since, limit)
    return [HeldCase(**row) for row in found]
