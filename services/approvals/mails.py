"""Mails about approval requests: who is written to, with a token of their own, at most once.

`notify` runs in the transaction that made the mail necessary; the job renders and sends what is
true when it runs. The token is made when the mail leaves and kept nowhere but in the mail.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from db import approval_mails as rows
from db import approval_requests, jobs, letters, members
from db.models.approvals import ApprovalMail, ApprovalRequest
from db.session import Database, ReadTx, Tx
from services.audit import AuditService
from services.errors import ServiceError
from services.letters.leaving import (
    NO_ADDRESS,
    died_on_the_way,
    hand_over,
    reply_address,
    system_address,
)
from services.letters.links import Link, Links, code_hash, reply_code, unknown_hash
from services.mail.tokens import reply_tag
from services.mail_out import MailOut, Notice
from services.ports import Clock, Ids
from services.types.approval_mails import ApprovalMailView, Heard, NoteKind
from services.types.approval_views import ApprovalCardView
from services.types.approvals import RequestStatus
from services.types.mail import Address

log = structlog.get_logger()

MAIL = "approval.mail"
# A link in an old mail is worth nothing, however long the request may wait.
LONGEST = timedelta(days=30)
NOT_THEIRS = "It was decided or handed on before the mail left."
MOST_ANSWERS = 6
REPEATED = frozenset({NoteKind.REMINDER, NoteKind.CONFIRM})

CardReader = Callable[[UUID, UUID, UUID], Awaitable[ApprovalCardView | None]]
"""Tenant, request, member → the card as this member sees it."""
MailRenderer = Callable[[ApprovalMailView], tuple[str, str, str]]
"""Subject, HTML, plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outgoing:
    """A mail whose turn it is, with everything its text is made of."""

    mail: ApprovalMail
    email: str
    name: str
    card: ApprovalCardView
    sender: Address
    replies_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalMailService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    links: Links
    mail_out: MailOut
    card: CardReader
    render: MailRenderer
    public_url: str | None

    async def notify(
        self, tx: Tx, request: ApprovalRequest, member_ids: Sequence[UUID], kind: str
    ) -> None:
        """Write to these people. Who asked never gets a mail that could decide."""
        for member_id in dict.fromkeys(member_ids):
            await self._add(tx, request, member_id, NoteKind(kind), {})

    async def ask_back(
        self,
        tx: Tx,
        request: ApprovalRequest,
        member_id: UUID,
        heard: Heard,
        *,
        thread: Mapping[str, str],
    ) -> bool:
        """Ask somebody to say again what they want. `thread` carries what their mail is called, so
        that this one stands under it. False when there was nothing to add."""
        suggestion = {**asdict(heard), **thread}
        return await self._add(tx, request, member_id, NoteKind.CONFIRM, suggestion)

    async def answer(
        self,
        tx: Tx,
        request: ApprovalRequest,
        member_id: UUID,
        sentence: str,
        *,
        thread: Mapping[str, str],
    ) -> bool:
        """Tell somebody what became of their reply. Not without end: two machines may talk."""
        suggestion = {"answer": sentence, **thread}
        return await self._add(tx, request, member_id, NoteKind.OUTCOME, suggestion)

    async def link_for(self, tenant_id: UUID, request_id: UUID, member_id: UUID) -> str | None:
        """A link for a mail that tells of many things (the digest): as good as one in a mail of its
        own. None where there is nothing to decide, or nowhere to lead to."""
        if self.public_url is None:
            return None
        secret, now = self.links.new_secret(), self.clock.now()
        kind = NoteKind.DIGEST.value
        async with self.db.transaction(tenant_id) as tx:
            request = await approval_requests.get_request(tx, request_id)
            if request is None or request.status != "pending":
                return None
            if request.requester_id == member_id:
                return None
            last = await rows.last_number(tx, request_id, member_id, kind)
            mail = ApprovalMail(
                tenant_id=tenant_id,
                id=self.ids.new(),
                created_at=now,
                request_id=request_id,
                member_id=member_id,
                kind=kind,
                number=0 if last is None else last + 1,
                status="sent",
                token_hash=code_hash(reply_code(secret)),
                payload_hash=request.payload_hash,
                rule_version=request.rule_version,
                expires_at=min(request.expires_at or now + LONGEST, now + LONGEST),
                sent_at=now,
                suggestion={},
            )
            if not await rows.add_mail(tx, mail):
                return None
        return self._link(mail, secret)

    async def _add(
        self,
        tx: Tx,
        request: ApprovalRequest,
        member_id: UUID,
        kind: NoteKind,
        suggestion: dict[str, Any],
    ) -> bool:
        if member_id == request.requester_id and kind is not NoteKind.OUTCOME:
            return False
        last = await rows.last_number(tx, request.id, member_id, kind.value)
        number = 0
        if kind in REPEATED or "answer" in suggestion:
            # An outcome's first number is the outcome itself; answers count after it.
            number = max(0 if last is None else last + 1, 1 if "answer" in suggestion else 0)
        if number > MOST_ANSWERS and kind is NoteKind.OUTCOME:
            return False
        now = self.clock.now()
        mail = ApprovalMail(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            request_id=request.id,
            member_id=member_id,
            kind=kind.value,
            number=number,
            status="queued",
            token_hash=unknown_hash(),
            payload_hash=request.payload_hash,
            rule_version=request.rule_version,
            expires_at=min(request.expires_at or now + LONGEST, now + LONGEST),
            suggestion=suggestion,
        )
        if not await rows.add_mail(tx, mail):
            return False
        await jobs.enqueue(tx, MAIL, {"mail_id": mail.id})
        return True

    async def send(self, tenant_id: UUID, mail_id: UUID) -> None:
        """Send the mail, once: claimed before, settled after. A mail that may have left is never
        sent again."""
        async with self.db.read(tenant_id) as reading:
            mail = await letters.get_letter(reading, ApprovalMail, mail_id)
            replies_to = await system_address(reading)
        if mail is None or mail.status not in letters.ON_ITS_WAY:
            return
        if mail.status == "sending":
            await died_on_the_way(partial(self._settle, mail))
            return
        outgoing = await self._outgoing(mail, replies_to)
        if isinstance(outgoing, str):
            await self._settle(mail, "queued", "none", outgoing)
            return
        secret = self.links.new_secret()
        to = Address(email=outgoing.email, name=outgoing.name)
        try:
            raw = self._write(outgoing, to, secret)
        except ServiceError as error:
            await self._settle(mail, "queued", "failed", str(error))
            return
        async with self.db.transaction(tenant_id) as tx:
            token_hash = code_hash(reply_code(secret))
            claimed = await letters.claim_letter(tx, ApprovalMail, mail.id, token_hash)
        if claimed:
            await hand_over(
                lambda: self.mail_out.send(tenant_id, to=to, raw=raw), partial(self._settle, mail)
            )

    async def _outgoing(self, mail: ApprovalMail, replies_to: str | None) -> _Outgoing | str:
        """What is needed to write it, or why it isn't written."""
        sender = await self.mail_out.address(mail.tenant_id)
        if sender is None:
            return NO_ADDRESS
        async with self.db.read(mail.tenant_id) as tx:
            member = await members.get_member(tx, mail.member_id)
        if member is None or not member.active:
            return "They are no longer a member."
        card = await self.card(mail.tenant_id, mail.request_id, mail.member_id)
        if card is None:
            return "They may not see this request."
        kind = NoteKind(mail.kind)
        if kind is not NoteKind.OUTCOME and not _theirs(card, kind):
            return NOT_THEIRS
        return _Outgoing(
            mail=mail,
            email=member.email,
            name=member.name,
            card=card,
            sender=sender,
            replies_to=replies_to,
        )

    def _write(self, outgoing: _Outgoing, to: Address, secret: bytes) -> bytes:
        mail, card = outgoing.mail, outgoing.card
        kind = NoteKind(mail.kind)
        decides = kind is not NoteKind.OUTCOME and card.may_decide and card.part != "requester"
        code = reply_code(secret) if decides and outgoing.replies_to else None
        subject, html, text = self.render(
            ApprovalMailView(
                kind=kind,
                card=card,
                link=self._link(mail, secret) if decides else None,
                tag=reply_tag(code) if code else None,
                heard=_heard(mail.suggestion),
                answer=str(mail.suggestion.get("answer") or ""),
            )
        )
        name = f"{reply_tag(code)}.{mail.id.hex}" if code else f"approval.{mail.id.hex}"
        notice = Notice(
            to=to,
            subject=subject,
            text=text,
            html=html,
            date=self.clock.now(),
            name=name,
            reply_to=reply_address(outgoing.replies_to, code),
            in_reply_to=mail.suggestion.get("in_reply_to"),
        )
        return self.mail_out.write(notice, outgoing.sender)

    def _link(self, mail: ApprovalMail, secret: bytes) -> str | None:
        if self.public_url is None:
            return None
        token = self.links.write(Link(tenant_id=mail.tenant_id, mail_id=mail.id, secret=secret))
        return f"{self.public_url.rstrip('/')}/act/{token}"

    async def _settle(
        self, mail: ApprovalMail, expect: str, status: str, note: str | None = None
    ) -> bool:
        sent_at: datetime | None = self.clock.now() if status in {"sent", "unknown"} else None
        async with self.db.transaction(mail.tenant_id) as tx:
            moved = await letters.settle_letter(
                tx, ApprovalMail, mail.id, expect=expect, status=status, note=note, sent_at=sent_at
            )
            if moved and status in {"sent", "failed", "unknown"}:
                facts = {"mail": str(mail.id), "kind": mail.kind, "to": str(mail.member_id)}
                await self.audit.append(
                    tx,
                    f"approval.mail_{status}",
                    subject_id=mail.request_id,
                    facts={**facts, "note": note},
                )
        if moved and status in {"failed", "unknown"}:
            log.warning("an approval's mail", mail_id=str(mail.id), status=status, note=note)
        return moved


async def mail_notes(tx: ReadTx, request_id: UUID) -> tuple[str, ...]:
    """For the card: who answered by mail in words that weren't clear."""
    notes = []
    for member_id, _ in await rows.list_asked_back(tx, request_id):
        member = await members.get_member(tx, member_id)
        if member is not None:
            notes.append(f"{member.name} answered by mail, but it wasn't clear; I asked again.")
    return tuple(dict.fromkeys(notes))


def _theirs(card: ApprovalCardView, kind: NoteKind) -> bool:
    """Whether there is still something for them. An urgent one may also only inform."""
    pending = card.status is RequestStatus.PENDING
    return pending and (card.may_decide or kind is NoteKind.URGENT)


def _heard(suggestion: Mapping[str, Any]) -> Heard | None:
    if "problem" not in suggestion:
        return None
    choice = suggestion.get("choice")
    return Heard(
        words=str(suggestion.get("words") or ""),
        choice=choice if choice in {"approve", "reject"} else None,
        reason=str(suggestion.get("reason") or ""),
        conditions=tuple(str(one) for one in suggestion.get("conditions") or ()),
        problem=str(suggestion["problem"]),
    )
