"""What each night does: how every open goal stood at the end of the day, the proposal after the
days of watching, and the settling after the last day.

A timer a goal, due at the first moment of the next day in the goal's own zone. The sweep that fires
it writes the day and sets the next timer in one transaction, one sweep a tenant at a time, so two
processes never reckon one day twice; a clock that went back finds the next timer still ahead. After
a stop the last whole day is reckoned; days on which nothing ran have no row.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from db import goals, members, timers
from db.models.goals import Goal, GoalProgress
from db.session import ReadTx, Tx
from services.goals.counting import count
from services.goals.pace import span, working_days
from services.goals.periods import WATCH_DAYS
from services.goals.proposing import proposed_target, too_little
from services.goals.reckoning import stands
from services.goals.writing import TIMER, GoalBook
from services.types.goals import GoalKind, GoalScope, GoalStatus, Progress, Standing, Tally
from services.zones import day_begins, today_in

ONE_DAY = timedelta(days=1)
LEFT = "Its person has left."
DELETED = "Its persona was deleted."
NO_TARGET = "It ended without a target."


def next_night(goal: Goal, now: datetime) -> datetime:
    """The first moment of the next day of the goal, in UTC."""
    return day_begins(today_in(goal.timezone, now) + ONE_DAY, goal.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDays:
    book: GoalBook

    TIMER: ClassVar[str] = TIMER

    async def due(self, tx: Tx, goal_id: UUID) -> None:
        """The timer: the day that has just ended."""
        goal, now = await goals.lock_goal(tx, goal_id), self.book.clock.now()
        if goal is None or not GoalStatus(goal.status).open:
            return
        gone = await _gone(tx, goal)
        if gone is not None:
            await self.book.end(tx, goal, GoalStatus.DROPPED, why=gone)
            await self.book.tell(tx, goal)
            return
        over = min(today_in(goal.timezone, now) - ONE_DAY, goal.ends_on)
        tally = await self._write_day(tx, goal, over)
        if over >= goal.ends_on:
            await self._settle(tx, goal, tally)
            return
        if goal.status == GoalStatus.OBSERVING:
            await self._watch(tx, goal, over)
        await timers.set_timer(tx, TIMER, goal.id, next_night(goal, now))

    async def _write_day(self, tx: Tx, goal: Goal, over: date) -> Tally:
        """How it stood; nothing is written before its period has begun."""
        tally = await count(tx, goal, goal.starts_on, over)
        if over < goal.starts_on:
            return tally
        found = stands(goal, tally, over)
        row = GoalProgress(
            id=self.book.ids.new(),
            created_at=self.book.clock.now(),
            goal_id=goal.id,
            day=over,
            value=found.value,
            forecast=found.forecast,
        )
        await goals.set_progress(tx, row)
        await self._fell_behind(tx, goal, found)
        return tally

    async def _fell_behind(self, tx: Tx, goal: Goal, found: Progress) -> None:
        """The first time is news, and told in the next digest; the days after it aren't."""
        if goal.status != GoalStatus.ACTIVE or found.standing is not Standing.BEHIND:
            return
        if goal.behind_at is None:
            goal.behind_at = self.book.clock.now()
            facts = {"expected": str(found.expected), "value": str(found.value)}
            await self.book.audit.append(tx, "goal.behind", subject_id=goal.id, facts=facts)

    async def _watch(self, tx: Tx, goal: Goal, over: date) -> None:
        """Propose a target when the days of watching are over; from too little nothing is proposed,
        and the watching goes on as long again where the period leaves time for it."""
        if goal.observe_from is None or goal.observe_until is None or over < goal.observe_until:
            return
        money = GoalKind(goal.kind).money
        tally = await count(tx, goal, goal.observe_from, over)
        _, total = span(goal.starts_on, goal.ends_on, goal.ends_on)
        watched, _ = span(goal.observe_from, over, over)
        if not working_days(goal.starts_on, goal.ends_on):
            watched = (over - goal.observe_from).days + 1
        target = proposed_target(tally, money=money, watched=watched, total=total)
        goal.baseline = tally.value
        if target is not None:
            goal.status, goal.proposed, goal.note = GoalStatus.PROPOSED.value, target, ""
            await self.book.write(tx, goal, "proposed", after=target)
        else:
            reason = too_little(tally, money=money) or ""
            again = over + timedelta(days=WATCH_DAYS)
            goal.observe_until = again if again < goal.ends_on else None
            goal.note = reason
            await self.book.write(tx, goal, "watched", after=tally.value, why=reason)
        await self.book.tell(tx, goal)

    async def _settle(self, tx: Tx, goal: Goal, tally: Tally) -> None:
        if goal.target is None:
            await self.book.end(tx, goal, GoalStatus.DROPPED, why=NO_TARGET)
        else:
            met = (tally.value or Decimal(0)) >= goal.target
            why = _unsure(tally) if not met else ""
            await self.book.end(tx, goal, GoalStatus.MET if met else GoalStatus.MISSED, why=why)
        await self.book.tell(tx, goal)


async def _gone(tx: ReadTx, goal: Goal) -> str | None:
    """Why nobody is left to reach it."""
    if goal.scope == GoalScope.MEMBER:
        member = await members.get_member(tx, goal.member_id) if goal.member_id else None
        return LEFT if member is None or not member.active else None
    if goal.scope == GoalScope.PERSONA:
        there = goal.persona_id is not None and await goals.has_persona(tx, goal.persona_id)
        return None if there else DELETED
    return None


def _unsure(tally: Tally) -> str:
    if not tally.unknown:
        return ""
    one = tally.unknown == 1
    deals = "1 deal that counts has" if one else f"{tally.unknown} deals that count have"
    return f"As far as known: {deals} no amount."
