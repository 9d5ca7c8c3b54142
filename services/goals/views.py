"""What is shown of goals: the list, a goal's page and its card, the form, Home's and the digest's
lines. The list and the page count afresh; Home and the digest rest on what the night wrote down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import goal_figures as figures
from db import goals, members
from db.models.goals import Goal
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.errors import NotFound
from services.goals.amounts import COMMON
from services.goals.reckoning import reckon, stood
from services.goals.rights import may_change, may_see
from services.goals.service import GONE
from services.ports import Clock
from services.reader import reader_of
from services.types.goal_views import GoalDeed, GoalFormView, GoalMoment, GoalsView, GoalView
from services.types.goals import GoalKind, GoalLine, GoalScope, GoalStatus, Progress, Tally
from services.types.people import LEADS, Actor, Role
from services.zones import today_in

LISTED = 30
DAYS_SHOWN = 60
CHANGES_SHOWN = 8
DEEDS_SHOWN = 8
ON_HOME = 4
SETTLED_SHOWN = timedelta(days=90)
OPTIONS = 100
ALL_OTHERS = ("persona", "tenant")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalViews:
    db: Database
    clock: Clock

    async def mine(self, actor: Actor) -> GoalsView:
        """A rep's own; a manager's with the team's, the personas' and the tenant's; an executive's
        own and the tenant's; all for an admin."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            now = self.clock.now()
            people, scopes = await _among(tx, member)
            found, total = await goals.list_goals(
                tx, people, scopes=scopes, settled_from=now - SETTLED_SHOWN, limit=LISTED
            )
            return GoalsView(
                reader=reader_of(member, self.clock),
                lines=await _listed(tx, member, found, now),
                total=total,
                may_make=member.role != Role.EXECUTIVE,
            )

    async def page(self, actor: Actor, goal_id: UUID) -> GoalView:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            goal = await goals.get_goal(tx, goal_id)
            if goal is None or not await may_see(tx, member, goal):
                raise NotFound(GONE)
            return await self._view(tx, member, goal)

    async def card(self, tenant_id: UUID, goal_id: UUID, reader_id: UUID) -> GoalView | None:
        """None when it is gone or not for this member."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, reader_id)
            goal = await goals.get_goal(tx, goal_id)
            if member is None or goal is None or not await may_see(tx, member, goal):
                return None
            return await self._view(tx, member, goal)

    async def form(self, actor: Actor) -> GoalFormView:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            used = await figures.currencies(tx)
            return GoalFormView(
                reader=reader_of(member, self.clock),
                for_others=member.role in LEADS,
                currencies=tuple(used) or COMMON,
            )

    async def whom(self, actor: Actor, text: str) -> tuple[tuple[str, str], ...]:
        """(words, value) of those the actor may make a goal for, as far as they fit the text."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if member.role not in LEADS:
                return (("Me", "me"),)
            admin = member.role == Role.ADMIN
            people = None if admin else [*await goals.list_team(tx, member.id)]
            found = await goals.list_whom(tx, people, text, OPTIONS - 2)
            return (
                ("Me", "me"),
                ("The whole company", "tenant"),
                *(
                    (f"{name} (persona)" if what == "persona" else name, f"{what}:{one_id}")
                    for what, one_id, name in found
                    if one_id != member.id
                ),
            )

    async def _view(self, tx: ReadTx, member: Member, goal: Goal) -> GoalView:
        now = self.clock.now()
        tally, progress = await _reckoned(tx, goal, now)
        names = await goals.names_of(tx, [goal])
        deeds, total = await goals.list_deeds(tx, goal.id, DEEDS_SHOWN)
        changes = await goals.list_changes(tx, goal.id, CHANGES_SHOWN)
        may = GoalStatus(goal.status).open
        return GoalView(
            reader=reader_of(member, self.clock),
            line=_line(goal, member, names, progress, tally.unknown),
            tally=tally,
            baseline=goal.baseline,
            observe_from=goal.observe_from,
            note=goal.note,
            made_by=names.get(goal.created_by) if goal.created_by else None,
            settled_at=goal.settled_at,
            may_change=may and await may_change(tx, member, goal.scope, goal.member_id),
            days=await goals.list_days(tx, goal.id, DAYS_SHOWN),
            moments=tuple(
                GoalMoment(
                    at=one.created_at,
                    what=one.what,
                    before=one.before,
                    after=one.after,
                    by=name,
                    why=one.why,
                )
                for one, name in changes
            ),
            deeds=tuple(
                GoalDeed(
                    at=one.at,
                    type=one.type,
                    account=one.account,
                    status=one.status,
                    effect=one.effect,
                    outcome=one.outcome,
                )
                for one in deeds
            ),
            deeds_total=total,
        )


