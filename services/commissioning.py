"""Begins a mail that answers nothing: an action with an empty draft, whose job writes it. Somebody
asked for it, or the copilot starts it by itself; whom it goes to is settled before."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db import actions as action_rows
from db import conversations, jobs
from db import drafts as draft_rows
from db import linking as lookup
from db.models.actions import Action
from db.models.conversations import Conversation
from db.models.customers import Account
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import ReadTx, Tx
from services.audit import AuditService
from services.errors import Conflict, NotFound
from services.mail.characters import clean_text
from services.ports import Clock, Ids
from services.revisions import declared_type
from services.types.actions import AutonomyLevel, Verdict
from services.types.compose import MailPurpose
from services.types.people import Actor

LONGEST = 2000
HELD = (AutonomyLevel.OFF.value, AutonomyLevel.SHADOW.value)
WAITS_ALREADY = "A draft already waits in this thread. Decide on it first, or begin a new mail."


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioned:
    """A mail to be written. It leaves from `mailbox`, for `owner`, to a contact that may be written
    to. `thread_id`: the conversation it continues; `source` tells its card why it was begun;
    `actor` is who asked, None for the copilot. `level`: how far its type is trusted there."""

    owner: Member
    account: Account
    contact_id: UUID
    mailbox: Mailbox
    purpose: MailPurpose
    instruction: str
    trigger: str
    source: dict[str, Any] = field(default_factory=dict)
    thread_id: UUID | None = None
    action_type: str | None = None
    level: AutonomyLevel = AutonomyLevel.APPROVE
    goal_id: UUID | None = None
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Commissioner:
    """Works inside the caller's transaction."""

    clock: Clock
    ids: Ids
    audit: AuditService

    async def begin(self, tx: Tx, asked: Commissioned) -> Action:
        """Raises Conflict when a draft waits in the thread already, NotFound when it is gone."""
        conversation = await self._conversation(tx, asked)
        draft = await self._draft(tx, asked, conversation)
        action = Action(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            type=asked.action_type or declared_type(asked.purpose).value,
            account_id=asked.account.id,
            deal_id=conversation.deal_id,
            conversation_id=conversation.id,
            draft_id=draft.id,
            owner_id=asked.owner.id,
            trigger=asked.trigger,
            # In shadow nothing counts it among what waits, not even before its text is there.
            status="held" if asked.level is AutonomyLevel.SHADOW else "pending",
            verdict=Verdict.APPROVAL_REQUIRED.value,
            confidence=0,
            level=asked.level.value,
            goal_id=asked.goal_id,
        )
        await action_rows.add_action(tx, action)
        await self.audit.append(
            tx,
            "action.proposed",
            actor=asked.actor,
            subject_id=action.id,
            facts={
                "type": action.type,
                "purpose": asked.purpose.value,
                "contact": str(asked.contact_id),
                "owner": str(asked.owner.id),
            },
        )
        await jobs.enqueue(tx, "draft.compose", {"action_id": action.id, "base_revision": 0})
        return action

    async def _conversation(self, tx: Tx, asked: Commissioned) -> Conversation:
        """A conversation in which nothing was said yet, or the thread that was chosen."""
        if asked.thread_id is not None:
            found = await conversations.lock_conversation(tx, asked.thread_id)
            if found is None or found.account_id != asked.account.id:
                raise NotFound("This thread is no longer there.")
            if await waits_in(tx, found.id):
                raise Conflict(WAITS_ALREADY)
            return found
        deal = await lookup.find_open_deal(tx, asked.account.id)
        conversation = Conversation(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            subject="",
            account_id=asked.account.id,
            deal_id=deal.id if deal else None,
            link="linked",
            responder_id=asked.owner.id,
            responder_mailbox_id=asked.mailbox.id,
        )
        await conversations.add_conversation(tx, conversation)
        return conversation

    async def _draft(self, tx: Tx, asked: Commissioned, conversation: Conversation) -> Draft:
        thread = (conversation.subject or "no subject") if asked.thread_id else None
        draft = Draft(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            conversation_id=conversation.id,
            mailbox_id=asked.mailbox.id,
            purpose=asked.purpose.value,
            contact_id=asked.contact_id,
            instruction=clean_text(asked.instruction).strip()[:LONGEST],
            source={**asked.source, "thread": thread},
        )
        await draft_rows.add_draft(tx, draft)
        return draft


async def waits_in(tx: ReadTx, conversation_id: UUID) -> bool:
    """Whether somebody has a draft before them in this thread. One that is only written down, to be
    compared with what people do, stands in nobody's way."""
    waiting = await action_rows.list_open_actions(tx, conversation_id)
    return any(one.level not in HELD for one in waiting)
