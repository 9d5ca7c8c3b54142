"""SQL of coaching: what a night's look left, for whom, and what members don't want to see again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, false, or_, select
from sqlalchemy.dialects.postgresql import insert

from db.models.coaching import CoachingFinding, CoachingLook, CoachingNight, CoachingRefusal
from db.models.tenants import Member
from db.session import ReadTx, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class LookHead:
    """A look without its counts by account, which may be many."""

    member_id: UUID | None
    starts_on: date
    ends_on: date
    threads: int
    tests: Mapping[str, float]
    deeds: Mapping[str, Any]
    made_at: datetime


async def list_findings(tx: ReadTx, member_ids: Collection[UUID | None]) -> list[CoachingFinding]:
    """Of these readers; None among them stands for everybody's."""
    known = [one for one in member_ids if one is not None]
    everybody = CoachingFinding.member_id.is_(None) if None in member_ids else false()
    rows = await tx.session.scalars(
        select(CoachingFinding)
        .where(
            CoachingFinding.tenant_id == tx.tenant_id,
            or_(CoachingFinding.member_id.in_(known), everybody),
        )
        .order_by(CoachingFinding.q_value, CoachingFinding.pattern)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def get_finding(tx: ReadTx, finding_id: UUID) -> CoachingFinding | None:
    return await tx.session.get(CoachingFinding, (tx.tenant_id, finding_id), populate_existing=True)


async def get_look(tx: ReadTx, member_id: UUID | None) -> CoachingLook | None:
    whose = (
        CoachingLook.member_id.is_(None)
        if member_id is None
        else CoachingLook.member_id == member_id
    )
    rows = await tx.session.scalars(
        select(CoachingLook)
        .where(CoachingLook.tenant_id == tx.tenant_id, whose)
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def examples_of(tx: ReadTx, member_ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Member → pattern → the newest mails behind it."""
    rows = await tx.session.execute(
        select(CoachingLook.member_id, CoachingLook.examples).where(
            CoachingLook.tenant_id == tx.tenant_id, CoachingLook.member_id.in_(member_ids)
        )
    )
    return {row[0]: row[1] for row in rows}


async def list_heads(tx: ReadTx) -> list[LookHead]:
    """Of all active members who were looked at, and everybody's."""
    rows = await tx.session.execute(
        select(
            CoachingLook.member_id,
            CoachingLook.starts_on,
            CoachingLook.ends_on,
            CoachingLook.threads,
            CoachingLook.tests,
            CoachingLook.deeds,
            CoachingLook.made_at,
        )
        .outerjoin(
            Member,
            (Member.tenant_id == CoachingLook.tenant_id) & (Member.id == CoachingLook.member_id),
        )
        .where(
            CoachingLook.tenant_id == tx.tenant_id,
            or_(CoachingLook.member_id.is_(None), Member.active),
        )
        .order_by(CoachingLook.member_id)
    )
    return [LookHead(**row) for row in rows.mappings()]


async def replace_reader(
    tx: Tx,
    look: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
) -> None:
    """What a look over one member's (or everybody's) mails came to takes the place of all that the
    one before had left."""
    member_id = look["member_id"]
    for table in (CoachingFinding, CoachingLook):
        whose = table.member_id.is_(None) if member_id is None else table.member_id == member_id
        await tx.session.execute(delete(table).where(table.tenant_id == tx.tenant_id, whose))
    await tx.session.execute(insert(CoachingLook).values(tenant_id=tx.tenant_id, **look))
    for one in findings:
        await tx.session.execute(insert(CoachingFinding).values(tenant_id=tx.tenant_id, **one))


# ── What isn't wanted ───────────────────────────────────────────────────────────────────────────
async def list_looks(tx: ReadTx, member_ids: Collection[UUID]) -> list[CoachingLook]:
    """Of these members, and everybody's."""
    rows = await tx.session.scalars(
        select(CoachingLook)
        .where(
            CoachingLook.tenant_id == tx.tenant_id,
            or_(CoachingLook.member_id.in_(member_ids), CoachingLook.member_id.is_(None)),
        )
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def list_refusals(tx: ReadTx, member_ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """(member, pattern) of what these members don't want to see."""
    rows = await tx.session.execute(
        select(CoachingRefusal.member_id, CoachingRefusal.pattern).where(
            CoachingRefusal.tenant_id == tx.tenant_id, CoachingRefusal.member_id.in_(member_ids)
        )
    )
    return [(member_id, pattern) for member_id, pattern in rows]


async def list_refused(tx: ReadTx, member_id: UUID) -> set[str]:
    """The patterns this member doesn't want to see."""
    rows = await tx.session.scalars(
        select(CoachingRefusal.pattern).where(
            CoachingRefusal.tenant_id == tx.tenant_id, CoachingRefusal.member_id == member_id
        )
    )
    return set(rows)


async def set_refused(
    tx: Tx, *, refusal_id: UUID, member_id: UUID, pattern: str, at: datetime
) -> None:
    """The last word stands."""
    await tx.session.execute(
        insert(CoachingRefusal)
        .values(
            tenant_id=tx.tenant_id,
            id=refusal_id,
            created_at=at,
            member_id=member_id,
            pattern=pattern,
            refused_at=at,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "member_id", "pattern"], set_={"refused_at": at}
        )
    )


async def drop_refused(tx: Tx, before: datetime) -> None:
    """What was refused before then may be shown again."""
    await tx.session.execute(
        delete(CoachingRefusal).where(
            CoachingRefusal.tenant_id == tx.tenant_id, CoachingRefusal.refused_at < before
        )
    )


# ── Nights ──────────────────────────────────────────────────────────────────────────────────────
async def list_known(tx: ReadTx, night: date) -> list[date]:
    """This night, if its look was begun, and every earlier one whose look still goes on."""
    rows = await tx.session.scalars(
        select(CoachingNight.night).where(
            CoachingNight.tenant_id == tx.tenant_id,
            or_(CoachingNight.night == night, CoachingNight.ended_at.is_(None)),
        )
    )
    return list(rows)


async def add_night(tx: Tx, *, night_id: UUID, night: date, now: datetime) -> bool:
    """False when this night's look has been begun already."""
    row = await tx.session.execute(
        insert(CoachingNight)
        .values(
            tenant_id=tx.tenant_id, id=night_id, created_at=now, night=night, looked=0, failed=0
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "night"])
        .returning(CoachingNight.id)
    )
    return row.first() is not None


async def drop_old_nights(tx: Tx, before: datetime) -> None:
    await tx.session.execute(
        delete(CoachingNight).where(
            CoachingNight.tenant_id == tx.tenant_id, CoachingNight.ended_at < before
        )
    )


async def lock_night(tx: Tx, night_id: UUID) -> CoachingNight | None:
    """The look, if it goes on."""
    rows = await tx.session.scalars(
        select(CoachingNight)
        .where(
            CoachingNight.tenant_id == tx.tenant_id,
            CoachingNight.id == night_id,
            CoachingNight.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def list_active(tx: ReadTx, after: UUID | None, most: int) -> list[UUID]:
    """The next active members, in the order of their ids."""
    query = select(Member.id).where(Member.tenant_id == tx.tenant_id, Member.active)
    if after is not None:
        query = query.where(Member.id > after)
    return list(await tx.session.scalars(query.order_by(Member.id).limit(most)))


async def list_counts(
    tx: ReadTx, after: UUID | None, most: int
) -> list[tuple[UUID, Mapping[str, Any]]]:
    """(member, counts) of the next active members who were looked at."""
    query = (
        select(CoachingLook.member_id, CoachingLook.counts)
        .join(
            Member,
            (Member.tenant_id == CoachingLook.tenant_id) & (Member.id == CoachingLook.member_id),
        )
        .where(CoachingLook.tenant_id == tx.tenant_id, Member.active)
        .order_by(CoachingLook.member_id)
        .limit(most)
    )
    if after is not None:
        query = query.where(CoachingLook.member_id > after)
    return [(row[0], row[1]) for row in await tx.session.execute(query)]


async def drop_left(tx: Tx) -> None:
    """Whoever has left is looked at no more, and what was found of them goes."""
    left = select(Member.id).where(Member.tenant_id == tx.tenant_id, Member.active.is_(False))
    for table in (CoachingFinding, CoachingLook):
        await tx.session.execute(
            delete(table).where(table.tenant_id == tx.tenant_id, table.member_id.in_(left))
        )
