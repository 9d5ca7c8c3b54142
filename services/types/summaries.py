"""What a summary is made of, and what it says."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class SourceKind(StrEnum):
    """What a line of a summary can rest on: a row of one of these tables."""

    MESSAGE = "message"
    SLACK_POST = "slack_post"
    TRANSCRIPT = "transcript"
    MEETING = "meeting"
    DEAL_CHANGE = "deal_change"
    NOTE = "note"


class Channel(StrEnum):
    """Where something was said or done; a summary has its lines by channel."""

    MAIL = "mail"
    SLACK = "slack"
    MEETING = "meeting"
    DEAL = "deal"
    NOTE = "note"


CHANNELS = {
    SourceKind.MESSAGE: Channel.MAIL,
    SourceKind.SLACK_POST: Channel.SLACK,
    SourceKind.TRANSCRIPT: Channel.MEETING,
    SourceKind.MEETING: Channel.MEETING,
    SourceKind.DEAL_CHANGE: Channel.DEAL,
    SourceKind.NOTE: Channel.NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SourceRef:
    kind: SourceKind
    id: UUID

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind.value, "id": str(self.id)}

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> "SourceRef":
        return cls(kind=SourceKind(stored["kind"]), id=UUID(stored["id"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryEntry:
    """One text of the period, or one line of a summary of a part of it. `key` is what a line names
    it by; `title` and `text` were written outside."""

    key: str
    channel: Channel
    day: date
    who: str = ""
    inbound: bool = False
    title: str = ""
    text: str = ""
    condensed: bool = False
    """A line of an earlier summary, no text of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest:
    """What happened with an account from `start` to before `end`, oldest first."""

    account_name: str
    start: date
    end: date
    today: date
    entries: tuple[SummaryEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    """`keys` names the entries it rests on; what is in quotation marks stands in one of them."""

    channel: Channel
    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryText:
    lines: tuple[SummaryLine, ...] = ()
