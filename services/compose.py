"""Mails somebody asks for: who may get one, what it is for, and the draft that begins.

The person chooses account, contact and purpose; the model only writes. Whoever isn't a confirmed
contact of the account can't be chosen, whatever a Slack message says.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db import cards, commands, customers, mailboxes
from db import compose as rows
from db import notes as capture_rows
from db.models.compose import Capture
from db.models.customers import Account
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.audit import AuditService
from services.captures import GONE, suspicion_of
from services.cards import touch
from services.commissioning import LONGEST, Commissioned, Commissioner
from services.compose_choices import (
    account_seen,
    accounts_named,
    people_of,
    purpose_of,
    recipient_of,
)
from services.errors import Conflict, InvalidInput, NotFound
from services.mail.characters import clean_text, one_line
from services.ports import Clock, Ids
from services.reader import reader_of
from services.suspicion import assess
from services.suspicion_audit import note_suspicion
from services.types.actions import BY_PERSON
from services.types.compose import Asked, ComposeForm, ComposeFormView, MailPurpose
from services.types.people import Actor
from services.visibility import only_of

CARD = "mail"
OFFERED = 100
NOT_YOURS = "This account is no longer there, or it isn't one of yours."
NO_MAILBOX = "Connect your Gmail first, so that the mail can leave from you."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Who asks, and the words they asked with."""

    actor: Actor
    member: Member
    capture: Capture


