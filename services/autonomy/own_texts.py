"""What a person says about a text that the copilot did not show, or sent by itself: write it, let
it be, and why it was stopped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from db import actions as rows
from db import commands, conversations, jobs, judgements, members
from db import drafts as draft_rows
from db.models.actions import Action
from db.models.drafts import Draft
from db.session import Database, Tx
from services.audit import AuditService
from services.autonomy.deciding import want
from services.cards import touch
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.ports import Clock, Ids
from services.types.own_texts import NOT_NEEDED, STOPPED_BECAUSE
from services.types.people import LEADS, Actor

GONE = "This is no longer there."
MOVED_ON = "This has moved on since the card was shown; it shows what counts now."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTextService:
    """Each verb is one transaction; a repeated command does nothing."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def draft_it(self, actor: Actor, action_id: UUID, *, command_id: str) -> None:
        """Have the answer written. A person asked for it, so it waits for one."""
        async with self._unwritten(actor, action_id, "draft_it", command_id) as (tx, action, draft):
            if action is None or draft is None:
                return
            want(action, draft, actor.member_id)
            await tx.session.flush()
            payload = {"action_id": action.id, "base_revision": draft.revision, "fresh": True}
            await jobs.enqueue(tx, "draft.compose", payload)
            await self.audit.append(tx, "draft.wanted", actor=actor, subject_id=action.id)
            await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)

    async def leave_it(self, actor: Actor, action_id: UUID, *, command_id: str) -> None:
        """The mail needs no answer."""
        async with self._unwritten(actor, action_id, "leave_it", command_id) as (tx, action, draft):
            if action is None or draft is None:
                return
            action.status, draft.status = "rejected", "rejected"
            action.decided_by, action.decided_at = actor.member_id, self.clock.now()
            action.decided_surface, action.decision_reason = "slack", NOT_NEEDED
            await tx.session.flush()
            await self.audit.append(
                tx,
                "action.rejected",
                actor=actor,
                subject_id=action.id,
                facts={"reason": NOT_NEEDED, "surface": "slack"},
            )
            await touch(tx, "mail", action.id, clock=self.clock, ids=self.ids)

    async def say_why(self, actor: Actor, action_id: UUID, what: str, *, command_id: str) -> None:
        """Why they stopped what was leaving by itself, in a word of STOPPED_BECAUSE."""
        if what not in STOPPED_BECAUSE:
            raise InvalidInput("I don't know this reason.")
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, "say_why", command_id):
                return
            if await rows.lock_action(tx, action_id) is None:
                raise NotFound(GONE)
            judgement = await judgements.newest_judgement(tx, action_id)
            if judgement is None or judgement.undone_by != actor.member_id:
                raise Forbidden("Only whoever stopped it says why.")
            await judgements.set_undone_reason(tx, judgement.id, what)
            await self.audit.append(
                tx, "effect.undo_reason", actor=actor, subject_id=action_id, facts={"why": what}
            )
            await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)

    @asynccontextmanager
    async def _unwritten(
        self, actor: Actor, action_id: UUID, verb: str, command_id: str
    ) -> AsyncIterator[tuple[Tx, Action | None, Draft | None]]:
        """The action and its draft, held in the order of everybody else, where no text is shown.
        Yields nothing for a command that was carried out before."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, verb, command_id):
                yield tx, None, None
                return
            seen = await rows.get_action(tx, action_id)
            if seen is not None and seen.conversation_id is not None:
                await conversations.lock_conversation(tx, seen.conversation_id)
            action = await rows.lock_action(tx, action_id)
            member = await members.get_member(tx, actor.member_id)
            if action is None or action.draft_id is None or member is None or not member.active:
                raise NotFound(GONE)
            draft = await draft_rows.lock_draft(tx, action.draft_id)
            if action.owner_id != member.id and member.role not in LEADS:
                raise Forbidden("This one is for its responder or a manager to decide.")
            if draft is None or action.status != "pending" or draft.status != "held":
                raise Conflict(MOVED_ON)
            yield tx, action, draft

    async def _repeated(self, tx: Tx, verb: str, command_id: str) -> bool:
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=command_id,
            verb=verb,
            now=self.clock.now(),
        )
        return done is not None
