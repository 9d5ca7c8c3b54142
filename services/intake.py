"""Putting one received mail into its conversation. No model, no network: the transaction that
advances the mailbox's cursor does this too."""

import hashlib
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from db import compose as compose_rows
from db import conversations, inbound, jobs, mailboxes, messages
from db import linking as lookups
from db.models.conversations import Conversation, Message
from db.models.customers import Contact
from db.models.mailboxes import Mailbox, MailboxMessage
from db.session import Tx
from services import linking, metrics
from services.health.recomputing import touch_health
from services.mail.language import detect
from services.mail.tokens import redacted
from services.meetings import keeping as meetings
from services.meetings.invitations import MeetingBook
from services.outcomes.resolving import NOTICES
from services.ports import Clock, Ids, StoredMail
from services.search import entries
from services.suppression import Erased, nobody_erased
from services.suspicion import orders_beneath
from services.types.mail import Address, MailKind, ParsedMail, SenderProof
from services.types.search import SearchSource

SKIPPED_LABELS = frozenset({"DRAFT", "SPAM", "TRASH"})
BEFORE_CONNECT = "it came before you connected this mailbox"
IGNORED = "you chose to ignore this conversation"
COLLEAGUE = "it is from a colleague"
NO_SENDER = "it names no sender"
QUIET_KINDS = {
    MailKind.AUTO_REPLY: "an automatic reply",
    MailKind.BOUNCE: "a delivery failure",
    MailKind.LIST: "a newsletter",
    MailKind.CALENDAR: "a calendar notice",
}
OTHER_BODY = "another message with the same Message-ID is already here"


