"""What people do about an alert. One transaction a verb; the signal's row is held, so that of two
clicks the second finds what the first has done; every word is told in place on everybody's card.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from db import actions as action_rows
from db import alerts as rows
from db import commands, customers, feedback, members, timers
from db import drafts as draft_rows
from db import notes as note_rows
from db.models.compose import Note
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import Database, Tx
from db.visibility import may_see
from services.actors import require_member
from services.audit import AuditService
from services.cards import touch
from services.compose import ComposeService
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.characters import clean_text
from services.ports import Clock, Ids
from services.signals.alert_views import GONE
from services.signals.alerts import SNOOZE_TIMER
from services.signals.evidence import from_json
from services.signals.recommendations import RECOMMENDED
from services.signals.sketches import plan_of
from services.types.alerts import CARD, Snooze, Way
from services.types.people import Actor, Role
from services.types.signals import CATALOGUE, SignalName, SignalStatus
from services.visibility import only_of
from services.zones import next_time

MORNING = time(8)
DAYS = {Snooze.TOMORROW: 0, Snooze.THREE_DAYS: 2, Snooze.A_WEEK: 6}
"""Days after the next morning."""
LONGEST_REASON, LONGEST_NOTE = 500, 3000
MOVED_ON = "This alert has changed since you looked. The card shows how it stands now."
NOT_EXECUTIVES = "Alerts are for whoever looks after the account."
DRAFTING = ("pending", "approved")

Learn = Callable[[Tx, Signal], Awaitable[None]]
"""A word on a signal has been given: thresholds may follow, a warning may be due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertActions:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    composer: ComposeService
    learn: Learn

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────
    async def acknowledge(
        self, actor: Actor, signal_id: UUID, *, version: int, command_id: str
    ) -> None:
        """The actor is on it."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, "alert.acknowledge", command_id) is not None:
                return
            signal, member = await self._open(tx, actor, signal_id, version)
            if signal.status == SignalStatus.ACKNOWLEDGED:
                raise Conflict(await _is_on_it(tx, signal))
            self._take(signal, member)
            await self._tell(tx, actor, signal, "alert.acknowledged")

    async def done(self, actor: Actor, signal_id: UUID, *, version: int, command_id: str) -> None:
        """The actor has done something about it that leaves no trace here: a call, a visit."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, "alert.done", command_id) is not None:
                return
            signal, member = await self._open(tx, actor, signal_id, version)
            self._settle(signal, SignalStatus.ACTED, member, "done another way")
            await timers.drop_timer(tx, SNOOZE_TIMER, signal.id)
            await self._tell(tx, actor, signal, "alert.acted", by="hand")

    async def useful(self, actor: Actor, signal_id: UUID, *, command_id: str) -> None:
        """It was worth telling. The alert stays as it is, so whatever stood on the card counts."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, "alert.useful", command_id) is not None:
                return
            signal, member = await self._seen(tx, actor, signal_id)
            if signal.status == SignalStatus.DISMISSED:
                raise Conflict(await _settled(tx, signal))
            await self._rate(tx, signal, member, 1, None)
            await self._tell(tx, actor, signal, "alert.useful")

    async def dismiss(
        self, actor: Actor, signal_id: UUID, *, version: int, reason: str, command_id: str
    ) -> None:
        """A false alarm, and maybe why."""
        said = clean_text(reason).strip()[:LONGEST_REASON]
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, "alert.dismiss", command_id) is not None:
                return
            signal, member = await self._open(tx, actor, signal_id, version)
            self._settle(signal, SignalStatus.DISMISSED, member, said)
            await timers.drop_timer(tx, SNOOZE_TIMER, signal.id)
            await self._rate(tx, signal, member, -1, said or None)
            await self._tell(tx, actor, signal, "alert.dismissed", reason=said)

    async def snooze(
        self, actor: Actor, signal_id: UUID, *, version: int, span: Snooze, command_id: str
    ) -> datetime:
        """Put it off; says until when. It comes back then, if it still holds."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "alert.snooze", command_id)
            if done is not None:
                return datetime.fromisoformat(done["until"])
            signal, member = await self._open(tx, actor, signal_id, version)
            morning = next_time(member.timezone, self.clock.now(), MORNING)
            until = _days_on(member, morning, DAYS[span])
            signal.snoozed_until, signal.snoozed_by = until, member.id
            signal.version += 1
            await tx.session.flush()
            await timers.set_timer(tx, SNOOZE_TIMER, signal.id, until)
            await commands.set_command_result(tx, command_id, {"until": until.isoformat()})
            await self._tell(tx, actor, signal, "alert.snoozed", until=until.isoformat())
            return until

    async def draft(self, actor: Actor, signal_id: UUID, *, version: int, command_id: str) -> str:
        """Begin the recommended mail, to whom code has chosen; says what happens."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "alert.draft", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            signal, member = await self._open(tx, actor, signal_id, version)
            await self._none_begun(tx, signal)
            account = await customers.get_account(tx, signal.account_id)
            if account is None:
                raise NotFound(GONE)
            name = SignalName(signal.name)
            recommended = RECOMMENDED[name]
            planned = await plan_of(tx, signal, account, recommended, from_json(signal.evidence))
            if planned.sketch is None:
                raise Conflict(planned.why_not or "There is no mail to write here.")
            action_id, sentence = await self.composer.begin_for(
                tx,
                actor,
                (account.id, planned.sketch.contact_id),
                purpose=recommended.purpose,
                instruction=planned.instruction,
                command_id=f"{command_id}:mail",
            )
            signal.action_id = action_id
            await _say_why(tx, action_id, f"{account.name}: {CATALOGUE[name].words}")
            self._take(signal, member)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await self._tell(tx, actor, signal, "alert.drafted", action=str(action_id))
            return sentence

    async def note(
        self, actor: Actor, signal_id: UUID, *, version: int, words: str, command_id: str
    ) -> None:
        """The recommended note, as the actor has written it: it stands with the deal, and the alert
        is acted on."""
        said = clean_text(words).strip()[:LONGEST_NOTE]
        if not said:
            raise InvalidInput("Write a word.", field="comment")
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, "alert.note", command_id) is not None:
                return
            signal, member = await self._open(tx, actor, signal_id, version)
            if RECOMMENDED[SignalName(signal.name)].way is not Way.NOTE:
                raise InvalidInput("There is no note to write here.")
            await note_rows.add_note(tx, self._note(signal, member, said))
            self._settle(signal, SignalStatus.ACTED, member, "a note was written")
            await timers.drop_timer(tx, SNOOZE_TIMER, signal.id)
            await self._tell(tx, actor, signal, "alert.acted", by="note")

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _done(self, tx: Tx, verb: str, command_id: str) -> dict[str, Any] | None:
        return await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )

    async def _seen(self, tx: Tx, actor: Actor, signal_id: UUID) -> tuple[Signal, Member]:
        """The signal, held, for a member who may see its account."""
        member = await require_member(tx, actor)
        signal = await rows.lock_signal(tx, signal_id)
        if signal is None or not await may_see(tx, signal.account_id, only_of(member)):
            raise NotFound(GONE)
        if member.role == Role.EXECUTIVE and not await rows.is_reader(tx, signal.id, member.id):
            raise Forbidden(NOT_EXECUTIVES)
        return signal, member

    async def _open(
        self, tx: Tx, actor: Actor, signal_id: UUID, version: int
    ) -> tuple[Signal, Member]:
        """The same, while nothing has become of it and it stands as the actor saw it."""
        signal, member = await self._seen(tx, actor, signal_id)
        if not SignalStatus(signal.status).open:
            raise Conflict(await _settled(tx, signal))
        if signal.version != version:
            raise Conflict(MOVED_ON)
        return signal, member

    def _take(self, signal: Signal, member: Member) -> None:
        """The member is on it from now on."""
        if signal.status == SignalStatus.RAISED:
            signal.status = SignalStatus.ACKNOWLEDGED.value
            signal.acknowledged_at, signal.acknowledged_by = self.clock.now(), member.id
        signal.snoozed_until = signal.snoozed_by = None
        signal.version += 1

    def _settle(self, signal: Signal, status: SignalStatus, member: Member, why: str) -> None:
        signal.status, signal.settled_why = status.value, why
        signal.settled_at, signal.settled_by = self.clock.now(), member.id
        signal.snoozed_until = signal.snoozed_by = None
        signal.version += 1

    @staticmethod
    async def _none_begun(tx: Tx, signal: Signal) -> None:
        action = await action_rows.get_action(tx, signal.action_id) if signal.action_id else None
        if action is not None and action.status in DRAFTING:
            owner = await members.get_member(tx, action.owner_id) if action.owner_id else None
            who = owner.name if owner else "Somebody"
            raise Conflict(f"{who} has begun this mail already.")

    async def _rate(
        self, tx: Tx, signal: Signal, member: Member, rating: int, reason: str | None
    ) -> None:
        await tx.session.flush()
        await feedback.set_feedback(
            tx,
            feedback_id=self.ids.new(),
            member_id=member.id,
            target="signal",
            target_id=signal.id,
            rating=rating,
            reason=reason,
            source="button",
            at=self.clock.now(),
        )
        await self.learn(tx, signal)

    async def _tell(self, tx: Tx, actor: Actor, signal: Signal, verb: str, **facts: object) -> None:
        await tx.session.flush()
        told = {"name": signal.name, **facts}
        await self.audit.append(tx, verb, actor=actor, subject_id=signal.id, facts=told)
        await touch(tx, CARD, signal.id, clock=self.clock, ids=self.ids)

    def _note(self, signal: Signal, member: Member, said: str) -> Note:
        return Note(
            tenant_id=member.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            account_id=signal.account_id,
            deal_id=signal.deal_id,
            author_id=member.id,
            kind="log",
            text="",
            said_by=member.name,
            comment=said,
            source_key=f"signal:{signal.id}",
            permalink=None,
            qualification={},
        )


async def _say_why(tx: Tx, action_id: UUID, alert: str) -> None:
    """The mail's own card says what it is for."""
    action = await action_rows.get_action(tx, action_id)
    draft = await draft_rows.get_draft(tx, action.draft_id) if action and action.draft_id else None
    if draft is not None:
        draft.source = {**draft.source, "alert": alert}
        await tx.session.flush()


async def _settled(tx: Tx, signal: Signal) -> str:
    """What became of it, and through whom."""
    member = await members.get_member(tx, signal.settled_by) if signal.settled_by else None
    who = member.name if member else "Somebody"
    return {
        SignalStatus.DISMISSED: f"{who} has called this a false alarm.",
        SignalStatus.ACTED: f"{who} has acted on this.",
    }.get(SignalStatus(signal.status), "This is over: it no longer holds.")


async def _is_on_it(tx: Tx, signal: Signal) -> str:
    member = (
        await members.get_member(tx, signal.acknowledged_by) if signal.acknowledged_by else None
    )
    return f"{member.name if member else 'Somebody'} is on it already."


def _days_on(member: Member, morning: datetime, days: int) -> datetime:
    """So many mornings later, on the member's own clock."""
    for _ in range(days):
        morning = next_time(member.timezone, morning + timedelta(hours=1), MORNING)
    return morning
