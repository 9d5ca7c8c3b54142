"""What a member says to a question about an edit, and what becomes of their rules.

Each verb settles under the habit's row: two clicks are one answer. Only its own member may; a rule
changes what is written for them and nothing else.
"""

from dataclasses import dataclass
from uuid import UUID

from db import habits as rows
from db import members
from db.models.coaching import EditHabit
from db.session import Database, Tx
from services.actors import require_member
from services.audit import AuditService
from services.cards import touch
from services.errors import Conflict, Forbidden, NotFound
from services.habits.asking import MOST_RULES
from services.habits.fitness import unfit
from services.ports import Clock, Ids
from services.types.habits import HABIT, Change, Place
from services.types.people import Actor

GONE = "This question is no longer there."
NOT_YOURS = "This is about somebody else's edits; only they can answer it."
FULL = f"You have {MOST_RULES} rules already. Remove one first: `/understudy rules`."
UNFIT = "I can't make a rule of this: {why}."
ACCEPTED = "From now on I do that for you. `/understudy rules` lists it, and takes it back."
DECLINED = "I keep writing it, and won't ask again for half a year."
REMOVED = "Removed: what I write from now on is without this rule."


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def accept(self, actor: Actor, habit_id: UUID) -> str:
        """Yes to the question, or a rule that was declined or removed back again."""
        async with self.db.transaction(actor.tenant_id) as tx:
            habit = await self._held(tx, actor, habit_id)
            if habit.status == "accepted":
                return ACCEPTED
            why = unfit(Change(habit.change), Place(habit.place), habit.before, habit.after)
            if why is not None:
                raise Conflict(UNFIT.format(why=why))
            if len(await rows.list_habits(tx, actor.member_id, ("accepted",))) >= MOST_RULES:
                raise Conflict(FULL)
            habit.accepted_at = self.clock.now()
            await self._settle(tx, actor, habit, "accepted")
            return ACCEPTED

    async def decline(self, actor: Actor, habit_id: UUID) -> str:
        """No. A rule that was accepted meanwhile isn't taken back by an old card's button."""
        async with self.db.transaction(actor.tenant_id) as tx:
            habit = await self._held(tx, actor, habit_id)
            if habit.status == "declined":
                return DECLINED
            if habit.status != "asked":
                raise Conflict("You have answered this already. `/understudy rules` shows it.")
            await self._settle(tx, actor, habit, "declined")
            return DECLINED

    async def remove(self, actor: Actor, habit_id: UUID) -> str:
        async with self.db.transaction(actor.tenant_id) as tx:
            habit = await self._held(tx, actor, habit_id)
            if habit.status == "removed":
                return REMOVED
            if habit.status != "accepted":
                raise Conflict("This is no rule of yours at present.")
            await self._settle(tx, actor, habit, "removed")
            return REMOVED

    async def _held(self, tx: Tx, actor: Actor, habit_id: UUID) -> EditHabit:
        """The habit, and with it the member's row: no two answers make one rule too many."""
        await require_member(tx, actor)
        await members.lock_member(tx, actor.member_id)
        habit = await rows.lock_habit(tx, habit_id)
        if habit is None or habit.status == "seen":
            raise NotFound(GONE)
        if habit.member_id != actor.member_id:
            raise Forbidden(NOT_YOURS)
        return habit

    async def _settle(self, tx: Tx, actor: Actor, habit: EditHabit, status: str) -> None:
        habit.status, habit.decided_at = status, self.clock.now()
        await tx.session.flush()
        facts = {"change": habit.change, "place": habit.place}
        await self.audit.append(
            tx, f"habit.{status}", actor=actor, subject_id=habit.id, facts=facts
        )
        await touch(tx, HABIT, habit.id, clock=self.clock, ids=self.ids)
