"""What is seen of habits: a member their own, with their words; others numbers, and words only
where the member shares them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import habits as rows
from db import members
from db.models.coaching import EditHabit
from db.session import Database, ReadTx
from services.actors import require_member
from services.errors import Forbidden, NotFound
from services.habits.asking import THREADS, WITHIN
from services.habits.mails import decided_mail
from services.habits.noting import seen_lately
from services.habits.service import GONE, NOT_YOURS
from services.intervals import share_of
from services.ports import Clock
from services.types.habit_views import (
    HabitCounts,
    HabitEffect,
    HabitExample,
    HabitExamples,
    HabitLine,
    HabitPage,
)
from services.types.habits import Change, Place
from services.types.people import Actor
from services.types.preferences import read_preferences

TOLD = ("accepted", "asked", "declined", "removed")
HELD = ("accepted", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitViews:
    db: Database
    clock: Clock

    async def card(self, tenant_id: UUID, habit_id: UUID, member_id: UUID) -> HabitLine | None:
        """The question, or what was answered; None when it is gone or somebody else's."""
        async with self.db.read(tenant_id) as tx:
            habit = await rows.get_habit(tx, habit_id)
            if habit is None or habit.member_id != member_id or habit.status == "seen":
                return None
            return (await self._lines(tx, member_id, [habit]))[0]

    async def page(self, actor: Actor) -> HabitPage:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            found = await rows.list_habits(tx, member.id, TOLD)
            lines = await self._lines(tx, member.id, found)
            return HabitPage(lines=tuple(lines), timezone=member.timezone, now=self.clock.now())

    async def examples(self, actor: Actor, habit_id: UUID) -> HabitExamples:
        """The newest mails in which the member made the change, read from the mails themselves: a
        mail that is gone shows nothing."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            habit = await rows.get_habit(tx, habit_id)
            if habit is None or habit.status == "seen":
                raise NotFound(GONE)
            if habit.member_id != member.id:
                raise Forbidden(NOT_YOURS)
            found: list[HabitExample] = []
            for action_id in await rows.list_made(tx, habit.id, THREADS):
                mail = await decided_mail(tx, action_id)
                edit = mail.edits().get(habit.key) if mail else None
                if mail is not None and edit is not None:
                    found.append(
                        HabitExample(
                            action_id=action_id,
                            at=mail.at,
                            subject=mail.subject,
                            account=mail.account,
                            before=edit.before,
                            after=edit.after,
                        )
                    )
            return HabitExamples(
                line=(await self._lines(tx, member.id, [habit]))[0],
                examples=tuple(found),
                timezone=member.timezone,
                now=self.clock.now(),
            )

    async def _lines(
        self, tx: ReadTx, member_id: UUID, habits: Sequence[EditHabit]
    ) -> list[HabitLine]:
        return await lines_of(tx, member_id, habits, self.clock)


async def lines_of(
    tx: ReadTx, member_id: UUID, habits: Sequence[EditHabit], clock: Clock
) -> list[HabitLine]:
    seen = await seen_lately(tx, member_id, habits, clock)
    return [
        HabitLine(
            habit_id=one.id,
            change=Change(one.change),
            place=Place(one.place),
            before=one.before,
            after=one.after,
            status=one.status,
            seen=seen[one.id],
            asked_at=one.asked_at,
            decided_at=one.decided_at,
            effect=await _effect(tx, one, clock) if one.status in HELD else None,
        )
        for one in habits
    ]


async def _effect(tx: ReadTx, habit: EditHabit, clock: Clock) -> HabitEffect | None:
    """Ninety days before the rule against all the time it has held."""
    since = habit.accepted_at
    if since is None:
        return None
    ended = habit.decided_at if habit.status == "removed" else None
    until = ended or clock.now()
    was = await _made(tx, habit, since - WITHIN, since)
    now = await _made(tx, habit, since, until)
    before = await rows.count_decided(tx, habit.member_id, since - WITHIN, since)
    then = await rows.count_decided(tx, habit.member_id, since, until)
    return HabitEffect(
        since=since,
        applied=now.applied,
        undone=now.undone,
        before=share_of(was.made, max(before.mails, was.made)),
        since_then=share_of(now.made, max(then.mails, now.made)),
        changed_before=share_of(before.changed, before.mails),
        changed_since=share_of(then.changed, then.mails),
    )


async def _made(tx: ReadTx, habit: EditHabit, since: datetime, until: datetime) -> rows.SeenRow:
    found = await rows.seen_of(tx, [habit.id], since, until)
    return found.get(habit.id, rows.NOTHING_SEEN)


# ── For those who lead ──────────────────────────────────────────────────────────────────────────
async def counts_for(tx: ReadTx, member_id: UUID, clock: Clock) -> HabitCounts:
    """A member's edits over the last ninety days in numbers; no word of any text."""
    now = clock.now()
    decided = await rows.count_decided(tx, member_id, now - WITHIN, now)
    held = [one.id for one in await rows.list_habits(tx, member_id, HELD)]
    seen = (await rows.seen_of(tx, held, now - WITHIN)).values() if held else ()
    return HabitCounts(
        changed=share_of(decided.changed, decided.mails),
        statuses=await rows.count_statuses(tx, member_id),
        applied=sum(one.applied for one in seen),
        undone=sum(one.undone for one in seen),
    )


async def shared_rules(tx: ReadTx, member_id: UUID, clock: Clock) -> tuple[HabitLine, ...]:
    """The member's rules with their words, if they share examples; nothing if they haven't said
    so. Who may ask at all is decided by whoever calls."""
    member = await members.get_member(tx, member_id)
    if member is None or not read_preferences(member.preferences).share_examples:
        return ()
    found = await rows.list_habits(tx, member_id, ("accepted",))
    return tuple(await lines_of(tx, member_id, found, clock))
