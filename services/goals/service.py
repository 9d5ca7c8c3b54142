"""What people do with goals: make one, set or change its target, accept what is proposed, drop it.
A repeated command gets the first answer; a goal that moved on since it was looked at is a Conflict.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from db import commands, goals, members, timers
from db import goal_figures as figures
from db.models.goals import Goal
from db.models.tenants import Member
from db.session import Database, Tx
from services.actors import require_member
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.goals.amounts import read_currency, read_target
from services.goals.days import next_night
from services.goals.periods import WATCH_DAYS, period_of, watched_until
from services.goals.rights import may_change, may_see
from services.goals.writing import TIMER, GoalBook
from services.types.goals import GoalForm, GoalKind, GoalScope, GoalStatus
from services.types.people import Actor
from services.zones import today_in, zone_of

NOT_YOURS = "This goal is for its person, their manager or an admin to change."
FOR_OTHERS = "You can make goals for yourself. One for others is for their manager or an admin."
GONE = "This goal is no longer there."
MOVED = "This goal has changed since you looked at it. Nothing was done; look again."
OVER = "This goal is over: it was {status}."
CHOOSE = "Choose one of these."

_Change = Callable[[Tx, Goal], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalService:
    db: Database
    book: GoalBook

    async def make(self, actor: Actor, form: GoalForm, *, command_id: str) -> UUID:
        """A new goal's id. With a target it holds at once; without, thirty days are watched first.
        InvalidInput names the field: goal_kind, goal_for, period, first, last, target, currency."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "goal.make", command_id)
            if done is not None:
                return UUID(str(done["id"]))
            member = await require_member(tx, actor)
            goal = await self._made(tx, member, form)
            await goals.lock_making(tx)
            other = await goals.find_overlapping(tx, goal)
            if other is not None:
                raise InvalidInput(_overlaps(other), field="period")
            await goals.add_goal(tx, goal)
            await timers.set_timer(tx, TIMER, goal.id, next_night(goal, self.book.clock.now()))
            await self.book.write(tx, goal, "made", actor=actor, after=goal.target)
            await commands.set_command_result(tx, command_id, {"id": str(goal.id)})
            await self._show(tx, goal, actor)
            return goal.id

    async def _made(self, tx: Tx, member: Member, form: GoalForm) -> Goal:
        if form.kind not in set(GoalKind):
            raise InvalidInput(CHOOSE, field="goal_kind")
        kind = GoalKind(form.kind)
        scope, person, persona_id = await self._whom(tx, member, form.whom)
        timezone = zone_of((person or member).timezone).key
        now = self.book.clock.now()
        today = today_in(timezone, now)
        first, last = period_of(form, today)
        target, told = read_target(form.target, kind) if form.target.strip() else (None, None)
        watched = watched_until(today) if target is None else None
        if watched is not None and watched >= last:
            raise InvalidInput(
                f"This ends before I have watched for {WATCH_DAYS} days. Set a target, or choose "
                "a longer period.",
                field="target",
            )
        used = await figures.currencies(tx) if kind.money else []
        return Goal(
            tenant_id=tx.tenant_id,
            id=self.book.ids.new(),
            created_at=now,
            kind=kind.value,
            scope=scope.value,
            member_id=person.id if person else None,
            persona_id=persona_id,
            currency=read_currency(form.currency, told, used) if kind.money else None,
            timezone=timezone,
            starts_on=first,
            ends_on=last,
            observe_from=today if watched else None,
            observe_until=watched,
            status=(GoalStatus.OBSERVING if target is None else GoalStatus.ACTIVE).value,
            target=target,
            target_by=member.id if target is not None else None,
            created_by=member.id,
            note="",
            version=1,
        )

    @staticmethod
    async def _whom(
        tx: Tx, member: Member, words: str
    ) -> tuple[GoalScope, Member | None, UUID | None]:
        """(scope, its person, its persona), as far as the member may make goals for them."""
        scope, _, named = words.partition(":")
        if words in ("", "me"):
            return GoalScope.MEMBER, member, None
        if scope not in set(GoalScope):
            raise InvalidInput(CHOOSE, field="goal_for")
        subject_id = _id(named) if scope != GoalScope.TENANT else None
        if not await may_change(tx, member, scope, subject_id):
            raise Forbidden(FOR_OTHERS)
        if scope == GoalScope.TENANT:
            return GoalScope.TENANT, None, None
        if scope == GoalScope.PERSONA:
            if subject_id is None or not await goals.has_persona(tx, subject_id):
                raise InvalidInput("This persona is no longer there.", field="goal_for")
            return GoalScope.PERSONA, None, subject_id
        person = await members.get_member(tx, subject_id) if subject_id else None
        if person is None or not person.active:
            raise InvalidInput("They are no longer here.", field="goal_for")
        return GoalScope.MEMBER, person, None

    async def set_target(
        self, actor: Actor, goal_id: UUID, *, version: int, target: str, why: str, command_id: str
    ) -> None:
        """By hand, at any time before the end, also while I still watch."""

        async def change(tx: Tx, goal: Goal) -> None:
            amount, told = read_target(target, GoalKind(goal.kind))
            if told is not None and told != goal.currency:
                raise InvalidInput(f"This goal is in {goal.currency}.", field="target")
            before = goal.target
            if amount == before:
                raise InvalidInput("It is that already.", field="target")
            goal.target, goal.target_by = amount, actor.member_id
            goal.status, goal.note, goal.behind_at = GoalStatus.ACTIVE.value, "", None
            await self.book.write(
                tx, goal, "target", actor=actor, before=before, after=amount, why=why
            )

        await self._change(
            actor, goal_id, change, version=version, verb="goal.target", command_id=command_id
        )

    async def accept(self, actor: Actor, goal_id: UUID, *, version: int, command_id: str) -> None:
        """The proposed target holds from now on."""

        async def change(tx: Tx, goal: Goal) -> None:
            if goal.status != GoalStatus.PROPOSED or goal.proposed is None:
                raise Conflict(MOVED)
            goal.target, goal.target_by = goal.proposed, None
            goal.status, goal.behind_at = GoalStatus.ACTIVE.value, None
            await self.book.write(tx, goal, "accepted", actor=actor, after=goal.target)

        await self._change(
            actor, goal_id, change, version=version, verb="goal.accept", command_id=command_id
        )

    async def drop(self, actor: Actor, goal_id: UUID, *, version: int, command_id: str) -> None:
        """It counts no more; what was written down stays."""

        async def change(tx: Tx, goal: Goal) -> None:
            await self.book.end(tx, goal, GoalStatus.DROPPED, actor=actor)

        await self._change(
            actor, goal_id, change, version=version, verb="goal.drop", command_id=command_id
        )

    async def _change(
        self,
        actor: Actor,
        goal_id: UUID,
        change: _Change,
        *,
        version: int,
        verb: str,
        command_id: str,
    ) -> None:
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, verb, command_id) is not None:
                return
            member = await require_member(tx, actor)
            goal = await goals.lock_goal(tx, goal_id)
            if goal is None or not await may_see(tx, member, goal):
                raise NotFound(GONE)
            if not await may_change(tx, member, goal.scope, goal.member_id):
                raise Forbidden(NOT_YOURS)
            if not GoalStatus(goal.status).open:
                raise Conflict(OVER.format(status=goal.status))
            if goal.version != version:
                raise Conflict(MOVED)
            await change(tx, goal)
            await self._show(tx, goal, actor)

    async def _show(self, tx: Tx, goal: Goal, actor: Actor) -> None:
        """What somebody else did with a person's goal, that person is told."""
        theirs = goal.member_id not in (None, actor.member_id)
        await self.book.show(tx, goal, told=[goal.member_id] if theirs and goal.member_id else [])

    async def _done(self, tx: Tx, verb: str, command_id: str) -> dict[str, object] | None:
        return await commands.claim_command(
            tx,
            result_id=self.book.ids.new(),
            command_id=command_id,
            verb=verb,
            now=self.book.clock.now(),
        )


def _id(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise InvalidInput(CHOOSE, field="goal_for") from None


def _overlaps(other: Goal) -> str:
    days = f"{_words(other.starts_on)} to {_words(other.ends_on)}"
    stands = "" if other.target is None else f" with a target of {other.target:,.0f}"
    unit = f" {other.currency}" if other.currency and other.target is not None else ""
    return (
        f"There is a {other.kind} goal for these days already, {days}{stands}{unit}. Change or "
        "drop that one first."
    )


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
