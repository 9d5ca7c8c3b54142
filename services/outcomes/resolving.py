"""Settling predictions, each once, and saying so when a machine has settled one wrongly.

Whoever settles holds the outcome's row, looks at its status under that lock, and brings the bins
along in the same transaction. A thousand signals at once leave one entry in the audit and one
contribution. When an event happened decides, not when it was read: an answer received inside the
window corrects what had expired meanwhile, one received after it only writes down that it came
(docs/decisions/0046). A person's label is never changed by a machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import customers
from db import outcomes as rows
from db.models.conversations import Message
from db.models.outcomes import Outcome
from db.session import Tx
from services.analytics.marking import mark
from services.audit import AuditService
from services.calibration.counting import place_of, recount
from services.outcomes.crediting import REPLY, STAGE, credit
from services.outcomes.kinds import ENGAGEMENT, ESCALATION, PROGRESSION
from services.outcomes.signals import (
    BOUNCED,
    MOST_EXTENSIONS,
    absence_until,
    stage_verdict,
)
from services.ports import Clock, Ids
from services.types.mail import MailKind, SenderProof
from services.types.outcomes import Event, OutcomeStatus, Reply, Verdict
from services.types.people import Actor
from services.weighing import want_weighing, want_weighing_of

NOTICES = (MailKind.AUTO_REPLY, MailKind.BOUNCE)
"""Mail of machines that says something about a prediction, though it never answers one."""
_CLOSED_BY_TIME = (OutcomeStatus.PENDING, OutcomeStatus.EXPIRED)
_ANSWERABLE = (*_CLOSED_BY_TIME, OutcomeStatus.AMBIGUOUS, OutcomeStatus.UNDELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whose word it is. `own`: theirs was the mail, or the word that let it go."""

    actor: Actor
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A held outcome and what it comes to. `label`: a person says so, with what the audit keeps of
    it; without one a machine does."""

    outcome: Outcome
    verdict: Verdict
    message_id: UUID | None = None
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class OutcomeService:
    """What signals do to predictions, in the caller's transaction."""

    clock: Clock
    ids: Ids
    audit: AuditService

    # ── Answers ─────────────────────────────────────────────────────────────────────────────────
    async def human_replied(self, tx: Tx, reply: Reply) -> tuple[UUID, ...]:
        """A person whom we know has answered: settle what that answers. The caller holds the mail's
        row. Returns the actions that are to be shown anew."""
        held = await rows.lock_of_conversation(tx, reply.conversation_id, ENGAGEMENT.name, reply.at)
        settled, shown = [], []
        for outcome in held:
            if outcome.source != "automatic":
                continue
            if reply.at > outcome.window_ends_at:
                shown += await self.came_late(tx, outcome, reply.at, reply.message_id)
            elif outcome.status in _ANSWERABLE and outcome.status != reply.verdict.status:
                one = Settlement(
                    outcome=outcome, verdict=reply.verdict, message_id=reply.message_id
                )
                settled.append(one)
                shown.append(outcome.action_id)
        await self.settle(tx, settled)
        score = reply.verdict.status.score
        if held and score is not None:
            event = Event(
                kind=REPLY,
                id=reply.message_id,
                at=reply.at,
                score=score,
                conversation_id=reply.conversation_id,
                account_id=held[-1].account_id,
                deal_id=held[-1].deal_id,
            )
            await credit(tx, event, clock=self.clock, ids=self.ids)
        return tuple(shown)

    async def came_late(
        self, tx: Tx, outcome: Outcome, at: datetime, message_id: UUID | None
    ) -> list[UUID]:
        """The event came after all, too late to count: the score stays, and the fact is kept."""
        if outcome.status not in _CLOSED_BY_TIME or outcome.late_at is not None:
            return []
        outcome.late_at, outcome.late_message_id = at, message_id
        await tx.session.flush()
        facts = {"outcome": str(outcome.id), "kind": outcome.kind, "at": at.isoformat()}
        await self.audit.append(tx, "outcome.late", subject_id=outcome.action_id, facts=facts)
        return [outcome.action_id]

    # ── Machines ────────────────────────────────────────────────────────────────────────────────
    async def noticed(self, tx: Tx, message: Message) -> tuple[UUID, ...]:
        """A machine has written: a bounce takes the prediction out of the score, an absence gives
        it more time. Neither is an answer. What failed authentication does nothing. Returns the
        actions that are to be shown anew."""
        if message.proof == SenderProof.FAIL or message.direction != "inbound":
            return ()
        if message.kind == MailKind.BOUNCE:
            return await self._bounced(tx, message)
        if message.kind == MailKind.AUTO_REPLY and message.contact_id is not None:
            await self._away(tx, message)
        return ()

    async def _bounced(self, tx: Tx, message: Message) -> tuple[UUID, ...]:
        """All predictions of the mails that reached none of those they were written to."""
        failed = set(message.analysis.get("undeliverable", ()))
        mails = await rows.list_of_conversation(
            tx, message.conversation_id, ENGAGEMENT.name, message.received_at
        )
        written_to = await rows.list_addressees(tx, mails)
        lost = [action for action, to in written_to.items() if to and failed.issuperset(to)]
        if not lost:
            return ()
        verdict = Verdict(status=OutcomeStatus.UNDELIVERED, reason=BOUNCED)
        settled = [
            Settlement(outcome=outcome, verdict=verdict, message_id=message.id)
            for outcome in await rows.lock_of_actions(tx, lost)
            if outcome.source == "automatic"
            and outcome.status in _CLOSED_BY_TIME
            and outcome.kind != ESCALATION.name
            and message.received_at <= outcome.window_ends_at
        ]
        await self.settle(tx, settled)
        return tuple(dict.fromkeys(one.outcome.action_id for one in settled))

    async def _away(self, tx: Tx, message: Message) -> None:
        """Who is away answers when they are back: the window starts anew then. It never becomes
        shorter, and it is moved twice at most."""
        named = message.analysis.get("returns_on")
        back = absence_until(
            message.subject,
            message.text or "",
            datetime.fromisoformat(named) if named else None,
            message.received_at,
        )
        if back is None:
            return
        until = back + ENGAGEMENT.window.length
        for outcome in await rows.lock_of_conversation(
            tx, message.conversation_id, ENGAGEMENT.name, message.received_at
        ):
            if (
                outcome.status == OutcomeStatus.PENDING
                and outcome.extended < MOST_EXTENSIONS
                and message.received_at <= outcome.window_ends_at < until
            ):
                outcome.window_ends_at = until
                outcome.extended += 1
                await tx.session.flush()
                facts = {"outcome": str(outcome.id), "until": until.isoformat()}
                await self.audit.append(
                    tx, "outcome.extended", subject_id=outcome.action_id, facts=facts
                )

    # ── Deals ───────────────────────────────────────────────────────────────────────────────────
    async def stage_moved(self, tx: Tx, change_id: UUID) -> None:
        """A deal is in another stage: settle what predicted it, and share it out. Safe to
        repeat."""
        change = await rows.lock_change(tx, change_id)
        deal = await customers.get_deal(tx, change.deal_id) if change else None
        verdict = stage_verdict(change.before, change.after) if change else None
        if change is None or deal is None or verdict is None:
            return
        at = change.created_at
        settled = []
        for outcome in await rows.lock_of_deal(tx, deal.id, PROGRESSION.name, at):
            if at > outcome.window_ends_at:
                await self.came_late(tx, outcome, at, None)
            elif outcome.status in _CLOSED_BY_TIME:
                settled.append(Settlement(outcome=outcome, verdict=verdict))
        await self.settle(tx, settled)
        score = verdict.status.score
        if score is not None:
            event = Event(
                kind=STAGE,
                id=change.id,
                at=at,
                score=score,
                account_id=deal.account_id,
                deal_id=deal.id,
            )
            await credit(tx, event, clock=self.clock, ids=self.ids)

    # ── Settling ────────────────────────────────────────────────────────────────────────────────
    async def settle(self, tx: Tx, settlements: Sequence[Settlement]) -> None:
        """Write what held outcomes come to, bring the bins along, and have the types weighed. The
        caller has looked at their status under the lock."""
        # All take the bins in one order: no two workers ever wait for each other's.
        ordered = sorted(settlements, key=lambda one: place_of(one.outcome))
        for one in ordered:
            await self._settle(tx, one)
        engaged = [one.outcome for one in ordered if one.outcome.kind == ENGAGEMENT.name]
        for action_type in sorted({one.action_type for one in engaged if one.action_type}):
            await want_weighing(tx, action_type)
        for outcome in engaged:
            if not outcome.action_type:
                await want_weighing_of(tx, outcome.action_id)

    async def _settle(self, tx: Tx, one: Settlement) -> None:
        outcome, before, label = one.outcome, one.outcome.status, one.label
        # A clock that went back makes no answer older than its question.
        now = max(self.clock.now(), outcome.created_at)
        outcome.status, outcome.score = one.verdict.status.value, one.verdict.status.score
        outcome.reason, outcome.resolved_at = one.verdict.reason, now
        if label is not None:
            # The mail it was read from, and that it came late, stay known.
            outcome.source, outcome.labelled_by = "human", label.actor.member_id
            outcome.labelled_at = now
        else:
            outcome.signal_message_id = one.message_id
            if outcome.status != OutcomeStatus.EXPIRED:
                outcome.late_at = outcome.late_message_id = None
        await tx.session.flush()
        await recount(tx, outcome, clock=self.clock, ids=self.ids)
        await mark(tx, outcome.action_id, clock=self.clock, ids=self.ids)
        facts = {
            "outcome": str(outcome.id),
            "kind": outcome.kind,
            "event": outcome.event,
            "before": before,
            "status": outcome.status,
            "predicted": str(outcome.predicted),
            "resolved_by": outcome.reason,
            **({"own": label.own} if label else {}),
        }
        await self.audit.append(
            tx,
            _verb(before, outcome.status, label),
            actor=label.actor if label else None,
            subject_id=outcome.action_id,
            facts=facts,
        )


def _verb(before: str, after: str, label: Label | None) -> str:
    if label is not None:
        return "outcome.labelled"
    if before != OutcomeStatus.PENDING:
        return "outcome.corrected"
    return "outcome.expired" if after == OutcomeStatus.EXPIRED else "outcome.resolved"
