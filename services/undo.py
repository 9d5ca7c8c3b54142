"""Undo: what was authorised and has not left yet is called off, and the draft asks again.

Queued is easy: the same rows the claim locks are changed in one transaction, so either the claim or
the undo was first. Past the point of no return the wish is written down, and a job tries to delete
the draft in Gmail: Gmail deletes it or sends it, never both, so its answer says which was faster.
Without an answer the sending is settled by looking, like any other whose answer is not known.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from db import actions as rows
from db import cards, commands, conversations, jobs, members
from db import drafts as draft_rows
from db.models.actions import Action, Effect
from db.models.drafts import Draft
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.audit import AuditService
from services.cards import touch
from services.effect_steps import EffectSteps
from services.errors import Conflict, Forbidden, NotFound
from services.ports import Clock, Ids, Mails
from services.threads import taken_back
from services.types.people import LEADS, Actor
from services.types.undo import Undone
from services.undo_waits import by_rule

log = structlog.get_logger()

JOB = "effect.undo"
STOPPED = Undone(
    stopped=True,
    sentence="Undone. Nothing was sent; the draft waits on its card and in Gmail's drafts.",
)
TRYING = Undone(
    stopped=False,
    sentence="It is leaving this very moment. I'm trying to stop it; the card says who was faster.",
)
NOTHING = "There is nothing on its way that could be undone."
UNKNOWN = "I can't tell whether it left. Look in Gmail's Sent folder."


async def may_undo(tx: ReadTx, action: Action, member_id: UUID, role: str) -> bool:
    """Whoever decided, whose mail it is, and those above them. Of what nobody decided, everybody
    whose card shows it."""
    above = role in LEADS
    if above or member_id in {action.decided_by, action.owner_id}:
        return True
    return (
        by_rule(action)
        and await cards.get_card_of(tx, kind="mail", subject_id=action.id, recipient_id=member_id)
        is not None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    mails: Mails

    @property
    def _steps(self) -> EffectSteps:
        return EffectSteps(clock=self.clock, ids=self.ids, audit=self.audit)

    async def undo(self, actor: Actor, action_id: UUID, *, command_id: str, surface: str) -> Undone:
        """Call off what is about to leave. Forbidden: not this person's to undo; Conflict: it has
        left, or there is nothing to undo, as its sentence says. A repeated command gets the first
        answer."""
        async with self.db.transaction(actor.tenant_id) as tx:
            repeated = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="undo",
                now=self.clock.now(),
            )
            if repeated is not None:
                return STOPPED if repeated.get("stopped") else TRYING
            action, member = await self._held(tx, action_id, actor.member_id)
            newest = await rows.newest_effect(tx, action.id)
            effect = await rows.lock_effect(tx, newest.id) if newest else None
            may = await may_undo(tx, action, member.id, member.role)
            if action.status == "approved" and not may:
                raise Forbidden(await self._not_yours(tx, action))
            if effect is None or effect.status not in rows.OPEN_EFFECTS:
                raise Conflict(await self._too_late(tx, action, effect, actor))
            effect.undo_at, effect.undo_by = self.clock.now(), actor.member_id
            await self.audit.append(
                tx,
                "effect.undo",
                actor=actor,
                subject_id=action.id,
                facts={"effect": str(effect.id), "from": effect.status, "surface": surface},
            )
            stopped = effect.status == "queued"
            await commands.set_command_result(tx, command_id, {"stopped": stopped})
            if stopped:
                await self._steps.undone(tx, action, effect)
                return STOPPED
            await jobs.enqueue(tx, JOB, {"effect_id": effect.id})
            await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)
            return TRYING

    async def stop(self, tenant_id: UUID, effect_id: UUID) -> None:
        """The job `effect.undo`: take the draft away from under a send that has been claimed."""
        async with self.db.read(tenant_id) as tx:
            effect, draft = await self._on_its_way(tx, effect_id)
        if effect is None or draft is None or draft.mailbox_id is None:
            return
        gateway = await self.mails.of(tenant_id, draft.mailbox_id)
        deleted = await taken_back(gateway, draft)
        async with self.db.transaction(tenant_id) as tx:
            if not deleted:
                await jobs.enqueue(tx, "effect.run", {"effect_id": effect_id})
                return
            action = await rows.lock_action(tx, effect.action_id)
            current = await draft_rows.lock_draft(tx, draft.id)
            effect = await rows.lock_effect(tx, effect_id)
            if action is None or current is None or effect is None:
                return
            if effect.status not in rows.OPEN_EFFECTS or effect.undo_at is None:
                return
            if current.gmail_draft_id == draft.gmail_draft_id:
                # The draft that stood there is gone: the text goes back into Gmail's drafts.
                current.gmail_draft_id = current.gmail_message_id = current.gmail_revision = None
            current.status = "ready"
            await self._steps.undone(tx, action, effect)
            await jobs.enqueue(tx, "draft.push", {"draft_id": current.id})

    @staticmethod
    async def _on_its_way(tx: ReadTx, effect_id: UUID) -> tuple[Effect | None, Draft | None]:
        effect = await rows.get_effect(tx, effect_id)
        if effect is None or effect.status not in rows.OPEN_EFFECTS or effect.undo_at is None:
            return None, None
        return effect, await draft_rows.get_draft(tx, effect.draft_id or UUID(int=0))

    @staticmethod
    async def _held(tx: Tx, action_id: UUID, member_id: UUID) -> tuple[Action, Member]:
        """The action, its conversation and its draft, held in the order of everybody else."""
        seen = await rows.get_action(tx, action_id)
        if seen is not None and seen.conversation_id is not None:
            await conversations.lock_conversation(tx, seen.conversation_id)
        action = await rows.lock_action(tx, action_id)
        member = await members.get_member(tx, member_id)
        if action is None or action.draft_id is None or member is None or not member.active:
            raise NotFound("This is no longer there.")
        await draft_rows.lock_draft(tx, action.draft_id)
        return action, member

    @staticmethod
    async def _not_yours(tx: ReadTx, action: Action) -> str:
        people = [one for one in dict.fromkeys((action.decided_by, action.owner_id)) if one]
        found = [await members.get_member(tx, one) for one in people]
        names = [one.name for one in found if one is not None]
        return f"This one is for {' or '.join([*names, 'a manager'])} to undo."

    @staticmethod
    async def _too_late(tx: ReadTx, action: Action, effect: Effect | None, actor: Actor) -> str:
        if effect is None:
            return NOTHING
        if effect.status == "done":
            return f"It left at {_hour(effect.claimed_at or effect.settled_at, actor)}."
        if effect.status == "unknown":
            return UNKNOWN
        if action.status == "pending" and effect.undo_at is not None:
            who = await members.get_member(tx, effect.undo_by) if effect.undo_by else None
            name = who.name if who else "Somebody"
            return f"{name} undid this at {_hour(effect.undo_at, actor)}. Nothing was sent."
        return NOTHING


def _hour(at: datetime | None, actor: Actor) -> str:
    return f"{at.astimezone(ZoneInfo(actor.timezone)):%H:%M}" if at else "an unknown time"
