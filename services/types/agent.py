"""A question in the direct message, what it is answered from, and the answer."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.types.search import FindView


class Aim(StrEnum):
    """What a question is after, as far as code has to know."""

    CHANGES = "changes"
    PERSON = "person"
    WAITING = "waiting"
    DRAFT = "draft"
    FIND = "find"
    OTHER = "other"


class Kind(StrEnum):
    """What a source is."""

    ACCOUNT = "account"
    DEAL = "deal"
    CONTACT = "contact"
    CRITERION = "criterion"
    CHANGE = "change"
    MAIL = "mail"
    DECISION = "decision"
    WAITING = "waiting"
    APPROVAL = "approval"
    CONCESSION = "concession"
    NOTE = "note"
    MEETING = "meeting"
    SLACK = "slack"
    SIGNAL = "signal"
    PROMISE = "promise"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time in the asker's zone: `start` and `end` are moments, `words` names it."""

    start: datetime
    end: datetime
    words: str
    named: bool = True
    """False when the question named none and this one was assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One stored fact an answer may rest on. `text` is what may be quoted from it."""

    number: int
    kind: Kind
    title: str
    text: str = ""
    at: datetime | None = None
    who: str = ""
    inbound: bool = False
    url: str | None = None
    topic: str = ""
    """The criterion, or the role, this is about."""

    def as_json(self) -> dict[str, object]:
        """What is kept with an answer: what stands below it, no mail's text."""
        return {"number": self.number, "kind": self.kind, "title": self.title, "url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier question of the same thread, and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """Everything an answer may be built from: stored facts, numbered, and nothing else."""

    question: str
    aim: Aim
    asker_name: str
    company: str
    account_name: str
    today: date
    timezone: str
    period: Period
    sources: tuple[Source, ...]
    turns: tuple[Turn, ...] = ()
    left_out: int = 0
    """Mails of the period that found no room."""
    missing: tuple[str, ...] = ()
    """What couldn't be read just now, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An account the asker may have meant."""

    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of what waits for the asker."""

    title: str
    why: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer that needs no model: a sentence, accounts to choose from, a list, or what was
    found."""

    text: str
    choices: tuple[Choice, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    found: FindView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWork:
    """A claimed question: whoever holds the lease answers it."""

    tenant_id: UUID
    answer_id: UUID
    lease_token: UUID
    member_id: UUID
    channel: str
    thread_ts: str
    question_ts: str
    question: str
    account_id: UUID | None
    seen: tuple[tuple[str, str], ...]
    """Messages, as channel and ts, that the asker was looking at."""
    pages: tuple[str, ...]
    text: str
    whole: bool
    sources: tuple[dict[str, object], ...]
    note: str | None
    model: str | None
    attempts: int
    stop_asked: bool
    taken: frozenset[str] = field(default=frozenset())
    """Messages of the same thread in which other answers stand."""

    @property
    def anew(self) -> bool:
        """Somebody has begun this answer before."""
        return self.attempts > 1 or bool(self.pages)
