"""SQL of edit habits: what members change in drafts again and again, and the rules it became."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.models.actions import Action
from db.models.coaching import EditHabit, EditSighting
from db.models.drafts import DraftRevision
from db.session import ReadTx, Tx

MADE, LEFT, APPLIED, UNDONE = "made", "left", "applied", "undone"


class SeenRow(NamedTuple):
    """Of one habit in a span of days; `of` is what was made or left."""

    made: int
    of: int
    threads: int
    accounts: int
    applied: int
    undone: int


NOTHING_SEEN = SeenRow(0, 0, 0, 0, 0, 0)


class EffectRow(NamedTuple):
    """Of one rule, in the days before it and since: in how many mails its change was made by hand,
    how often it was applied and put back, how many mails the member decided on and how many of
    these left with words of a person."""

    made_before: int
    made_since: int
    applied: int
    undone: int
    mails_before: int
    changed_before: int
    mails_since: int
    changed_since: int


class DecidedCount(NamedTuple):
    mails: int
    changed: int


async def list_revisions(tx: ReadTx, draft_id: UUID) -> Sequence[DraftRevision]:
    """All that were ever shown, the oldest first."""
    rows = await tx.session.execute(
        select(DraftRevision)
        .where(
            DraftRevision.tenant_id == tx.tenant_id,
            DraftRevision.draft_id == draft_id,
            DraftRevision.held.is_(False),
        )
        .order_by(DraftRevision.number)
    )
    return rows.scalars().all()


async def add_habits(tx: Tx, habits: Sequence[Mapping[str, Any]]) -> None:
    """Those that are not known yet; each with id, member_id, key, sought, change, place, language,
    created_at."""
    if not habits:
        return
    await tx.session.execute(
        insert(EditHabit)
        .values([{"tenant_id": tx.tenant_id, "status": "seen", **one} for one in habits])
        .on_conflict_do_nothing(index_elements=["tenant_id", "member_id", "key"])
    )


async def list_habits(
    tx: ReadTx, member_id: UUID, statuses: Collection[str] | None = None
) -> Sequence[EditHabit]:
    """The newest decision first, then the newest question."""
    query = select(EditHabit).where(
        EditHabit.tenant_id == tx.tenant_id, EditHabit.member_id == member_id
    )
    if statuses is not None:
        query = query.where(EditHabit.status.in_(statuses))
    query = query.order_by(
        EditHabit.accepted_at.desc().nulls_last(),
        EditHabit.asked_at.desc().nulls_last(),
        EditHabit.id,
    )
    return (await tx.session.execute(query)).scalars().all()


async def get_habit(tx: ReadTx, habit_id: UUID) -> EditHabit | None:
    return await tx.session.get(EditHabit, (tx.tenant_id, habit_id))


async def lock_habit(tx: Tx, habit_id: UUID) -> EditHabit | None:
    rows = await tx.session.execute(
        select(EditHabit)
        .where(EditHabit.tenant_id == tx.tenant_id, EditHabit.id == habit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def add_sightings(
    tx: Tx, action_id: UUID, came: Sequence[tuple[UUID, UUID, str]], at: datetime
) -> None:
    """(id, habit, what came) of one mail; what is known of a habit and a mail already stays."""
    if not came:
        return
    await tx.session.execute(
        insert(EditSighting)
        .values(
            [
                {
                    "tenant_id": tx.tenant_id,
                    "id": sighting_id,
                    "created_at": at,
                    "habit_id": habit_id,
                    "action_id": action_id,
                    "came": what,
                }
                for sighting_id, habit_id, what in came
            ]
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "habit_id", "action_id"])
    )


async def list_applied(tx: ReadTx, action_id: UUID) -> set[UUID]:
    """The habits whose rule was applied to this mail, put back or not."""
    rows = await tx.session.execute(
        select(EditSighting.habit_id).where(
            EditSighting.tenant_id == tx.tenant_id,
            EditSighting.action_id == action_id,
            EditSighting.came.in_((APPLIED, UNDONE)),
        )
    )
    return set(rows.scalars())


async def set_applied(
    tx: Tx, action_id: UUID, habit_ids: Collection[UUID], *, put_back: bool
) -> None:
    """What became of rules that were applied to this mail."""
    await tx.session.execute(
        update(EditSighting)
        .where(
            EditSighting.tenant_id == tx.tenant_id,
            EditSighting.action_id == action_id,
            EditSighting.habit_id.in_(habit_ids),
            EditSighting.came.in_((APPLIED, UNDONE)),
        )
        .values(came=UNDONE if put_back else APPLIED)
        .execution_options(synchronize_session=False)
    )


async def drop_applied(tx: Tx, action_id: UUID) -> None:
    """The text they were applied to was written anew."""
    await tx.session.execute(
        delete(EditSighting)
        .where(
            EditSighting.tenant_id == tx.tenant_id,
            EditSighting.action_id == action_id,
            EditSighting.came == APPLIED,
        )
        .execution_options(synchronize_session=False)
    )


async def seen_of(tx: ReadTx, habit_ids: Collection[UUID], since: datetime) -> dict[UUID, SeenRow]:
    """What was seen of these after `since`; those of which nothing was are left out."""
    made = EditSighting.came == MADE
    query = (
        select(
            EditSighting.habit_id,
            func.count().filter(made),
            func.count().filter(EditSighting.came.in_((MADE, LEFT))),
            func.count(Action.conversation_id.distinct()).filter(made),
            func.count(Action.account_id.distinct()).filter(made),
            func.count().filter(EditSighting.came.in_((APPLIED, UNDONE))),
            func.count().filter(EditSighting.came == UNDONE),
        )
        .join(
            Action,
            and_(Action.tenant_id == EditSighting.tenant_id, Action.id == EditSighting.action_id),
        )
        .where(
            EditSighting.tenant_id == tx.tenant_id,
            EditSighting.habit_id.in_(habit_ids),
            EditSighting.created_at > since,
        )
        .group_by(EditSighting.habit_id)
    )
    rows = await tx.session.execute(query)
    return {row[0]: SeenRow(*row[1:]) for row in rows}


_MADE = text("""
select n.action_id from (
    select distinct on (a.conversation_id) s.action_id, s.created_at
    from edit_sightings s
    join actions a on a.tenant_id = s.tenant_id and a.id = s.action_id
    where s.tenant_id = :tenant and s.habit_id = :habit and s.came = 'made'
    order by a.conversation_id, s.created_at desc, s.id
) n
order by n.created_at desc, n.action_id limit :most
""")


async def list_made(tx: ReadTx, habit_id: UUID, limit: int) -> Sequence[UUID]:
    """The newest mails in which the member made the change, one a conversation."""
    values = {"tenant": tx.tenant_id, "habit": habit_id, "most": limit}
    return (await tx.session.execute(_MADE, values)).scalars().all()


_DECIDED_MAILS = """
from actions a
join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
    and d.status in ('sent', 'sent_by_hand')
