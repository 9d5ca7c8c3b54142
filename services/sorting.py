"""Mail that belongs to no account, and mail that was kept back: what a person says about it.

Until someone chooses, only the headers of such mail are kept and no model has seen it. Linking
reads the mail again from Gmail; ignoring forgets even the subject.
"""

from dataclasses import dataclass
from uuid import UUID

from db import commands, conversations, customers, jobs, members, messages
from db import feedback as feedback_rows
from db.models.customers import Account, Contact
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import touch
from services.errors import Conflict, Forbidden, NotFound
from services.meetings import keeping as meetings
from services.ports import Clock, Ids
from services.types.people import Actor, Role


@dataclass(frozen=True, slots=True)
class SortingService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def link(
        self, actor: Actor, conversation_id: UUID, *, account_id: UUID, command_id: str
    ) -> None:
        """This mail belongs to that account, and so does its sender from now on."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, command_id, "link"):
                return
            account = await customers.get_account(tx, account_id)
            if account is None:
                raise NotFound("I don't find that account any more.")
            await self._adopt(tx, actor, conversation_id, account)

    async def lead(self, actor: Actor, conversation_id: UUID, *, command_id: str) -> None:
        """A new company: an account of its own, owned by the actor, lifecycle prospect."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, command_id, "lead"):
                return
            conversation = await conversations.get_conversation(tx, conversation_id)
            head = (
                await messages.get_message(tx, conversation.head_message_id)
                if conversation and conversation.head_message_id
                else None
            )
            if head is None:
                raise NotFound("This mail is no longer there.")
            email = str(head.sender.get("email", ""))
            name = await self._free_name(tx, str(head.sender.get("name") or email))
            account = Account(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                name=name,
                owner_id=actor.member_id,
                lifecycle="prospect",
            )
            tx.session.add(account)
            await tx.session.flush()
            await self._adopt(tx, actor, conversation_id, account)

    async def ignore(self, actor: Actor, conversation_id: UUID, *, command_id: str) -> None:
        """Nothing for us: even the subject is forgotten."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, command_id, "ignore"):
                return
            await self._held(tx, actor, conversation_id)
            await conversations.set_conversation(tx, conversation_id, link="ignored", subject="")
            await messages.forget_messages(tx, conversation_id)
            await self.audit.append(
                tx, "conversation.ignored", actor=actor, subject_id=conversation_id
            )
            await self._refresh(tx, actor)

    async def should_have_told_me(self, actor: Actor, message_id: UUID, *, command_id: str) -> None:
        """The actor wanted to be told of this mail: it is remembered, and the mail is asked about
        now."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._repeated(tx, command_id, "should_have_told_me"):
                return
            message = await messages.get_message(tx, message_id)
            if message is None:
                raise NotFound("This mail is no longer there.")
            await feedback_rows.set_feedback(
                tx,
                feedback_id=self.ids.new(),
                member_id=actor.member_id,
                target="message",
                target_id=message_id,
                rating=-1,
                reason="should have told me",
                source="command",
                at=self.clock.now(),
            )
            await self.audit.append(
                tx, "feedback.should_have_told", actor=actor, subject_id=message_id
            )

    # ── shared ──────────────────────────────────────────────────────────────────────────────────
    async def _repeated(self, tx: Tx, command_id: str, verb: str) -> bool:
        done = await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )
        return done is not None

    @staticmethod
    async def _held(tx: Tx, actor: Actor, conversation_id: UUID) -> None:
        conversation = await conversations.lock_conversation(tx, conversation_id)
        member = await members.get_member(tx, actor.member_id)
        if conversation is None or member is None:
            raise NotFound("This mail is no longer there.")
        if conversation.link != "unlinked":
            raise Conflict("Someone has already sorted this mail.")
        if conversation.responder_id != member.id and member.role not in {
            Role.MANAGER,
            Role.ADMIN,
        }:
            raise Forbidden("This mail is not yours to sort.")

    async def _adopt(self, tx: Tx, actor: Actor, conversation_id: UUID, account: Account) -> None:
        await self._held(tx, actor, conversation_id)
        deals = await customers.list_open_deals(tx, account.id)
        await conversations.set_conversation(
            tx,
            conversation_id,
            link="linked",
            account_id=account.id,
            deal_id=deals[0].id if deals else None,
        )
        await meetings.read_again(tx, conversation_id)
        for message in await messages.list_messages(tx, conversation_id):
            email = str(message.sender.get("email", ""))
            if message.direction != "inbound" or not email:
                continue
            contact = await customers.get_contact_by_email(tx, email)
            if contact is None:
                contact = Contact(
                    tenant_id=tx.tenant_id,
                    id=self.ids.new(),
                    created_at=self.clock.now(),
                    email=email,
                    name=str(message.sender.get("name") or ""),
                )
                tx.session.add(contact)
            # A person has said who this is: from now on the copilot may write to them.
            contact.account_id, contact.status = account.id, "confirmed"
            await tx.session.flush()
            await messages.set_message(tx, message.id, contact_id=contact.id)
            await jobs.enqueue(tx, "message.reread", {"message_id": message.id})
        await self.audit.append(
            tx,
            "conversation.linked",
            actor=actor,
            subject_id=conversation_id,
            facts={"account": str(account.id)},
        )
        await self._refresh(tx, actor)

    async def _refresh(self, tx: Tx, actor: Actor) -> None:
        await touch(tx, "unsorted", actor.member_id, clock=self.clock, ids=self.ids)

    @staticmethod
    async def _free_name(tx: Tx, wanted: str) -> str:
        taken = {a.name for a in await customers.search_accounts(tx, wanted, 100, merged=True)}
        if wanted not in taken:
            return wanted
        return next(f"{wanted} ({n})" for n in range(2, 200) if f"{wanted} ({n})" not in taken)
