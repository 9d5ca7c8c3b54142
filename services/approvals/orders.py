"""Orders by mail: replies to our own mails, read in the tenant's system mailbox and nowhere else.

A reply decides when it carries the token of a mail of ours, comes from the person that mail went
to, was found genuine by Google's server, was written by a person, and begins with words that leave
no doubt. What is no order is not kept. Who isn't certainly that person gets no answer.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import structlog
from prometheus_client import Counter

from db import approval_mails as rows
from db import approval_requests, inbound, jobs, mailboxes, members
from db.models.approvals import ApprovalMail, ApprovalRequest
from db.models.records import InboundEvent
from db.models.tenants import Member
from db.session import Database, Tx
from services.approvals.links import code_hash
from services.approvals.mails import ApprovalMailService
from services.approvals.order_words import AS_IT_IS, HEDGED, Order, Unclear, read_order
from services.approvals.token_use import Refusals, TokenUse, Wanted
from services.cards import touch
from services.errors import Forbidden, NotFound, ServiceError, TransientError
from services.intake import SKIPPED_LABELS, Arrival, event_key
from services.mail.authentication import vouched
from services.mail.characters import one_line
from services.mail.mime import read_tree
from services.mail.parse import parse
from services.mail.reply import own_text, visible_reply
from services.mail.tokens import plain_address, reply_codes, without_tokens
from services.members import actor_of
from services.ports import Clock, Ids, Mails
from services.types.approval_mails import Heard, NoteKind
from services.types.approvals import Surface
from services.types.mail import MailKind, ParsedMail

log = structlog.get_logger()

ORDERS = Counter("understudy_mail_orders", "Mail read in system mailboxes", ["outcome"])
ORDER = "approval.order"
CARD = "approval"
SOURCE = "gmail"
NO_ORDER = "it is no order"
MOST_ASKED_BACK = 3
HEARD = 200
OVER = "This request has been settled, so your answer changed nothing."
CHANGED = "What was asked for has changed since that mail, so your answer changed nothing."
EXPIRED = "That mail has expired. If the request still waits for you, decide in Slack."
USED_UP = "That mail has decided already, and each one does so once."
ENOUGH = "I still can't tell what you want. Decide in Slack, or by the link in the first mail."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """A reply whose sender is certain, and what it answers."""

    event: InboundEvent
    parsed: ParsedMail
    mail: ApprovalMail
    request: ApprovalRequest
    member: Member

    @property
    def thread(self) -> dict[str, str]:
        return {"in_reply_to": self.parsed.message_id}

    @property
    def used_by(self) -> str:
        return f"{Surface.REPLY.value}:{self.event.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderService:
    db: Database
    clock: Clock
    ids: Ids
    mails: Mails
    notes: ApprovalMailService
    use: TokenUse
    refusals: Refusals

    # ── Reading the mailbox ─────────────────────────────────────────────────────────────────────
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
            ORDERS.labels("ignored").inc()
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
        reply = await self._genuine(event, stored.raw, mailbox.address, stored.labels)
        if isinstance(reply, str):
            ORDERS.labels("refused").inc()
            await self._close(tenant_id, event, reply)
            return
        await self._obey(reply)

    # ── Who wrote it ────────────────────────────────────────────────────────────────────────────
    async def _genuine(
        self, event: InboundEvent, raw: bytes, address: str, labels: frozenset[str]
    ) -> _Reply | str:
        """The reply with its certain sender, or why it gives no orders."""
        parsed = parse(raw)
        reply = await self._find(event, parsed)
        if reply is None:
            await self.refusals.note("unknown", tenant_id=event.tenant_id)
            return "its token is none of ours"
        why = self._doubt(reply, raw, address, labels)
        if why is not None:
            await self.refusals.note(why, tenant_id=event.tenant_id, mail=reply.mail)
            return why
        return reply

    async def _find(self, event: InboundEvent, parsed: ParsedMail) -> _Reply | None:
        """What it answers, by the surest of its tokens that is one of ours."""
        async with self.db.read(event.tenant_id) as tx:
            for code in reply_codes(parsed):
                mail = await rows.find_by_hash(tx, code_hash(code))
                if mail is None:
                    continue
                request = await approval_requests.get_request(tx, mail.request_id)
                member = await members.get_member(tx, mail.member_id)
                if request is None or member is None:
                    return None
                return _Reply(event=event, parsed=parsed, mail=mail, request=request, member=member)
        return None

    def _doubt(self, reply: _Reply, raw: bytes, address: str, labels: frozenset[str]) -> str | None:
        """Why this isn't certainly the member, writing to us; None when it is."""
        parsed, member = reply.parsed, reply.member
        sender = parsed.sender
        ours = any(plain_address(p.email) == address for p in (*parsed.to, *parsed.cc))
        fields = read_tree(raw).root.block.fields
        doubts = (
            (bool(labels & (SKIPPED_LABELS | {"SENT"})), "not received"),
            (reply.mail.kind == NoteKind.OUTCOME.value, "no token to decide with"),
            (sender is None or sender.email != member.email.lower(), "another sender"),
            (not member.active or member.slack_user_id is None, "not a known member"),
            (not ours, "not written to us"),
            (sender is None or not vouched(fields, sender.domain, address), "not genuine"),
            (parsed.kind is not MailKind.HUMAN, "written by a machine"),
        )
        return next((why for holds, why in doubts if holds), None)

    # ── What it says ────────────────────────────────────────────────────────────────────────────
    async def _obey(self, reply: _Reply) -> None:
        over = await self._over(reply)
        if over is not None:
            await self._answer(reply, over, "refused")
            return
        own = own_text(reply.parsed.text)
        order = read_order(visible_reply(reply.parsed.text) if own.strip() else "")
        if isinstance(order, Unclear):
            await self._ask_back(reply, order, own)
            return
        await self._decide(reply, order)

    async def _over(self, reply: _Reply) -> str | None:
        """Why that mail decides nothing any more; None while it does. What this very reply decided
        before a crash is looked up again, not refused."""
        mail, request = reply.mail, reply.request
        if mail.used_at is not None:
            if mail.suggestion.get("used_by") == reply.used_by:
                return None
            why, sentence = "used", USED_UP
        elif request.status != "pending":
            why, sentence = "settled", OVER
        elif request.payload_hash != mail.payload_hash:
            why, sentence = "settled", CHANGED
        elif mail.expires_at <= self.clock.now():
            why, sentence = "expired", EXPIRED
        else:
            return None
        actor = actor_of(reply.member)
        await self.refusals.note(why, tenant_id=mail.tenant_id, mail=mail, actor=actor)
        return sentence

    async def _decide(self, reply: _Reply, order: Order) -> None:
        wanted = Wanted(choice=order.choice, reason=order.reason, conditions=order.conditions)
        actor = actor_of(reply.member)
        try:
            decided = await self.use.decide(
                actor, reply.mail, wanted, surface=Surface.REPLY, by=reply.used_by
            )
        except TransientError:
            raise
        except ServiceError as error:
            await self._answer(reply, str(error), "refused")
            return
        await self._answer(reply, decided.sentence, "decided")

    async def _ask_back(self, reply: _Reply, unclear: Unclear, own: str) -> None:
        """Nothing is decided; the person is asked again, a few times at most."""
        words = one_line(without_tokens(own))
        heard = Heard(
            words=words if len(words) <= HEARD else words[: HEARD - 1] + "…",
            choice=unclear.choice,
            reason=unclear.reason,
            conditions=(),
            problem=_problem(unclear, reply.request),
        )
        mail = reply.mail
        async with self.db.transaction(mail.tenant_id) as tx:
            last = await rows.last_number(tx, mail.request_id, mail.member_id, NoteKind.CONFIRM)
            if (last if last is not None else -1) + 1 < MOST_ASKED_BACK:
                await self.notes.ask_back(
                    tx, reply.request, mail.member_id, heard, thread=reply.thread
                )
            else:
                await self.notes.answer(
                    tx, reply.request, mail.member_id, ENOUGH, thread=reply.thread
                )
            await self._finish(tx, reply, "asked back")

    async def _answer(self, reply: _Reply, sentence: str, outcome: str) -> None:
        async with self.db.transaction(reply.mail.tenant_id) as tx:
            await self.notes.answer(
                tx, reply.request, reply.mail.member_id, sentence, thread=reply.thread
            )
            await self._finish(tx, reply, outcome)

    async def _finish(self, tx: Tx, reply: _Reply, outcome: str) -> None:
        ORDERS.labels(outcome).inc()
        await inbound.set_inbound(tx, _key(reply.event), status="done", note=outcome)
        await touch(tx, CARD, reply.request.id, clock=self.clock, ids=self.ids)

    async def _close(
        self, tenant_id: UUID, event: InboundEvent, note: str, status: str = "done"
    ) -> None:
        log.info("mail gave no order", event_id=str(event.id), note=note)
        async with self.db.transaction(tenant_id) as tx:
            await inbound.set_inbound(tx, _key(event), status=status, note=note)


def _problem(unclear: Unclear, request: ApprovalRequest) -> str:
    """Nobody is told to write conditions where there can't be any."""
    gated = request.action_id is not None
    return AS_IT_IS if gated and unclear.problem == HEDGED else unclear.problem


def _key(event: InboundEvent) -> inbound.InboundKey:
    return inbound.InboundKey(scope=event.scope, source=event.source, external_id=event.external_id)
