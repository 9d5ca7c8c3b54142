"""Sending, and what a receiving mail server adds on the way in."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.utils import format_datetime, formataddr
from typing import Literal

from sandbox.gmail import mime
from sandbox.gmail.errors import invalid
from sandbox.gmail.model import Mailbox, Message, Meta
from sandbox.gmail.store import Store

Auth = Literal["pass", "fail", "none", "keep"]
_IP = "203.0.113.25"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message that really left."""

    mailbox: str
    message_id: str
    id: str
    thread_id: str
    draft_id: str | None
    via: str
    raw: bytes
    recipients: tuple[str, ...]
    time_ms: int


class Delivery:
    """Takes finished bytes from one mailbox to the others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.sent: list[Sent] = []

    def send(
        self,
        mailbox: Mailbox,
        raw: bytes,
        *,
        via: str,
        thread_id: str | None = None,
        draft_id: str | None = None,
    ) -> Message:
        """Leaves now: own Message-ID, SENT copy, a copy for every local recipient."""
        fields, _ = mime.split_head(raw)
        recipients = [
            address
            for _, address in mime.addresses(*(mime.header(fields, n) for n in ("To", "Cc", "Bcc")))
        ]
        if not recipients:
            raise invalid("Recipient address required")
        raw = self._stamp(mailbox, raw)
        meta = Meta.of(raw)
        to_self = any(self._store.recipient(address) is mailbox for address in recipients)
        message = self._store.add(
            mailbox,
            raw,
            {"SENT", "INBOX", "UNREAD"} if to_self else {"SENT"},
            thread_id=thread_id or self._store.new_id(),
        )
        self.sent.append(
            Sent(
                mailbox=mailbox.email,
                message_id=meta.message_id,
                id=message.id,
                thread_id=message.thread_id,
                draft_id=draft_id,
                via=via,
                raw=raw,
                recipients=tuple(recipients),
                time_ms=self._store.clock.ms(),
            )
        )
        self.carry(raw, mailbox.email, recipients)
        return message

    def carry(
        self, raw: bytes, sender: str, recipients: Iterable[str], *, internal_ms: int | None = None
    ) -> None:
        """A copy without Bcc for every local recipient but the sender."""
        seen = {sender}
        for address in recipients:
            target = self._store.recipient(address)
            if target is None or target.email in seen:
                continue
            seen.add(target.email)
            copy = mime.without(raw, "Bcc")
            self.deliver(target, copy, auth="pass", envelope=sender, internal_ms=internal_ms)

    def deliver(
        self,
        mailbox: Mailbox,
        raw: bytes,
        *,
        auth: Auth,
        envelope: str = "",
        labels: Iterable[str] = ("INBOX", "UNREAD"),
        internal_ms: int | None = None,
    ) -> Message:
        """Arrives: `keep` changes no byte, the others prepend what mx.google.com would."""
        if auth != "keep":
            moment = self._store.clock.ms() if internal_ms is None else internal_ms
            raw = _receive(raw, mailbox.email, auth, envelope, moment)
        return self._store.add(mailbox, raw, labels, internal_ms=internal_ms)

    def _stamp(self, mailbox: Mailbox, raw: bytes) -> bytes:
        """Gmail's own Message-ID in place of any other, a Date, and a From of the mailbox's own."""
        fields, _ = mime.split_head(raw)
        senders = mime.addresses(mime.header(fields, "From"))
        own = {mailbox.email, *(a for a, state in mailbox.aliases.items() if state == "accepted")}
        if len(senders) != 1 or senders[0][1] not in own:
            name = senders[0][0] if senders else mailbox.name
            raw = mime.replace(raw, "From", formataddr((name or mailbox.name, mailbox.email)))
        if not mime.header(fields, "Date"):
            raw = mime.prepend(raw, ("Date", format_datetime(self._store.clock.now())))
        return mime.replace(raw, "Message-ID", f"<CA{secrets.token_urlsafe(36)}@mail.gmail.com>")


def address_of(name: str, email: str) -> Address:
    clean = " ".join(name.split())
    return Address(display_name=clean, addr_spec=email)


def _receive(raw: bytes, target: str, auth: Auth, envelope: str, moment: int) -> bytes:
    fields, _ = mime.split_head(raw)
    found = mime.addresses(mime.header(fields, "From"))
    author = found[0][1] if found else ""
    sender = envelope or author
    domain = author.partition("@")[2] or "unknown.invalid"
    when = format_datetime(datetime.fromtimestamp(moment / 1000, UTC))
    results = (
        f"mx.google.com;\n dkim={auth} header.i=@{domain} header.s=s1;\n"
        f" spf={auth} (google.com: {_spf(auth, sender)}) smtp.mailfrom={sender};\n"
        f" dmarc={auth} (p=REJECT sp=REJECT dis=NONE) header.from={domain}"
    )
    return mime.prepend(
        raw,
        ("Delivered-To", target),
        (
            "Received",
            (
                f"from mail.{domain} (mail.{domain}. [{_IP}])\n by mx.google.com with ESMTPS id "
                f"{secrets.token_hex(8)}\n for <{target}>; {when}"
            ),
        ),
        ("Authentication-Results", results),
        ("Return-Path", f"<{sender}>"),
    )


def _spf(auth: Auth, sender: str) -> str:
    domain = sender.partition("@")[2]
    if auth == "pass":
        return f"domain of {sender} designates {_IP} as permitted sender"
    if auth == "fail":
        return f"domain of {sender} does not designate {_IP} as permitted sender"
    return f"{domain} does not designate permitted sender hosts"