class Writer(StrEnum):
    """Who wrote a mail, as far as it can be known."""

    US = "us"
    COLLEAGUE = "colleague"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One mail in one mailbox. `quiet` keeps it from asking anybody: it is older than the
    connection."""

    mailbox: Mailbox
    stored: StoredMail
    parsed: ParsedMail
    quiet: bool = False

    @property
    def root(self) -> str:
        """The first message of its thread, as the mail tells it."""
        parsed = self.parsed
        return next(iter(parsed.references), parsed.in_reply_to or parsed.message_id)

    @property
    def uids(self) -> tuple[str, ...]:
        """The meetings it tells of: worked on by one reader at a time, like its thread."""
        return tuple(one.uid for one in self.parsed.invitations)

    @property
    def chain(self) -> tuple[str, ...]:
        """The messages before it, the nearest last."""
        parent = (self.parsed.in_reply_to,) if self.parsed.in_reply_to else ()
        return (*self.parsed.references, *parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    clock: Clock
    ids: Ids
    erased: Erased = nobody_erased

    async def store(self, tx: Tx, arrival: Arrival) -> Message | None:
        """Keep one mail; None when it is not to be kept. The caller has locked its thread."""
        labels = arrival.stored.labels
        if labels & SKIPPED_LABELS or arrival.parsed.own_notice:
            return None
        # Whoever forwards a mail of ours forwards its tokens; none of them is kept or analysed.
        arrival = replace(arrival, parsed=redacted(arrival.parsed))
        parsed = arrival.parsed
        if not await self._receive(tx, arrival):
            return None
        known = await linking.known_of(tx, _everybody(parsed))
        writer = _writer(arrival, known)
        link = linking.decide(_parties(parsed, writer), known)
        # Of a mail that somebody who was erased wrote or got nothing is kept, no header either.
        if link.excluded or await self.erased(tx, linking.all_spellings(_everybody(parsed))):
            await inbound.drop_inbound(tx, _key(arrival))
            tx.committed.append(metrics.MAIL_EXCLUDED.inc)
            return None
        message = await messages.find_by_rfc_id(tx, parsed.message_id)
        if message is None:
            message = await self._add(tx, arrival, writer, link)
        elif message.body_sha256 != parsed.body_sha256:
            await inbound.set_inbound(tx, _key(arrival), status="set_aside", note=OTHER_BODY)
            return None
        elif writer is Writer.US and message.direction == "inbound":
            # A colleague's copy came first; the sender's own mailbox proves who wrote it.
            message.direction, message.attention = "outbound", "ours"
        await self._place(tx, arrival, message)
        await self._choose(tx, message, parsed)
        await inbound.set_inbound(tx, _key(arrival), status="done")
        return message

    async def set_aside(self, tx: Tx, arrival_key: inbound.InboundKey, note: str) -> None:
        """Remember that this mail can't be worked on, and why; it is not tried again."""
        await inbound.add_inbound(
            tx,
            row_id=self.ids.new(),
            now=self.clock.now(),
            key=arrival_key,
            digest="",
            payload={},
        )
        await inbound.set_inbound(tx, arrival_key, status="set_aside", note=note)

    async def _receive(self, tx: Tx, arrival: Arrival) -> bool:
        now = self.clock.now()
        fresh = await inbound.add_inbound(
            tx,
            row_id=self.ids.new(),
            now=now,
            key=_key(arrival),
            digest=hashlib.sha256(arrival.stored.raw).hexdigest(),
            payload={"thread": arrival.stored.thread_id},
        )
        result = "new" if fresh else "repeat"
        tx.committed.append(metrics.INBOUND.labels(_key(arrival).source, result).inc)
        if fresh and not arrival.quiet:
            lag = max((now - arrival.stored.received_at).total_seconds(), 0)
            tx.committed.append(lambda: metrics.MAIL_LAG.observe(lag))
        return fresh

    async def _add(self, tx: Tx, arrival: Arrival, writer: Writer, link: linking.Link) -> Message:
        conversation = await self._conversation(tx, arrival, writer, link)
        contact_id = link.contact_id
        if link.learned is not None and writer is Writer.CUSTOMER and _believable(arrival.parsed):
            contact_id = await self._learn(tx, link.learned, link.account_id)
        message = self._message(arrival, conversation, writer)
        message.contact_id = contact_id if writer is Writer.CUSTOMER else None
        await messages.add_message(tx, message)
        spoofed = writer is Writer.COLLEAGUE and arrival.parsed.proof is SenderProof.FAIL
        if not spoofed:
            await conversations.set_head(tx, conversation.id, message.id, message.received_at)
        await self._follow(tx, arrival, message, writer)
        await self._keep_meetings(tx, arrival, message, conversation)
        await self._have_indexed(tx, conversation, message)
        if message.direction == "outbound" and conversation.account_id and not arrival.quiet:
            # Nobody waits for us any more. Detectors see it at the next look: it settles nothing.
            await touch_health(tx, conversation.account_id)
        return message

    async def _keep_meetings(
        self, tx: Tx, arrival: Arrival, message: Message, conversation: Conversation
    ) -> None:
        if arrival.parsed.invitations:
            zone = await meetings.timezone_of(tx, arrival.mailbox)
            await meetings.keep(
                tx,
                arrival.parsed.invitations,
                message,
                conversation,
                MeetingBook(clock=self.clock, ids=self.ids),
                timezone=zone,
            )

    async def _have_indexed(self, tx: Tx, conversation: Conversation, message: Message) -> None:
        """What people wrote can be found; newsletters and absences say nothing to look for."""
        said = message.kind == MailKind.HUMAN or message.direction == "outbound"
        if conversation.account_id is None or not message.text or not said:
            return
        await entries.enqueue(
            tx, SearchSource.MESSAGE, message.id, conversation.account_id, at=self.clock.now()
        )

    @staticmethod
    async def _of_draft(tx: Tx, arrival: Arrival, writer: Writer) -> Conversation | None:
        """The conversation that a draft of ours began: its sent mail names the draft (and is only
        believed in the mailbox it was sent from), an answer stands in the thread it got."""
        token = draft_id_of(arrival.parsed.draft_token) if writer is Writer.US else None
        found = await compose_rows.conversation_of_draft(
            tx,
            arrival.mailbox.id,
            draft_id=token,
            thread_id=None if token else arrival.stored.thread_id,
        )
        began = await conversations.get_conversation(tx, found) if found else None
        if began is not None and not began.subject:
            began.subject = arrival.parsed.subject
        return began

    async def _conversation(
        self, tx: Tx, arrival: Arrival, writer: Writer, link: linking.Link
    ) -> Conversation:
        found = await conversations.find_by_references(tx, arrival.chain)
        if found is None:
            found = await conversations.find_by_thread(
                tx, arrival.mailbox.id, arrival.stored.thread_id
            )
        if found is None:
            found = await self._of_draft(tx, arrival, writer)
        earlier = found.id if found else None
        if found is None:
            found = Conversation(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                subject=arrival.parsed.subject,
                link="unlinked",
            )
            await conversations.add_conversation(tx, found)
        if found.link == "unlinked" and link.account_id is not None:
            if earlier is not None:
                await meetings.read_again(tx, earlier)
            deal = await lookups.find_open_deal(tx, link.account_id)
            found.link, found.account_id = "linked", link.account_id
            found.deal_id = deal.id if deal else None
            await tx.session.flush()
        return found

    async def _learn(self, tx: Tx, person: Address, account_id: UUID | None) -> UUID | None:
        contact = Contact(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            account_id=account_id,
            email=person.email,
            name=person.name,
        )
        return await lookups.add_observed(tx, contact)

    def _message(self, arrival: Arrival, conversation: Conversation, writer: Writer) -> Message:
        parsed, stored = arrival.parsed, arrival.stored
        linked = conversation.link in ("linked", "lead")
        # What nobody has claimed yet keeps its headers only.
        text = (parsed.visible_reply or parsed.text) if linked else None
        attention, reason = _attention(arrival, conversation.link, writer)
        analysis: dict[str, Any] = {"quiet_reason": reason} if reason else {}
        if parsed.returns_on is not None:
            analysis["returns_on"] = parsed.returns_on.isoformat()
        if linked:
            analysis |= orders_beneath(parsed)
        if linked and parsed.undeliverable:
            analysis["undeliverable"] = list(parsed.undeliverable)
        sender = parsed.sender
        return Message(
            tenant_id=conversation.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            conversation_id=conversation.id,
            rfc_message_id=parsed.message_id,
            direction="outbound" if writer is Writer.US else "inbound",
            kind=parsed.kind.value,
            proof=parsed.proof.value,
            sender={"email": sender.email, "name": sender.name} if sender else {},
            recipients={"to": _emails(parsed.to), "cc": _emails(parsed.cc)},
            subject=parsed.subject,
            in_reply_to=parsed.in_reply_to,
            refs=list(parsed.references),
            text=text,
            language=detect(text) if text else "und",
            sent_at=parsed.sent_at,
            received_at=stored.received_at,
            attention=attention,
            analysis=analysis,
            notes=list(parsed.notes),
            attachments=[asdict(a) for a in parsed.attachments] if linked else [],
            body_sha256=parsed.body_sha256,
        )

    async def _follow(self, tx: Tx, arrival: Arrival, message: Message, writer: Writer) -> None:
        """What else has to happen because of a new message."""
        if arrival.parsed.kind is MailKind.BOUNCE:
            await lookups.set_undeliverable(tx, arrival.parsed.undeliverable)
        if message.attention == "new" or (message.kind in NOTICES and not arrival.quiet):
            await jobs.enqueue(tx, "message.process", {"message_id": message.id})
        if writer is not Writer.CUSTOMER:
            drafts = await mailboxes.list_conversation_drafts(tx, message.conversation_id)
            for draft_id in drafts:
                await jobs.enqueue(tx, "draft.check", {"draft_id": draft_id})

    async def _place(self, tx: Tx, arrival: Arrival, message: Message) -> None:
        await messages.add_mailbox_message(
            tx,
            MailboxMessage(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                mailbox_id=arrival.mailbox.id,
                message_id=message.id,
                gmail_message_id=arrival.stored.message_id,
                gmail_thread_id=arrival.stored.thread_id,
            ),
        )

    async def _choose(self, tx: Tx, message: Message, parsed: ParsedMail) -> None:
        """Whom a mail that is not looked at further belongs to. Who answers one that is, the
        conversation's service decides, once it knows what is asked."""
        conversation = await conversations.get_conversation(tx, message.conversation_id)
        if conversation is None or message.attention not in ("unlinked", "ours", "quiet"):
            return
        if conversation.responder_id is not None and message.attention in ("ours", "quiet"):
            return
        holdings = await messages.list_holdings(tx, message.id)
        holders = [
            linking.Holder(mailbox_id=h.mailbox_id, member_id=h.member_id, address=h.address)
            for h in holdings
        ]
        chosen = linking.choose_responder(holders, parsed.to, await _owner(tx, conversation))
        conversation.responder_id = chosen.member_id
        conversation.responder_mailbox_id = chosen.mailbox_id
        await tx.session.flush()


