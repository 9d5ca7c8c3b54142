"""What a mail that has left says of its member's habits, and the question that may follow.

One job a mail; run twice it counts once. Two mails at once take turns at the member's row, so that
they are never asked twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import habits as rows
from db import members
from db.models.coaching import EditHabit
from db.session import Database, ReadTx, Tx
from services.audit import AuditService
from services.cards import touch
from services.habits.applying import apply_rules
from services.habits.asking import (
    MOST_SEEN,
    THREADS,
    WITHIN,
    is_habit,
    may_ask_about,
    may_ask_now,
    the_one_to_ask,
)
from services.habits.finding import offers
from services.habits.mails import DecidedMail, decided_mail
from services.habits.rules import rule_of
from services.ports import Clock, Ids
from services.types.habits import HABIT, Change, Edit, Place, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitNoting:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def note(self, tenant_id: UUID, action_id: UUID) -> None:
        """The job `habits.note`. Nothing happens for a mail that is gone, that somebody else
        decided on, or whose member has left."""
        async with self.db.transaction(tenant_id) as tx:
            mail = await decided_mail(tx, action_id)
            member = await members.lock_member(tx, mail.member.id) if mail else None
            if mail is None or member is None or not member.active:
                return
            edits = mail.edits()
            await self._add(tx, member.id, edits)
            habits = await rows.list_habits(tx, member.id)
            await self._sight(tx, mail, habits, edits)
            await rows.drop_unseen(tx, member.id, self.clock.now() - WITHIN, MOST_SEEN)
            await self._ask(tx, member.id)

    async def _add(self, tx: Tx, member_id: UUID, edits: dict[str, Edit]) -> None:
        new = [
            {
                "id": self.ids.new(),
                "created_at": self.clock.now(),
                "member_id": member_id,
                "key": one.key,
                "sought": one.sought,
                "language": one.language,
                "change": one.change.value,
                "place": one.place.value,
                "before": "",
                "after": "",
                "times": 0,
            }
            for one in edits.values()
        ]
        await rows.add_habits(tx, new)

    async def _sight(
        self, tx: Tx, mail: DecidedMail, habits: Sequence[EditHabit], edits: dict[str, Edit]
    ) -> None:
        applied = await rows.list_applied(tx, mail.action_id)
        offered = offers(mail.written, mail.names, mail.language)
        came: list[tuple[UUID, UUID, str]] = []
        for habit in habits:
            if habit.key in edits:
                came.append((self.ids.new(), habit.id, rows.MADE))
            elif habit.sought and habit.sought in offered:
                came.append((self.ids.new(), habit.id, rows.LEFT))
        await rows.add_sightings(tx, mail.action_id, came, self.clock.now())
        back = {
            habit.id
            for habit in habits
            # Where the rule would have to be applied once more, somebody put it back.
            if habit.id in applied and apply_rules(mail.left, [rule_of(habit)], mail.about).rule_ids
        }
        await rows.set_applied(tx, mail.action_id, back, put_back=True)
        await rows.set_applied(tx, mail.action_id, applied - back, put_back=False)

    # ── The question ────────────────────────────────────────────────────────────────────────────
    async def _ask(self, tx: Tx, member_id: UUID) -> None:
        """One question at most. The member's row is held."""
        now = self.clock.now()
        habits = {one.id: one for one in await rows.list_habits(tx, member_id)}
        seen = await seen_lately(tx, member_id, list(habits.values()), self.clock)
        for habit in habits.values():
            habit.times = seen[habit.id].threads
        await tx.session.flush()
        if not may_ask_now([one.asked_at for one in habits.values() if one.asked_at], now):
            return
        ready = {
            one.id: (Change(one.change), seen[one.id])
            for one in habits.values()
            if may_ask_about(one.status, one.decided_at, now)
            and is_habit(Place(one.place), seen[one.id])
        }
        chosen = the_one_to_ask(ready)
        if chosen is not None:
            await self._put(tx, habits[chosen], seen[chosen])

    async def _put(self, tx: Tx, habit: EditHabit, seen: Seen) -> None:
        """Only now are its words kept: they stand in the newest mail in which it was made."""
        edit = await edit_in_newest(tx, habit)
        if edit is None:
            return
        habit.before, habit.after, habit.language = edit.before, edit.after, edit.language
        habit.status, habit.asked_at, habit.decided_at = "asked", self.clock.now(), None
        await tx.session.flush()
        facts = {"change": habit.change, "place": habit.place, "made": seen.made, "of": seen.of}
        await self.audit.append(tx, "habit.asked", subject_id=habit.id, facts=facts)
        await touch(tx, HABIT, habit.id, [habit.member_id], clock=self.clock, ids=self.ids)


async def edit_in_newest(tx: ReadTx, habit: EditHabit) -> Edit | None:
    for action_id in await rows.list_made(tx, habit.id, 1):
        mail = await decided_mail(tx, action_id)
        return mail.edits().get(habit.key) if mail else None
    return None


async def seen_lately(
    tx: ReadTx, member_id: UUID, habits: Sequence[EditHabit], clock: Clock
) -> dict[UUID, Seen]:
    """Of each habit over the last ninety days. What adds something could have been made in any mail
    since it was first seen."""
    now = clock.now()
    since = now - WITHIN
    found = await rows.seen_of(tx, [one.id for one in habits], since)
    seen: dict[UUID, Seen] = {}
    for one in habits:
        row = found.get(one.id, rows.NOTHING_SEEN)
        of = row.of
        if not one.sought and row.threads >= THREADS:
            # The first of them was decided on before it was noted.
            later = await rows.count_decided(tx, member_id, max(since, one.created_at), now)
            of = max(later.mails + (one.created_at >= since), row.made)
        seen[one.id] = Seen(made=row.made, of=of, threads=row.threads, accounts=row.accounts)
    return seen
