"""What is seen of habits: a member their own, with their words; others numbers, and words only
where the member shares them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from db import habits as rows
from db.models.coaching import EditHabit
from db.models.tenants import Member
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
IN_FORCE = ("accepted",)
AGAIN = 2
"""Conversations in which a change was made before it is counted as made again."""
NO_EFFECTS: Mapping[UUID, HabitEffect] = MappingProxyType({})


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
            return (await _lines(tx, member_id, [habit], self.clock))[0]

    async def page(self, actor: Actor) -> HabitPage:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            found = await rows.list_habits(tx, member.id, TOLD)
            effects = await _effects(tx, member.id, found, self.clock)
            lines = await _lines(tx, member.id, found, self.clock, effects)
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
                line=(await _lines(tx, member.id, [habit], self.clock))[0],
                examples=tuple(found),
                timezone=member.timezone,
                now=self.clock.now(),
            )


async def _lines(
    tx: ReadTx,
    member_id: UUID,
    habits: Sequence[EditHabit],
    clock: Clock,
    effects: Mapping[UUID, HabitEffect] = NO_EFFECTS,
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
            effect=effects.get(one.id),
        )
        for one in habits
    ]


async def _effects(
    tx: ReadTx, member_id: UUID, habits: Sequence[EditHabit], clock: Clock
) -> dict[UUID, HabitEffect]:
    """Of those that are rules in force: ninety days before against all the time they have held."""
    found = await rows.effects_of(tx, member_id, within=WITHIN, until=clock.now())
    return {
        one.id: _effect(one.accepted_at, found[one.id])
        for one in habits
        if one.accepted_at is not None and one.id in found
    }


def _effect(since: datetime, row: rows.EffectRow) -> HabitEffect:
    return HabitEffect(
        since=since,
        applied=row.applied,
        undone=row.undone,
        before=share_of(row.made_before, max(row.mails_before, row.made_before)),
        since_then=share_of(row.made_since, max(row.mails_since, row.made_since)),
        changed_before=share_of(row.changed_before, row.mails_before),
        changed_since=share_of(row.changed_since, row.mails_since),
    )


# ── For those who lead ──────────────────────────────────────────────────────────────────────────
async def counts_for(tx: ReadTx, member_id: UUID, clock: Clock) -> HabitCounts:
    """A member's edits over the last ninety days in numbers; no word of any text."""
    now = clock.now()
    decided = await rows.count_decided(tx, member_id, now - WITHIN, now)
    habits = await rows.list_habits(tx, member_id)
    held = [one.id for one in habits if one.status == "accepted"]
    seen = (await rows.seen_of(tx, held, now - WITHIN)).values() if held else ()
    changes: Counter[Change] = Counter()
    for one in habits:
        if one.status != "removed" and one.times >= AGAIN:
            changes[Change(one.change)] += one.times
    return HabitCounts(
        changed=share_of(decided.changed, decided.mails),
        changes=tuple(changes.most_common()),
        rules=len(held),
        applied=sum(one.applied for one in seen),
        undone=sum(one.undone for one in seen),
    )


async def shared_rules(tx: ReadTx, member: Member, clock: Clock) -> tuple[HabitLine, ...]:
    """The member's rules with their words, if they share examples; nothing if they haven't said
    so. Who may ask at all is decided by whoever calls."""
    if not read_preferences(member.preferences).share_examples:
        return ()
    found = await rows.list_habits(tx, member.id, IN_FORCE)
    return tuple(await _lines(tx, member.id, found, clock))