def draft_id_of(token: str | None) -> UUID | None:
    """The draft a header names, if it names one."""
    try:
        return UUID(token) if token else None
    except ValueError:
        return None


def event_key(mailbox_id: UUID, gmail_message_id: str) -> inbound.InboundKey:
    """What names one Gmail message among everything received."""
    return inbound.InboundKey(scope=str(mailbox_id), source="gmail", external_id=gmail_message_id)


def _key(arrival: Arrival) -> inbound.InboundKey:
    return event_key(arrival.mailbox.id, arrival.stored.message_id)


async def _owner(tx: Tx, conversation: Conversation) -> UUID | None:
    if conversation.account_id is None:
        return None
    deal = await lookups.find_open_deal(tx, conversation.account_id)
    if deal is not None and deal.owner_id is not None:
        return deal.owner_id
    return await lookups.find_owner(tx, conversation.account_id, "sales")


def _everybody(parsed: ParsedMail) -> tuple[Address, ...]:
    sender = (parsed.sender,) if parsed.sender else ()
    failed = tuple(Address(email=email) for email in parsed.undeliverable)
    return (*sender, *parsed.to, *parsed.cc, *parsed.bcc, *failed)


def _parties(parsed: ParsedMail, writer: Writer) -> tuple[Address, ...]:
    """Whose mail it is: the customer's who wrote, or those we wrote to. A colleague's mail links by
    nobody; Reply-To is never believed."""
    if writer is Writer.US:
        return (*parsed.to, *parsed.cc, *parsed.bcc)
    if writer is Writer.COLLEAGUE:
        return ()
    if parsed.kind is MailKind.BOUNCE:
        return tuple(Address(email=email) for email in parsed.undeliverable)
    return (parsed.sender,) if parsed.sender else ()