join draft_revisions r on r.tenant_id = d.tenant_id and r.draft_id = d.id
    and r.number = coalesce(a.decided_revision, d.revision)
where a.tenant_id = :tenant and a.owner_id = :member and a.decided_by = :member
    and a.status in ('done', 'handled') and a.decided_at > {since} and a.decided_at <= :until
    and exists (
        select 1 from draft_revisions x where x.tenant_id = d.tenant_id and x.draft_id = d.id
            and x.author = 'model' and not x.held
    )
"""
_DECIDED = text(
    "select count(*) as mails, count(*) filter (where r.author <> 'model') as changed"
    + _DECIDED_MAILS.format(since=":since")
)

# One statement for all rules of a member: each looks at its own days, by an index.
_EFFECTS = """
select h.id, s.*, d.*
from edit_habits h
cross join lateral (
    select count(*) filter (where x.came = 'made' and x.created_at <= h.accepted_at) as made_before,
        count(*) filter (where x.came = 'made' and x.created_at > h.accepted_at) as made_since,
        count(*) filter (where x.came in ('applied', 'undone')
            and x.created_at > h.accepted_at) as applied,
        count(*) filter (where x.came = 'undone' and x.created_at > h.accepted_at) as undone
    from edit_sightings x
    where x.tenant_id = :tenant and x.habit_id = h.id
        and x.created_at > h.accepted_at - cast(:within as interval) and x.created_at <= :until
) s
cross join lateral (
    select count(*) filter (where a.decided_at <= h.accepted_at) as mails_before,
        count(*) filter (where a.decided_at <= h.accepted_at and r.author <> 'model')
            as changed_before,
        count(*) filter (where a.decided_at > h.accepted_at) as mails_since,
        count(*) filter (where a.decided_at > h.accepted_at and r.author <> 'model')
            as changed_since
    {decided}
) d
where h.tenant_id = :tenant and h.member_id = :member and h.status = 'accepted'
    and h.accepted_at is not null
"""
_EFFECTS_OF = text(
    _EFFECTS.format(
        decided=_DECIDED_MAILS.format(since="h.accepted_at - cast(:within as interval)")
    )
)


async def effects_of(
    tx: ReadTx, member_id: UUID, *, within: timedelta, until: datetime
) -> dict[UUID, EffectRow]:
    """Of each of the member's rules in force: the time `within` before it against all since."""
    values = {"tenant": tx.tenant_id, "member": member_id, "within": within, "until": until}
    rows = await tx.session.execute(_EFFECTS_OF, values)
    return {row[0]: EffectRow(*row[1:]) for row in rows}


async def count_decided(
    tx: ReadTx, member_id: UUID, since: datetime, until: datetime
) -> DecidedCount:
    """Mails that the copilot wrote in this member's name, that they decided on (after `since`, up
    to and with `until`) and that left; how many of them left with words of a person."""
    rows = await tx.session.execute(
        _DECIDED,
        {"tenant": tx.tenant_id, "member": member_id, "since": since, "until": until},
    )
    row = rows.one()
    return DecidedCount(row.mails, row.changed)


async def drop_unseen(tx: Tx, member_id: UUID, before: datetime, keep: int) -> None:
    """Habits nobody was asked about: what was not made since `before`, and beyond the newest
    `keep`."""
    newest = func.max(EditSighting.created_at)
    ranked = (
        select(EditHabit.id)
        .join(
            EditSighting,
            and_(
                EditSighting.tenant_id == EditHabit.tenant_id,
                EditSighting.habit_id == EditHabit.id,
                EditSighting.came == MADE,
            ),
        )
        .where(
            EditHabit.tenant_id == tx.tenant_id,
            EditHabit.member_id == member_id,
            EditHabit.status == "seen",
        )
        .group_by(EditHabit.id)
        .having(newest >= before)
        .order_by(newest.desc(), EditHabit.id)
        .limit(keep)
    )
    await tx.session.execute(
        delete(EditHabit)
        .where(
            EditHabit.tenant_id == tx.tenant_id,
            EditHabit.member_id == member_id,
            EditHabit.status == "seen",
            EditHabit.id.not_in(ranked),
        )
        .execution_options(synchronize_session=False)
    )
