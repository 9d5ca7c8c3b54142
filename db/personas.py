"""SQL of personas: their rows, who writes with which, and what became of what was written."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from db.models.personas import Persona, PersonaMember
from db.models.tenants import Member
from db.session import ReadTx, Tx

# Two people may take one name at once: whoever comes second waits here, and then sees it.
HOLD_NAME = text("select pg_advisory_xact_lock(hashtextextended(:tenant || ':' || :name, 19))")
# A draft belongs to the persona of the last text the model wrote for it.
FIGURES = text("""
with ours as (
    select distinct r.draft_id
    from draft_revisions r
    where r.tenant_id = :tenant and r.persona_id = :persona
), written as (
    select distinct on (r.draft_id) r.draft_id, r.persona_id
    from draft_revisions r join ours on ours.draft_id = r.draft_id
    where r.tenant_id = :tenant and r.author = 'model'
    order by r.draft_id, r.number desc
)
select
    count(*) as drafts,
    count(*) filter (where d.status = 'sent' and final.author = 'model') as unchanged,
    count(*) filter (
        where (d.status = 'sent' and final.author <> 'model') or d.status = 'sent_by_hand'
    ) as edited,
    count(*) filter (where d.status in ('rejected', 'discarded')) as rejected,
    count(*) filter (where o.status = 'positive') as answered,
    count(*) filter (where o.status in ('positive', 'negative', 'expired')) as watched,
    count(*) filter (where exists (
        select from effects e
        where e.tenant_id = :tenant and e.action_id = a.id
          and e.undo_at is not null and e.status = 'cancelled'
    )) as undone
from written
join drafts d on d.tenant_id = :tenant and d.id = written.draft_id
left join draft_revisions final
    on final.tenant_id = :tenant and final.draft_id = d.id and final.number = d.revision
left join actions a on a.tenant_id = :tenant and a.draft_id = d.id
left join outcomes o
    on o.tenant_id = :tenant and o.action_id = a.id and o.kind = 'email_engagement'
where written.persona_id = :persona
""")


class Tally(NamedTuple):
    """How many drafts there were, and what became of them. `watched`: mails whose week is over, or
    that were answered."""

    drafts: int
    unchanged: int
    edited: int
    rejected: int
    answered: int
    watched: int
    undone: int


async def get_persona(tx: ReadTx, persona_id: UUID) -> Persona | None:
    query = select(Persona).where(Persona.tenant_id == tx.tenant_id, Persona.id == persona_id)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def lock_persona(tx: Tx, persona_id: UUID) -> Persona | None:
    query = (
        select(Persona)
        .where(Persona.tenant_id == tx.tenant_id, Persona.id == persona_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def claim_name(tx: Tx, key: str, *, besides: UUID | None = None) -> bool:
    """Whether no other persona has this name; until this transaction ends nobody else takes it."""
    await tx.session.execute(HOLD_NAME, {"tenant": str(tx.tenant_id), "name": key})
    query = select(Persona.id).where(
        Persona.tenant_id == tx.tenant_id, Persona.name_key == key, Persona.status != "deleted"
    )
    holder = (await tx.session.execute(query)).scalar_one_or_none()
    return holder is None or holder == besides


async def add_persona(tx: Tx, persona: Persona) -> None:
    tx.session.add(persona)
    await tx.session.flush()


async def list_personas(tx: ReadTx, *, only: UUID | None) -> Sequence[Persona]:
    """By name. `only`: those this member made or writes with."""
    query = select(Persona).where(Persona.tenant_id == tx.tenant_id, Persona.status != "deleted")
    if only is not None:
        used = select(PersonaMember.persona_id).where(
            PersonaMember.tenant_id == tx.tenant_id, PersonaMember.member_id == only
        )
        query = query.where(or_(Persona.created_by == only, Persona.id.in_(used)))
    rows = await tx.session.execute(query.order_by(Persona.name_key, Persona.id))
    return rows.scalars().all()


async def list_users(tx: ReadTx, persona_ids: Collection[UUID]) -> defaultdict[UUID, list[Member]]:
    """Who writes with each of them, by name; only members who are still there."""
    rows = await tx.session.execute(
        select(PersonaMember.persona_id, Member)
        .join(
            Member,
            (Member.tenant_id == PersonaMember.tenant_id) & (Member.id == PersonaMember.member_id),
        )
        .where(
            PersonaMember.tenant_id == tx.tenant_id,
            PersonaMember.persona_id.in_(persona_ids),
            Member.active,
        )
        .order_by(Member.name, Member.id)
    )
    found: defaultdict[UUID, list[Member]] = defaultdict(list)
    for persona_id, member in rows:
        found[persona_id].append(member)
    return found


async def persona_of(tx: ReadTx, member_id: UUID) -> Persona | None:
    """What the member writes with; None without, or while it was never activated."""
    rows = await tx.session.execute(
        select(Persona)
        .join(
            PersonaMember,
            (PersonaMember.tenant_id == Persona.tenant_id)
            & (PersonaMember.persona_id == Persona.id),
        )
        .where(
            Persona.tenant_id == tx.tenant_id,
            PersonaMember.member_id == member_id,
            Persona.status == "active",
        )
    )
    return rows.scalar_one_or_none()


async def set_user(
    tx: Tx, *, row_id: UUID, persona_id: UUID, member_id: UUID, now: datetime
) -> None:
    """From now on the member writes with this one, whatever it was before."""
    new = insert(PersonaMember).values(
        tenant_id=tx.tenant_id,
        id=row_id,
        created_at=now,
        member_id=member_id,
        persona_id=persona_id,
    )
    await tx.session.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "member_id"], set_={"persona_id": persona_id}
        )
    )


async def drop_users(tx: Tx, persona_id: UUID, member_ids: Collection[UUID] | None = None) -> None:
    """These members go on without it; without names, all of them."""
    query = delete(PersonaMember).where(
        PersonaMember.tenant_id == tx.tenant_id, PersonaMember.persona_id == persona_id
    )
    if member_ids is not None:
        query = query.where(PersonaMember.member_id.in_(member_ids))
    await tx.session.execute(query)


async def tally(tx: ReadTx, persona_id: UUID) -> Tally:
    rows = await tx.session.execute(FIGURES, {"tenant": tx.tenant_id, "persona": persona_id})
    return Tally(*rows.one())
