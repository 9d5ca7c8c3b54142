"""Goals, how they came along and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, case, func, literal, or_, select, union_all
from sqlalchemy import text as text_
from sqlalchemy.dialects.postgresql import distinct_on, insert

from db.members import below
from db.models.actions import Action, Effect
from db.models.customers import Account
from db.models.goals import Goal, GoalChange, GoalProgress
from db.models.outcomes import Outcome
from db.models.personas import Persona
from db.models.tenants import Member
from db.session import ReadTx, Tx

OPEN = ("observing", "proposed", "active")


async def get_goal(tx: ReadTx, goal_id: UUID) -> Goal | None:
    return await tx.session.get(Goal, (tx.tenant_id, goal_id))


async def lock_goal(tx: Tx, goal_id: UUID) -> Goal | None:
    """The goal as it stands now, to be changed."""
    query = select(Goal).where(Goal.tenant_id == tx.tenant_id, Goal.id == goal_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def lock_making(tx: Tx) -> None:
    """One goal is made at a time in this tenant, until the transaction ends."""
    key = func.hashtextextended(f"goals:{tx.tenant_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def add_goal(tx: Tx, goal: Goal) -> None:
    tx.session.add(goal)
    await tx.session.flush()


async def find_overlapping(tx: ReadTx, goal: Goal) -> Goal | None:
    """An open goal of the same kind, currency and scope that shares a day with this one."""
    query = select(Goal).where(
        Goal.tenant_id == tx.tenant_id,
        Goal.id != goal.id,
        Goal.kind == goal.kind,
        Goal.scope == goal.scope,
        Goal.member_id.is_not_distinct_from(goal.member_id),
        Goal.persona_id.is_not_distinct_from(goal.persona_id),
        Goal.currency.is_not_distinct_from(goal.currency),
        Goal.status.in_(OPEN),
        Goal.starts_on <= goal.ends_on,
        Goal.ends_on >= goal.starts_on,
    )
    return (await tx.session.execute(query.order_by(Goal.starts_on))).scalars().first()


async def active_goal_for(
    tx: ReadTx, member_id: UUID, kinds: Sequence[str], *, on: date | None = None
) -> Goal | None:
    """Which goal something done for this member's customers serves: an active one of their own,
    else one of the whole tenant; the first kind named counts most, then the one that ends first.
    `on`: only goals whose period holds this day."""
    if not kinds:
        return None
    wanted = case({kind: place for place, kind in enumerate(kinds)}, value=Goal.kind)
    query = select(Goal).where(
        Goal.tenant_id == tx.tenant_id,
        Goal.status == "active",
        Goal.kind.in_(kinds),
        or_(Goal.member_id == member_id, Goal.scope == "tenant"),
    )
    if on is not None:
        query = query.where(Goal.starts_on <= on, Goal.ends_on >= on)
    order = (Goal.scope == "tenant", wanted, Goal.ends_on, Goal.id)
    return (await tx.session.execute(query.order_by(*order).limit(1))).scalar_one_or_none()


async def list_team(tx: ReadTx, manager_id: UUID) -> set[UUID]:
    """Everybody below this member, and those whom nobody leads: their goals are the managers'."""
    nobodys = select(Member.id).where(
        Member.tenant_id == tx.tenant_id, Member.manager_id.is_(None), Member.role == "rep"
    )
    rows = await tx.session.execute(below(tx, manager_id).union(nobodys))
    return set(rows.scalars())


async def has_persona(tx: ReadTx, persona_id: UUID) -> bool:
    """Whether the persona is there and not deleted."""
    query = select(Persona.id).where(
        Persona.tenant_id == tx.tenant_id, Persona.id == persona_id, Persona.status != "deleted"
    )
    return (await tx.session.execute(query)).first() is not None


async def list_whom(
    tx: ReadTx, member_ids: Sequence[UUID] | None, text: str, limit: int
) -> list[tuple[str, UUID, str]]:
    """("member" or "persona", id, name) of those a goal can be for whose names hold the text, by
    name; of members only these, None: all."""
    people = select(literal("member"), Member.id, Member.name).where(
        Member.tenant_id == tx.tenant_id,
        Member.active,
        Member.name.icontains(text, autoescape=True),
    )
    if member_ids is not None:
        people = people.where(Member.id.in_(member_ids))
    ways = select(literal("persona"), Persona.id, Persona.name).where(
        Persona.tenant_id == tx.tenant_id,
        Persona.status != "deleted",
        Persona.name.icontains(text, autoescape=True),
    )
    rows = await tx.session.execute(union_all(people, ways).order_by(text_("3, 2")).limit(limit))
    return [(row[0], row[1], row[2]) for row in rows]


async def names_of(tx: ReadTx, found: Sequence[Goal]) -> dict[UUID, str]:
    """Names of the people and personas that these goals name."""
    ids = {
        one
        for goal in found
        for one in (goal.member_id, goal.persona_id, goal.created_by)
        if one is not None
    }
    people = select(Member.id, Member.name).where(
        Member.tenant_id == tx.tenant_id, Member.id.in_(ids)
    )
    ways = select(Persona.id, Persona.name).where(
        Persona.tenant_id == tx.tenant_id, Persona.id.in_(ids)
    )
    rows = await tx.session.execute(union_all(people, ways))
    return {row[0]: row[1] for row in rows}


