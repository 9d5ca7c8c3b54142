"""Replies to our own mails, read in the tenant's system mailbox and nowhere else.

A reply counts when it carries the token of a mail of ours, comes from the person that mail went to,
was found genuine by Google's server, and was written by a person. What it orders is for the desk
whose mail it answers. What is no order is not kept. Who isn't certainly that person gets no answer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from db import inbound, jobs, mailboxes, members
from db.models.approvals import ApprovalMail
from db.models.letters import DraftLetter
from db.models.records import InboundEvent
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.errors import Forbidden, NotFound
from services.intake import SKIPPED_LABELS, Arrival, event_key
from services.letters.links import code_hash
from services.letters.refusals import Refusals
from services.mail.authentication import vouched
from services.mail.mime import read_tree
from services.mail.parse import parse
from services.mail.tokens import plain_address, reply_codes
from services.metrics import MAIL_ORDERS
from services.ports import Clock, Ids, Mails
from services.types.approvals import Surface
from services.types.mail import MailKind, ParsedMail

log = structlog.get_logger()

ORDER = "approval.order"
"""The job's name is older than the letters about drafts; jobs that wait keep it."""
NO_ORDER = "it is no order"

Kind_co = TypeVar("Kind_co", bound=ApprovalMail | DraftLetter, covariant=True)
Kind = TypeVar("Kind", bound=ApprovalMail | DraftLetter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[Kind_co]):
    """A reply whose sender is certain, and the mail it answers."""

    event: InboundEvent
    parsed: ParsedMail
    mail: Kind_co
    member: Member

    @property
    def thread(self) -> dict[str, str]:
        """What an answer to it stands under."""
        return {"in_reply_to": self.parsed.message_id}

    @property
    def used_by(self) -> str:
        return f"{Surface.REPLY.value}:{self.event.id}"


class Desk(Protocol[Kind]):
    """Knows one kind of our mails, and does what replies to them order."""

    async def find(self, tx: ReadTx, token_hash: bytes) -> Kind | None:
        """The mail with this token, whoever it went to."""
        ...

    def decides(self, mail: Kind) -> bool:
        """Whether the token in that mail decides anything."""
        ...

    async def known(self, tx: ReadTx, member: Member) -> bool:
        """Whether the member's address is certainly theirs."""
        ...

    async def obey(self, reply: Reply[Kind]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyService:
    """The one reader of system mailboxes."""

    db: Database
    clock: Clock
    ids: Ids
    mails: Mails
    refusals: Refusals
    desks: Sequence[Desk[Any]]
    """Each for its own kind of mail."""

    async def receive(self, tx: Tx, arrival: Arrival) -> None:
        """One new mail in the system mailbox, in the transaction that moves its cursor. Only that
        it came is written down; its words are fetched again when it may be an order."""
        parsed, labels = arrival.parsed, arrival.stored.labels
        if labels & (SKIPPED_LABELS | {"SENT"}) or parsed.own_notice:
            return
        key = event_key(arrival.mailbox.id, arrival.stored.message_id)
        event_id = self.ids.new()
        fresh = await inbound.add_inbound(
            tx,
            row_id=event_id,
            now=self.clock.now(),
            key=key,
            digest=hashlib.sha256(arrival.stored.raw).hexdigest(),
            payload={},
        )
        if not fresh:
            return
        if arrival.quiet or not reply_codes(parsed):
            tx.committed.append(MAIL_ORDERS.labels("ignored").inc)
            await inbound.set_inbound(tx, key, status="done", note=NO_ORDER)
            return
        await jobs.enqueue(tx, ORDER, {"event_id": event_id})

    async def run(self, tenant_id: UUID, event_id: UUID) -> None:
        """Look at one reply, and do what it orders, once."""
        async with self.db.read(tenant_id) as tx:
            event = await inbound.find_inbound(tx, event_id)
            mailbox = await mailboxes.get_mailbox(tx, UUID(event.scope)) if event else None
        if event is None or event.status != "received":
            return
        if mailbox is None or not mailbox.is_system:
            await self._close(tenant_id, event, NO_ORDER)
            return
        try:
            gateway = await self.mails.of(tenant_id, mailbox.id)
            stored = await gateway.fetch(event.external_id)
        except (NotFound, Forbidden) as error:
            await self._close(tenant_id, event, str(error), status="failed")
            return
        read = _Read(event, parse(stored.raw), stored.raw, mailbox.address, stored.labels)
        why = await self._hand_over(read)
        if why is not None:
            MAIL_ORDERS.labels("refused").inc()
            await self._close(tenant_id, event, why)

    async def _hand_over(self, read: "_Read") -> str | None:
        """To the desk whose mail it answers, by the surest of its tokens that is one of ours; or
        why it gives no orders."""
        for code in reply_codes(read.parsed):
            for desk in self.desks:
                answered = await self._at(desk, read, code_hash(code))
                if answered is not None:
                    return answered or None
        await self.refusals.note("unknown", tenant_id=read.event.tenant_id)
        return "its token is none of ours"

    async def _at(self, desk: Desk[Any], read: "_Read", token_hash: bytes) -> str | None:
        """None when this desk knows no such mail, "" when it was handed over, else why not."""
        tenant_id = read.event.tenant_id
        async with self.db.read(tenant_id) as tx:
            mail = await desk.find(tx, token_hash)
            member = await members.get_member(tx, mail.member_id) if mail else None
            known = member is not None and await desk.known(tx, member)
        if mail is None or member is None:
            return None
        why = read.doubt(member, decides=desk.decides(mail), known=known)
        if why is not None:
            await self.refusals.note(why, tenant_id=tenant_id, mail=mail)
            return why
        await desk.obey(Reply(event=read.event, parsed=read.parsed, mail=mail, member=member))
        return ""

    async def _close(
        self, tenant_id: UUID, event: InboundEvent, note: str, status: str = "done"
    ) -> None:
        log.info("mail gave no order", event_id=str(event.id), note=note)
        async with self.db.transaction(tenant_id) as tx:
            await inbound.set_inbound(tx, key_of(event), status=status, note=note)


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail of the system mailbox, and where it lies."""

    event: InboundEvent
    parsed: ParsedMail
    raw: bytes
    address: str
    labels: frozenset[str]

    def doubt(self, member: Member, *, decides: bool, known: bool) -> str | None:
        """Why this isn't certainly the member, writing to us; None when it is."""
        parsed, sender = self.parsed, self.parsed.sender
        ours = any(plain_address(p.email) == self.address for p in (*parsed.to, *parsed.cc))
        fields = read_tree(self.raw).root.block.fields
        doubts = (
            (bool(self.labels & (SKIPPED_LABELS | {"SENT"})), "not received"),
            (not decides, "no token to decide with"),
            (sender is None or sender.email != member.email.lower(), "another sender"),
            (not member.active or not known, "not a known member"),
            (not ours, "not written to us"),
            (sender is None or not vouched(fields, sender.domain, self.address), "not genuine"),
            (parsed.kind is not MailKind.HUMAN, "written by a machine"),
        )
        return next((why for holds, why in doubts if holds), None)


async def finish(tx: Tx, event: InboundEvent, outcome: str) -> None:
    """The reply has been dealt with."""
    tx.committed.append(MAIL_ORDERS.labels(outcome).inc)
    await inbound.set_inbound(tx, key_of(event), status="done", note=outcome)


def key_of(event: InboundEvent) -> inbound.InboundKey:
    return inbound.InboundKey(scope=event.scope, source=event.source, external_id=event.external_id)