async def _reckoned(tx: ReadTx, goal: Goal, now: datetime) -> tuple[Tally, Progress]:
    """As it stands now; what is settled stays as it was settled, whatever is corrected later."""
    tally, progress = await reckon(tx, goal, today_in(goal.timezone, now))
    if GoalStatus(goal.status).open:
        return tally, progress
    return tally, stood(goal, (await goals.latest_progress(tx, [goal.id])).get(goal.id))


async def _listed(
    tx: ReadTx, member: Member, found: Sequence[Goal], now: datetime
) -> tuple[GoalLine, ...]:
    """As of last night: somebody waits for a list, and counting thirty goals takes as many looks at
    all deals. Only what has no day behind it yet is counted; a goal's page counts what it shows."""
    days = await goals.latest_progress(tx, [goal.id for goal in found])
    names = await goals.names_of(tx, found)
    lines = []
    for goal in found:
        if goal.id in days or not GoalStatus(goal.status).open:
            lines.append(_line(goal, member, names, stood(goal, days.get(goal.id))))
        else:
            tally, progress = await reckon(tx, goal, today_in(goal.timezone, now))
            lines.append(_line(goal, member, names, progress, tally.unknown))
    return tuple(lines)


async def home_goals(tx: ReadTx, member: Member, now: datetime) -> tuple[GoalLine, ...]:
    """The reader's own open goals, for executives the tenant's as well: as of last night."""
    scopes = ("tenant",) if member.role == Role.EXECUTIVE else ()
    found, _ = await goals.list_goals(
        tx, [member.id], scopes=scopes, settled_from=now, limit=ON_HOME
    )
    return await _stood(tx, member, found)


async def goals_behind(tx: ReadTx, member: Member, since: datetime) -> tuple[GoalLine, ...]:
    """Goals that fell behind since then and concern this member, as of last night."""
    return await _stood(tx, member, await goals.list_behind(tx, member.id, since))


async def _stood(tx: ReadTx, member: Member, found: Sequence[Goal]) -> tuple[GoalLine, ...]:
    if not found:
        return ()
    days = await goals.latest_progress(tx, [goal.id for goal in found])
    names = await goals.names_of(tx, found)
    return tuple(_line(goal, member, names, stood(goal, days.get(goal.id))) for goal in found)


async def _among(tx: ReadTx, member: Member) -> tuple[list[UUID] | None, tuple[str, ...]]:
    """(whose goals, of which scopes all)."""
    if member.role == Role.ADMIN:
        return None, ()
    if member.role == Role.MANAGER:
        return [member.id, *await goals.list_team(tx, member.id)], ALL_OTHERS
    return [member.id], (("tenant",) if member.role == Role.EXECUTIVE else ())


def _line(
    goal: Goal, reader: Member, names: dict[UUID, str], progress: Progress, unknown: int = 0
) -> GoalLine:
    own = goal.scope == GoalScope.MEMBER and goal.member_id == reader.id
    subject = goal.member_id or goal.persona_id
    return GoalLine(
        goal_id=goal.id,
        kind=GoalKind(goal.kind),
        scope=GoalScope(goal.scope),
        whose="" if own or subject is None else names.get(subject, "somebody who left"),
        currency=goal.currency,
        starts_on=goal.starts_on,
        ends_on=goal.ends_on,
        status=GoalStatus(goal.status),
        target=goal.target,
        proposed=goal.proposed,
        observe_until=goal.observe_until,
        progress=progress,
        version=goal.version,
        unknown=unknown,
    )