def _writer(arrival: Arrival, known: linking.Known) -> Writer:
    sender = arrival.parsed.sender
    if "SENT" in arrival.stored.labels:
        return Writer.US
    if sender is None or not linking.is_colleague(sender, known):
        return Writer.CUSTOMER
    return Writer.US if arrival.parsed.proof is SenderProof.PASS else Writer.COLLEAGUE


def _attention(arrival: Arrival, link: str, writer: Writer) -> tuple[str, str | None]:
    """What becomes of it, and why when nobody is asked: the first that holds."""
    kind = arrival.parsed.kind
    cases: tuple[tuple[bool, str, str | None], ...] = (
        (writer is Writer.US, "ours", None),
        (writer is Writer.COLLEAGUE, "quiet", COLLEAGUE),
        (kind is not MailKind.HUMAN, "quiet", QUIET_KINDS.get(kind)),
        (link == "ignored", "quiet", IGNORED),
        (arrival.quiet, "quiet", BEFORE_CONNECT),
        (arrival.parsed.sender is None, "set_aside", NO_SENDER),
        (link == "unlinked", "unlinked", None),
    )
    return next(((state, why) for holds, state, why in cases if holds), ("new", None))


def _believable(parsed: ParsedMail) -> bool:
    return parsed.kind is MailKind.HUMAN and parsed.proof is not SenderProof.FAIL


def _emails(people: tuple[Address, ...]) -> list[str]:
    return [person.email for person in people]
