"""Mail as the business sees it: parsed, decoded, judged, and never trusted."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.types.meetings import Invitation


class MailKind(StrEnum):
    """Who or what wrote a mail. Only HUMAN mail asks, answers or resolves anything."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    CALENDAR = "calendar"


class SenderProof(StrEnum):
    """What the receiving server says of the sender (the topmost Authentication-Results only)."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mail address: `email` lower-cased and IDNA-normal, `name` decoded and control-free."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """One RFC 822 message. `text` is the whole decoded body as plain text, `visible_reply` what the
    sender wrote this time, without quotes and signature. `notes` names everything that was broken
    or guessed, so that nothing is silently wrong. `sent_at` is aware UTC, or None if unreadable."""

    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    subject: str
    sent_at: datetime | None
    kind: MailKind
    text: str
    visible_reply: str
    proof: SenderProof
    own_notice: bool
    draft_token: str | None
    attachments: tuple[Attachment, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    body_sha256: str = ""
    returns_on: datetime | None = None
    undeliverable: tuple[str, ...] = ()
    invitations: tuple[Invitation, ...] = ()
