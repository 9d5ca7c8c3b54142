"""What a mailbox holds: messages, drafts, labels, history and its watch."""

from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.gmail import mime

Json = dict[str, Any]
Kind = Literal["rep", "colleague", "customer", "system"]
HistoryKind = Literal["messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved"]

SYSTEM_LABELS = (
    "INBOX",
    "SENT",
    "DRAFT",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "SPAM",
    "TRASH",
    "CHAT",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
)


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What lists, searches and threads need to know of a message."""

    subject: str
    sender: str
    to: str
    cc: str
    bcc: str
    date: str
    message_id: str
    references: tuple[str, ...]
    snippet: str

    @classmethod
    def of(cls, raw: bytes) -> "Meta":
        fields, _ = mime.split_head(raw)
        ids = mime.message_ids(mime.header(fields, "Message-ID"))
        return cls(
            subject=mime.header(fields, "Subject"),
            sender=mime.header(fields, "From"),
            to=mime.header(fields, "To"),
            cc=mime.header(fields, "Cc"),
            bcc=mime.header(fields, "Bcc"),
            date=mime.header(fields, "Date"),
            message_id=ids[0] if ids else "",
            references=tuple(
                mime.message_ids(
                    mime.header(fields, "References"), mime.header(fields, "In-Reply-To")
                )
            ),
            snippet=mime.snippet(raw),
        )


@dataclass(kw_only=True)
class Message:
    id: str
    thread_id: str
    raw: bytes
    labels: set[str]
    internal_ms: int
    meta: Meta
    history_id: int = 0
    draft_id: str | None = None


@dataclass(kw_only=True)
class Label:
    id: str
    name: str
    kind: Literal["system", "user"] = "user"
    message_visibility: str = "show"
    list_visibility: str = "labelShow"
    color: Json | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One history record; labels are the message's own when it was written."""

    id: int
    kind: HistoryKind
    message_id: str
    thread_id: str
    labels: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Watch:
    topic: str
    labels: frozenset[str]
    exclude: bool
    expires_ms: int

    def wants(self, labels: frozenset[str]) -> bool:
        if not self.labels:
            return True
        return bool(labels & self.labels) != self.exclude


@dataclass(kw_only=True)
class Mailbox:
    email: str
    name: str
    kind: Kind
    history_id: int
    messages: dict[str, Message] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    history_floor: int = 0
    watch: Watch | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    """Addresses the person may send from beside their own → accepted or pending."""

    def thread(self, thread_id: str) -> list[Message]:
        """The thread's messages, oldest first."""
        found = [m for m in self.messages.values() if m.thread_id == thread_id]
        return sorted(found, key=lambda m: (m.internal_ms, m.id))
