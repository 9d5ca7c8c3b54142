"""Slack threads that are followed for an account, as the edge and the business name them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPost:
    """A message in a thread as Slack tells it. `text` is without Slack's markup; `edited` is the
    time of its last edit in Slack's form, empty for none."""

    ts: str
    user: str
    text: str
    edited: str = ""
    by_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFile:
    """A file that was shared, whole."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRef:
    """Where a thread stands: its channel, and its first message's ts."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A message in a channel as an event tells it: written, edited, or (`removed`) deleted. `text`
    is without Slack's markup."""

    thread: ThreadRef
    ts: str
    user: str = ""
    text: str = ""
    edited: str = ""
    removed: bool = False
    removed_ts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of asking to follow a thread, in a sentence. `ask` is what a chooser is opened
    for, where the account isn't clear."""

    status: Literal["followed", "already", "ask", "ended", "nothing"]
    told: str
    ask: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is said in a thread for all to read."""

    thread: ThreadRef
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowView:
    """The window in which the account of a thread, or of a file, is chosen."""

    capture_id: UUID
    account: tuple[UUID, str] | None
    file_name: str = ""
    title: str = ""


def moment_of(ts: str) -> datetime | None:
    """Slack's ts as a time; None when it is none."""
    head, _, tail = ts.partition(".")
    if not (head.isdigit() and 9 <= len(head) <= 11 and (not tail or tail.isdigit())):  # noqa: PLR2004 - seconds of our time
        return None
    return datetime.fromtimestamp(int(head), UTC).replace(microsecond=int(tail.ljust(6, "0")[:6]))
