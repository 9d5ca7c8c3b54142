"""How a trigger ends: acted on, dismissed, lapsed; and how a mail of the copilot is called off."""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import drafts as draft_rows
from db import jobs, timers
from db.models.outreach import Trigger
from db.session import Tx
from services.audit import AuditService
from services.cards import touch
from services.gates import moved_on
from services.ports import Clock, Ids
from services.types.outreach import CARD, TriggerStatus
from services.types.people import Actor

LATER_TIMER = "proposal.later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Works inside the caller's transaction; `show` comes last in it."""

    clock: Clock
    ids: Ids
    audit: AuditService

    async def settle(
        self,
        tx: Tx,
        trigger: Trigger,
        status: TriggerStatus,
        why: str = "",
        *,
        by: UUID | None = None,
        actor: Actor | None = None,
    ) -> None:
        """The trigger is held; `by`: who settled it, None for nobody."""
        trigger.status, trigger.why_not = status.value, why
        trigger.settled_at, trigger.settled_by = self.clock.now(), by
        trigger.due_at = None
        trigger.version += 1
        await tx.session.flush()
        await timers.drop_timer(tx, LATER_TIMER, trigger.id)
        facts = {"kind": trigger.kind, "account": str(trigger.account_id), "why": why}
        await self.audit.append(
            tx, f"outreach.{status}", actor=actor, subject_id=trigger.id, facts=facts
        )

    async def call_off(self, tx: Tx, action_id: UUID, why: str) -> UUID | None:
        """A mail the copilot began by itself doesn't leave, unless it is leaving right now; the
        action, when something was called off. Its card is still to be touched."""
        action = await action_rows.lock_action(tx, action_id)
        if action is None or action.draft_id is None:
            return None
        draft = await draft_rows.lock_draft(tx, action.draft_id)
        if draft is None or draft.status == "sending":
            return None
        if action.status not in ("pending", "approved", "held"):
            return None
        await action_rows.cancel_queued(tx, action.id, at=self.clock.now(), why=why)
        action.status, draft.status, action.decision_reason = "voided", "voided", why
        await tx.session.flush()
        await moved_on(tx, action.id, why)
        await jobs.enqueue(tx, "draft.withdraw", {"draft_id": draft.id})
        await self.audit.append(tx, "action.voided", subject_id=action.id, facts={"why": why})
        return action.id

    async def show(self, tx: Tx, trigger_ids: list[UUID], action_ids: list[UUID]) -> None:
        """The cards of these, as they stand now. Last in the transaction."""
        for action_id in sorted(action_ids):
            await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)
        for trigger_id in sorted(trigger_ids):
            await touch(tx, CARD, trigger_id, clock=self.clock, ids=self.ids)

    async def show_to(self, tx: Tx, trigger_id: UUID, member_id: UUID | None) -> None:
        """A card for this member too. Last in the transaction."""
        people = [member_id] if member_id else []
        await touch(tx, CARD, trigger_id, people, clock=self.clock, ids=self.ids)
