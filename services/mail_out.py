"""The product's own mail: digests, notices and mails about approvals. It leaves by SMTP or from the
tenant's system mailbox, never from a rep's; without either, Slack is the only surface and Home says
so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.mail.compose import compose
from services.ports import MailSender
from services.types.mail import Address

SLACK_ONLY = "Slack only"
# RFC 3834: what answers by itself (absence notes, tickets) leaves such mail alone.
NOTICE_HEADERS: Mapping[str, str] = {"Auto-Submitted": "auto-generated"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One mail of ours, before it has a sender."""

    to: Address
    subject: str
    text: str
    html: str
    date: datetime
    name: str
    """Names the notice in its Message-ID, so that a second copy is recognised as one."""
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    """What holds its thread together beside `in_reply_to`."""
    unsubscribe: str | None = None
    """The address that ends this kind of mail by one POST (RFC 8058)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOut:
    sender: MailSender | None

    def describe(self) -> str:
        """How this process sends mail for every tenant alike; `describe_for` knows the tenant's."""
        configured = self.sender.configured if self.sender else None
        return mail_out_words(configured.email if configured else None)

    async def describe_for(self, tenant_id: UUID) -> str:
        address = await self.address(tenant_id)
        return mail_out_words(address.email if address else None)

    async def address(self, tenant_id: UUID) -> Address | None:
        """Who the tenant's notices are from; None: Slack only."""
        return await self.sender.address(tenant_id) if self.sender else None

    def write(self, notice: Notice, sender: Address) -> bytes:
        """The mail as it will leave, marked as ours. Raises InvalidInput for a bad address."""
        return compose(
            sender=Address(email=sender.email, name=sender.name or "Understudy"),
            to=[notice.to],
            subject=notice.subject,
            text=notice.text,
            html=notice.html,
            date=notice.date,
            message_id=f"<{notice.name}@{sender.email.rpartition('@')[2]}>",
            reply_to=notice.reply_to,
            in_reply_to=notice.in_reply_to,
            references=[*notice.references, *filter(None, (notice.in_reply_to,))],
            own_notice=True,
            headers={**NOTICE_HEADERS, **_unsubscribe(notice.unsubscribe)},
        )

    async def send(self, tenant_id: UUID, *, to: Address, raw: bytes) -> None:
        """Hand it over, once. An ambiguous TransientError must not be answered by another try."""
        if self.sender is None:
            raise RuntimeError("no sender: `address` was not asked first")
        await self.sender.send(tenant_id, to=to, raw=raw)


def _unsubscribe(url: str | None) -> Mapping[str, str]:
    """RFC 2369 and RFC 8058: mail programs show a button and press it by a POST of their own. Only
    an https address counts for that."""
    if not url:
        return {}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {"List-Unsubscribe": f"<{url}>", **(one_click if url.startswith("https://") else {})}


def mail_out_words(address: str | None) -> str:
    """What Home and the status say about it."""
    return f"digests leave from {address}" if address else SLACK_ONLY
