"""Mail a person writes in the web interface."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from sandbox.gmail.delivery import address_of
from sandbox.gmail.drafts import joined, set_header
from sandbox.gmail.model import Mailbox, Message


@dataclass(frozen=True, kw_only=True)
class Letter:
    to: str
    subject: str
    text: str
    cc: str = ""
    bcc: str = ""


def letter_of(body: dict[str, object]) -> Letter:
    return Letter(
        to=joined(body.get("to") or ""),
        subject=str(body.get("subject") or ""),
        text=str(body.get("text") or ""),
        cc=joined(body.get("cc") or ""),
        bcc=joined(body.get("bcc") or ""),
    )


def write(mailbox: Mailbox, letter: Letter, parent: Message | None, now: datetime) -> bytes:
    """RFC 822 bytes; a reply carries its parent's id and references."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = address_of(mailbox.name, mailbox.email)
    for name, value in (("To", letter.to), ("Cc", letter.cc), ("Bcc", letter.bcc)):
        set_header(mail, name, value)
    subject = letter.subject
    if parent is not None:
        subject = subject or f"Re: {parent.meta.subject}"
        chain = [*parent.meta.references, parent.meta.message_id]
        set_header(mail, "In-Reply-To", parent.meta.message_id)
        set_header(mail, "References", " ".join(dict.fromkeys(filter(None, chain))))
    set_header(mail, "Subject", subject)
    mail["Date"] = format_datetime(now)
    mail.set_content(letter.text if letter.text.endswith("\n") else f"{letter.text}\n")
    return mail.as_bytes()
