"""What is searched for its meaning, how it is found, and what a find shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.types.views import Reader

NAMES = 3
"""Accounts that are named before the rest is counted."""


class SearchSource(StrEnum):
    """Where a text stands that can be found."""

    MESSAGE = "message"
    TRANSCRIPT = "transcript"
    SLACK_POST = "slack_post"
    NOTE = "note"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A text as its source holds it now. `channel` is what a reader is told it is: mail, call,
    Slack. `title` is its subject: it is embedded with every passage and shown with none."""

    source: SearchSource
    source_id: UUID
    account_id: UUID
    text: str
    at: datetime
    who: str = ""
    title: str = ""
    channel: str = ""
    url: str | None = None
    suspicious: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences: `text[start:end]` of their source."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A passage as the store holds it: where it stands and its vector, none of its words."""

    source: SearchSource
    source_id: UUID
    account_id: UUID
    start: int
    end: int
    digest: str
    """Of the whole source: a hit with another one than the entry's is of words that are gone."""
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage near to what was asked, with its cosine similarity."""

    source: SearchSource
    source_id: UUID
    start: int
    end: int
    digest: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """One place where it was talked about. `quote` stands word for word in its source."""

    account_id: UUID
    account_name: str
    source: SearchSource
    source_id: UUID
    quote: str
    who: str
    at: datetime
    channel: str
    url: str | None = None
    suspicious: bool = False
    """It gives orders to a machine: shown as text, never worked with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindView:
    """`words` is what was looked for; `account_names` where, empty for everywhere the asker may
    see. `note` says what the reader should know of how it was looked for."""

    reader: Reader
    words: str
    account_names: tuple[str, ...] = ()
    items: tuple[FoundPassage, ...] = ()
    more: int = 0
    note: str = ""


def found_words(view: FindView) -> str:
    """What came of it, in one plain line: how many, of what, where."""
    names = view.account_names
    rest = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    where = f" at {', '.join(names[:NAMES])}{rest}" if names else ""
    if not view.items:
        return f"I found nothing about “{view.words}”{where}."
    number = len(view.items) + view.more
    return f"“{view.words}”{where}: {number} place{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the index is: texts that can be found by meaning, and those that wait."""

    indexed: int
    waiting: int

    @property
    def total(self) -> int:
        return self.indexed + self.waiting
