"""What a draft's check looks at, and what it may find."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MAX_EARLIER = 8000
"""Characters of an earlier mail that are looked at."""


class FindingKind(StrEnum):
    ATTACHMENT = "attachment"
    WEEKDAY = "weekday"
    NAME = "name"
    TIME = "time"
    FIGURE = "figure"
    STRANGE = "strange"
    """Words that a text from outside may have put into the copilot's mouth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a draft that a person should look at before it leaves. `sentence` says it in
    words, `quote` stands in the draft. What contradicts it was said in `earlier`, by `said_by` at
    `said_at`, in the message `message_id`."""

    kind: FindingKind
    sentence: str
    quote: str
    earlier: str | None = None
    said_by: str | None = None
    said_at: datetime | None = None
    message_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom the draft reaches; `name` as far as it is known."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMail:
    """One mail of the conversation. `text` is None where only its headers were kept."""

    message_id: UUID
    at: datetime
    who: str
    ours: bool
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """All that a check needs beside the words: `earlier` oldest first; `zone` is the sender's,
    `home` the domain of their address. `by_model`: the copilot wrote it."""

    now: datetime
    zone: str
    recipients: tuple[Recipient, ...] = ()
    attachments: int = 0
    earlier: tuple[EarlierMail, ...] = ()
    home: str = ""
    by_model: bool = False