@dataclass(frozen=True, slots=True)
class ComposeService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def ask(self, actor: Actor, words: str, *, command_id: str) -> Asked:
        """`Acme for a nudge about the pilot`: begun at once when nothing is left to choose."""
        words = one_line(clean_text(words)).strip()[:LONGEST]
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            found, said = await accounts_named(tx, words, only_of(member))
            capture = await self._kept(tx, member, said, command_id)
            if len(found) == 1:
                order = _Order(actor=actor, member=member, capture=capture)
                return await self._begun(tx, order, found[0], command_id)
            if words and not found:
                raise NotFound(f"I know no account like “{words[:80]}”.")
            if found:
                named = tuple((account.id, account.name) for account in found)
                return Asked(accounts=named, capture_id=capture.id)
            return Asked(form=await self._form(tx, member, capture, None))

    async def accounts(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        """The actor's accounts whose name or domain holds what was typed, the best first."""
        async with self.db.read(actor.tenant_id) as tx:
            only = only_of(await require_member(tx, actor))
            found = await customers.search_accounts(tx, text, OFFERED, only=only)
        return tuple((account.id, account.name) for account in found)

    async def begin(
        self, actor: Actor, *, account_id: UUID | None, command_id: str
    ) -> ComposeFormView:
        """An empty form, for an account where one is known."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            account = await account_seen(tx, member, account_id)
            if account is None and account_id is not None:
                raise NotFound(NOT_YOURS)
            capture = await self._kept(tx, member, "", command_id)
            return await self._form(tx, member, capture, account)

    async def choose(
        self, actor: Actor, capture_id: UUID, account_id: UUID, *, command_id: str
    ) -> Asked:
        """The account that was meant, chosen from several."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, capture = await self._owned(tx, actor, capture_id)
            account = await account_seen(tx, member, account_id)
            if account is None:
                raise NotFound(NOT_YOURS)
            order = _Order(actor=actor, member=member, capture=capture)
            return await self._begun(tx, order, account, command_id)

    async def form(
        self, actor: Actor, capture_id: UUID, *, account_id: UUID | None = None
    ) -> ComposeFormView:
        """The form as it stands for an account; without one, for the one the text is about."""
        async with self.db.read(actor.tenant_id) as tx:
            member, capture = await self._owned(tx, actor, capture_id)
            account = await account_seen(tx, member, account_id or capture.account_id)
            if account is None and account_id is not None:
                raise NotFound(NOT_YOURS)
            return await self._form(tx, member, capture, account)

    async def confirm_contact(self, actor: Actor, contact_id: UUID) -> UUID:
        """A person vouches for a contact learned from mail; says whose account it is of."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            contact = await rows.lock_contact(tx, contact_id)
            if contact is None or contact.account_id is None:
                raise NotFound("This person is no longer there.")
            if await account_seen(tx, member, contact.account_id) is None:
                raise NotFound(NOT_YOURS)
            if contact.status == "observed":
                contact.status = "confirmed"
                await tx.session.flush()
                facts = {"by": str(member.id)}
                await self.audit.append(
                    tx, "contact.confirmed", actor=actor, subject_id=contact.id, facts=facts
                )
            return contact.account_id

    async def start(self, actor: Actor, form: ComposeForm, *, command_id: str) -> str:
        """Begin the mail: an action with an empty draft, whose job writes it. Says what happens."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, capture = await self._owned(tx, actor, form.capture_id)
            order = _Order(actor=actor, member=member, capture=capture)
            _, sentence = await self._start(tx, order, form, command_id)
            return sentence

    async def compose(
        self,
        actor: Actor,
        account_id: UUID,
        contact_id: UUID,
        instruction: str,
        command_id: str,
    ) -> None:
        """Begin a mail from a question (services.agent_looking.Composer)."""
        words = clean_text(instruction).strip()[:LONGEST]
        async with self.db.transaction(actor.tenant_id) as tx:
            await self.begin_for(
                tx,
                actor,
                (account_id, contact_id),
                purpose=purpose_of(words),
                instruction=words,
                command_id=command_id,
            )

    async def begin_for(
        self,
        tx: Tx,
        actor: Actor,
        recipient: tuple[UUID, UUID],
        *,
        purpose: MailPurpose,
        instruction: str,
        command_id: str,
        thread_id: UUID | None = None,
    ) -> tuple[UUID, str]:
        """Begin a mail to (account, contact) in the open transaction; says what happens."""
        account_id, contact_id = recipient
        member = await require_member(tx, actor)
        capture = await self._kept(tx, member, instruction, command_id)
        form = ComposeForm(
            capture_id=capture.id,
            account_id=account_id,
            contact_id=contact_id,
            purpose=purpose,
            instruction=instruction,
            thread_id=thread_id,
        )
        order = _Order(actor=actor, member=member, capture=capture)
        return await self._start(tx, order, form, command_id)

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _begun(self, tx: Tx, order: _Order, account: Account, command_id: str) -> Asked:
        """With one person to write to and a word of what for, nothing is left to ask."""
        people = [c for c in await people_of(tx, account) if c.barred is None]
        capture = order.capture
        if len(people) != 1 or not capture.text:
            return Asked(form=await self._form(tx, order.member, capture, account))
        form = ComposeForm(
            capture_id=capture.id,
            account_id=account.id,
            contact_id=people[0].id,
            purpose=purpose_of(capture.text),
            instruction=capture.text,
        )
        action_id, sentence = await self._start(tx, order, form, f"{command_id}:start")
        return Asked(action_id=action_id, sentence=sentence)

    async def _start(
        self, tx: Tx, order: _Order, form: ComposeForm, command_id: str
    ) -> tuple[UUID, str]:
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=command_id,
            verb="compose.start",
            now=self.clock.now(),
        )
        if done is not None and done.get("action_id"):
            return UUID(done["action_id"]), str(done.get("sentence", ""))
        member = order.member
        if await account_seen(tx, member, form.account_id) is None:
            raise InvalidInput(NOT_YOURS, field="account")
        account, contact = await recipient_of(tx, form)
        mailbox = await mailboxes.mailbox_of_member(tx, member.id)
        if mailbox is None:
            raise Conflict(NO_MAILBOX)
        commissioner = Commissioner(self.clock, self.ids, self.audit)
        action = await commissioner.begin(
            tx,
            Commissioned(
                owner=member,
                account=account,
                contact_id=contact.id,
                mailbox=mailbox,
                purpose=form.purpose,
                instruction=form.instruction,
                trigger=f"{BY_PERSON}{form.capture_id}",
                source=_source_of(order),
                thread_id=form.thread_id,
                actor=order.actor,
            ),
        )
        if order.capture.kind != "compose":
            await note_suspicion(
                tx,
                self.audit,
                assess(order.capture.text),
                came_by="request",
                subject_id=action.id,
                actor=order.actor,
            )
        who = contact.name or contact.email
        sentence = f"I'm drafting a mail to {who} ({account.name}). It comes to you here."
        await commands.set_command_result(
            tx, command_id, {"action_id": str(action.id), "sentence": sentence}
        )
        await capture_rows.settle_capture(
            tx, order.capture.id, expect=("open", "reading", "read", "failed"), status="done"
        )
        await touch(tx, CARD, action.id, [member.id], clock=self.clock, ids=self.ids)
        await cards.set_asked_for(
            tx,
            kind=CARD,
            subject_id=action.id,
            recipient_id=member.id,
            at=self.clock.now(),
        )
        return action.id, sentence

    async def _form(
        self, tx: ReadTx, member: Member, capture: Capture, account: Account | None
    ) -> ComposeFormView:
        people = await people_of(tx, account) if account else ()
        can = [person for person in people if person.barred is None]
        named = next((p.id for p in can if p.id == capture.contact_id), None)
        thread = await rows.newest_thread(tx, account.id) if account else None
        taken = capture.kind != "compose"
        return ComposeFormView(
            reader=reader_of(member, self.clock),
            capture_id=capture.id,
            source=capture.text if taken else "",
            author=capture.author if taken else "",
            account=(account.id, account.name) if account else None,
            contacts=people,
            chosen=named or (can[0].id if can else None),
            thread=(thread.id, thread.subject or "no subject") if thread else None,
            purpose=MailPurpose.REPLY if taken else purpose_of(capture.text),
            instruction="" if taken else capture.text,
            suspicious=bool(suspicion_of(capture.text)) if taken else False,
        )

    async def _kept(self, tx: Tx, member: Member, said: str, command_id: str) -> Capture:
        """What was asked for, kept so that a button need not carry it."""
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=f"{command_id}:kept",
            verb="compose.ask",
            now=self.clock.now(),
        )
        kept = (
            await capture_rows.get_capture(tx, UUID(done["capture_id"]))
            if done and done.get("capture_id")
            else None
        )
        if kept is not None:
            return kept
        capture = Capture(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            member_id=member.id,
            kind="compose",
            status="open",
            text=said,
            author=member.name,
        )
        await capture_rows.add_capture(tx, capture)
        await commands.set_command_result(tx, f"{command_id}:kept", {"capture_id": str(capture.id)})
        return capture

    async def _owned(self, tx: ReadTx, actor: Actor, capture_id: UUID) -> tuple[Member, Capture]:
        member = await require_member(tx, actor)
        capture = await capture_rows.get_capture(tx, capture_id)
        if capture is None or capture.member_id != member.id:
            raise NotFound(GONE)
        return member, capture


def _source_of(order: _Order) -> dict[str, Any]:
    """What the mail was asked on. Words of a command are the person's own; a Slack message is
    somebody's."""
    capture = order.capture
    taken = capture.kind != "compose"
    return {
        "asked_by": order.member.name,
        "text": capture.text if taken else "",
        "author": capture.author if taken else "",
        "permalink": capture.permalink if taken else None,
        **(suspicion_of(capture.text) if taken else {}),
    }