async def list_goals(
    tx: ReadTx,
    member_ids: Sequence[UUID] | None,
    *,
    scopes: Sequence[str] = (),
    settled_from: datetime,
    limit: int,
) -> tuple[Sequence[Goal], int]:
    """Goals of these members (None: everybody's) and all of these scopes: the open ones by their
    end, then what was settled lately; with how many there are."""
    shown = or_(Goal.status.in_(OPEN), Goal.settled_at >= settled_from)
    where = [Goal.tenant_id == tx.tenant_id, shown]
    if member_ids is not None:
        theirs = and_(Goal.scope == "member", Goal.member_id.in_(member_ids))
        where.append(or_(theirs, Goal.scope.in_(scopes)))
    total = await tx.session.scalar(select(func.count()).select_from(Goal).where(*where))
    order = (Goal.status.not_in(OPEN), Goal.ends_on, Goal.scope, Goal.created_at, Goal.id)
    rows = await tx.session.execute(select(Goal).where(*where).order_by(*order).limit(limit))
    return rows.scalars().all(), total or 0


async def list_behind(tx: ReadTx, member_id: UUID, since: datetime) -> Sequence[Goal]:
    """Goals of this member, or made by them for all, that fell behind since then."""
    query = select(Goal).where(
        Goal.tenant_id == tx.tenant_id,
        Goal.status == "active",
        Goal.behind_at >= since,
        or_(
            Goal.member_id == member_id,
            and_(Goal.scope != "member", Goal.created_by == member_id),
        ),
    )
    return (await tx.session.execute(query.order_by(Goal.ends_on, Goal.id))).scalars().all()


# ── Days ────────────────────────────────────────────────────────────────────────────────────────
async def set_progress(tx: Tx, row: GoalProgress) -> None:
    """One row a goal and day: the same day again replaces it."""
    new = insert(GoalProgress).values(
        tenant_id=tx.tenant_id,
        id=row.id,
        created_at=row.created_at,
        goal_id=row.goal_id,
        day=row.day,
        value=row.value,
        forecast=row.forecast,
    )
    await tx.session.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "goal_id", "day"],
            set_={"value": new.excluded.value, "forecast": new.excluded.forecast},
        )
    )


async def list_days(
    tx: ReadTx, goal_id: UUID, limit: int
) -> tuple[tuple[date, Decimal | None], ...]:
    """(day, value) of the last days, the oldest first."""
    query = (
        select(GoalProgress.day, GoalProgress.value)
        .where(GoalProgress.tenant_id == tx.tenant_id, GoalProgress.goal_id == goal_id)
        .order_by(GoalProgress.day.desc())
        .limit(limit)
    )
    return tuple((row.day, row.value) for row in reversed((await tx.session.execute(query)).all()))


async def latest_progress(tx: ReadTx, goal_ids: Sequence[UUID]) -> dict[UUID, GoalProgress]:
    """The newest day of each."""
    query = (
        select(GoalProgress)
        .where(GoalProgress.tenant_id == tx.tenant_id, GoalProgress.goal_id.in_(goal_ids))
        .ext(distinct_on(GoalProgress.goal_id))
        .order_by(GoalProgress.goal_id, GoalProgress.day.desc())
    )
    return {row.goal_id: row for row in (await tx.session.execute(query)).scalars()}


# ── What became of it ───────────────────────────────────────────────────────────────────────────
async def add_change(tx: Tx, change: GoalChange) -> None:
    tx.session.add(change)
    await tx.session.flush()


async def list_changes(
    tx: ReadTx, goal_id: UUID, limit: int
) -> Sequence[tuple[GoalChange, str | None]]:
    """The newest first, each with the name of whoever did it."""
    query = (
        select(GoalChange, Member.name)
        .outerjoin(
            Member,
            and_(Member.tenant_id == GoalChange.tenant_id, Member.id == GoalChange.changed_by),
        )
        .where(GoalChange.tenant_id == tx.tenant_id, GoalChange.goal_id == goal_id)
        .order_by(GoalChange.created_at.desc(), GoalChange.version.desc(), GoalChange.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await tx.session.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An action done for a goal. `effect` and `outcome` are statuses, None where there is none."""

    at: datetime
    type: str
    account: str | None
    status: str
    effect: str | None
    outcome: str | None


async def list_deeds(tx: ReadTx, goal_id: UUID, limit: int) -> tuple[list[Deed], int]:
    """Actions done for a goal, the newest first, with how many there are."""
    here = and_(Action.tenant_id == tx.tenant_id, Action.goal_id == goal_id)
    effect = (
        select(Effect.status)
        .where(Effect.tenant_id == Action.tenant_id, Effect.action_id == Action.id)
        .order_by(Effect.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    outcome = (
        select(Outcome.status)
        .where(
            Outcome.tenant_id == Action.tenant_id,
            Outcome.action_id == Action.id,
            Outcome.kind == "email_engagement",
        )
        .scalar_subquery()
    )
    query = (
        select(Action.created_at, Action.type, Account.name, Action.status, effect, outcome)
        .outerjoin(
            Account, and_(Account.tenant_id == Action.tenant_id, Account.id == Action.account_id)
        )
        .where(here)
        .order_by(Action.created_at.desc(), Action.id)
        .limit(limit)
    )
    found = [
        Deed(at=row[0], type=row[1], account=row[2], status=row[3], effect=row[4], outcome=row[5])
        for row in await tx.session.execute(query)
    ]
    total = await tx.session.scalar(select(func.count()).select_from(Action).where(here))
    return found, total or 0
