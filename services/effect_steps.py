"""What becomes of an effect on its way, inside the caller's transaction: given back, called off, or
undone. Nothing here asks Gmail; whoever calls knows what is certain."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import actions as rows
from db import drafts as draft_rows
from db import jobs, judgements, members
from db.models.actions import Action, Effect
from db.models.drafts import Draft, DraftRevision
from db.session import Tx
from services.audit import AuditService
from services.cards import touch
from services.gates import moved_on
from services.ports import Clock, Ids
from services.undo_waits import by_rule
from services.weighing import want_weighing

TAKEN = "taken_back"
"""In an effect's result: the Gmail draft that was taken away from under a send."""


@dataclass(slots=True, kw_only=True)
class EffectWork:
    """An effect under lease until `until`, with the rows it was decided on."""

    effect: Effect
    action: Action
    draft: Draft
    revision: DraftRevision
    mailbox_id: UUID
    known: frozenset[str]
    token: UUID
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSteps:
    clock: Clock
    ids: Ids
    audit: AuditService

    async def requeue(self, tx: Tx, work: EffectWork) -> None:
        """It is certain that nothing left: the claim is given back, for good if somebody has asked
        for an undo meanwhile."""
        action = await rows.lock_action(tx, work.action.id)
        draft = await draft_rows.lock_draft(tx, work.draft.id)
        effect = await rows.lock_effect(tx, work.effect.id)
        if effect is None or draft is None or effect.status != "sending":
            return
        draft.status = "ready"
        if effect.undo_at is not None and action is not None:
            await self.undone(tx, action, effect)
            return
        effect.status, effect.claimed_at = "queued", None
        await tx.session.flush()

    async def note_taken(self, tx: Tx, work: EffectWork) -> None:
        """The draft is about to be taken away; whoever comes after a crash knows who took it."""
        effect = await rows.lock_effect(tx, work.effect.id)
        if effect is not None and effect.status == "sending":
            effect.result = {TAKEN: work.draft.gmail_draft_id}
            await tx.session.flush()

    async def give_up_draft(self, tx: Tx, work: EffectWork) -> None:
        """The draft was taken away and nothing left: the claim is given back, and the text goes
        into Gmail's drafts anew."""
        await self.requeue(tx, work)
        draft = await draft_rows.lock_draft(tx, work.draft.id)
        if draft is not None and draft.gmail_draft_id == work.draft.gmail_draft_id:
            draft.gmail_draft_id = draft.gmail_message_id = draft.gmail_revision = None
            await tx.session.flush()
        await jobs.enqueue(tx, "draft.push", {"draft_id": work.draft.id})
        await jobs.enqueue(tx, "effect.run", {"effect_id": work.effect.id})

    async def undone(self, tx: Tx, action: Action, effect: Effect) -> None:
        """Nothing left and nothing will: the effect is off and the draft asks again. The caller
        holds both, and has written down who undid it."""
        effect.status, effect.settled_at = "cancelled", self.clock.now()
        effect.claimed_at = effect.lease_token = effect.lease_until = None
        effect.result = {"why": "undone"}
        if by_rule(action) and effect.undo_at is not None and effect.undo_by is not None:
            await judgements.set_undone(
                tx, action.id, effect.revision, at=effect.undo_at, by=effect.undo_by
            )
            await want_weighing(tx, action.type)
        if action.status == "approved":
            action.status = "pending"
            action.decided_by = action.decided_at = action.decided_hash = None
            action.decided_revision = action.decided_surface = action.decision_reason = None
        await tx.session.flush()
        who = await members.get_member(tx, effect.undo_by) if effect.undo_by else None
        why = f"{who.name if who else 'Somebody'} undid it before it left."
        await self._tell_unsent(tx, action.id, "effect.undone", why)

    async def back_to_pending(self, tx: Tx, work: EffectWork, why: str) -> None:
        """The approval can't be carried out as it was given: the card asks again and says why."""
        await self.give_back(tx, work.action.id, why)

    async def give_back(self, tx: Tx, action_id: UUID, why: str) -> None:
        """What was authorised and hasn't been claimed isn't any more: its card asks again."""
        await rows.lock_action(tx, action_id)
        await rows.cancel_queued(tx, action_id, at=self.clock.now(), why=why)
        settled = await rows.settle_action(
            tx,
            action_id,
            expect="approved",
            status="pending",
            decided_by=None,
            decided_at=None,
            decided_hash=None,
            decided_revision=None,
            decided_surface=None,
            decision_reason=why,
        )
        if settled:
            await self._tell_unsent(tx, action_id, "effect.cancelled", why)

    async def _tell_unsent(self, tx: Tx, action_id: UUID, verb: str, why: str) -> None:
        await self.audit.append(tx, verb, subject_id=action_id, facts={"why": why})
        await moved_on(tx, action_id, why)
        await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)
