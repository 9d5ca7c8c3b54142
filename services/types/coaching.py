"""What coaching shows: differences that held up against chance, each with the figures behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from services.types.alerts import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two shares and their difference. `effect` is the first share minus the second, with its 95 %
    interval (in shares, from -1 to 1). `p` is the chance of a difference at least this large where
    there is none; `q` the same after the control for everything that was compared for one reader.
    """

    first: Share
    second: Share
    effect: float
    low: float
    high: float
    p: float
    q: float = 1.0
    accounts: int = 0
    """Different accounts the figures rest on."""

    def as_json(self) -> dict[str, Any]:
        return {
            "first": [self.first.part, self.first.of],
            "second": [self.second.part, self.second.of],
            "accounts": self.accounts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One pattern that held up. `member_id` None: the whole workspace's mails. `mine`: the reader's
    own. `sentence` says what was seen and whose figures they are, `advice` what to try: both are
    ours, plain text, and name no customer. The same finding keeps its `id` from night to night."""

    id: UUID
    pattern: str
    member_id: UUID | None
    mine: bool
    sentence: str
    advice: str
    compared: Compared
    starts_on: date
    ends_on: date
    examples: int = 0
    """How many mails of the reader's own stand behind it and can be shown."""

    @property
    def threads(self) -> int:
        return self.compared.first.of + self.compared.second.of


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTry:
    """What a rep may try, the strongest first. `compared`: how many patterns had evidence enough to
    be looked at. `missing`: sentences that say what the others lack. `looked_at` None: the
    member's own mails haven't been looked at yet."""

    findings: tuple[Finding, ...] = ()
    compared: int = 0
    missing: tuple[str, ...] = ()
    threads: int = 0
    looked_at: datetime | None = None


class Sort(StrEnum):
    """What an opportunity rests on."""

    PRACTICE = "practice"
    """How mails are written, against whether they were answered."""
    REQUEST = "request"
    """Approval requests that weren't allowed."""
    DRAFT = "draft"
    """Drafts that were rejected."""
    WARNING = "warning"
    """Drafts that left with something the check had pointed out, unchanged."""
    ALERT = "alert"
    """Alerts that nobody took up for a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """How often something came of what one member did: `part` of `of`. `sort` and `name` say what
    is counted; `reasons`: why, in presets of ours, with how often; `examples`: ids of actions."""

    sort: Sort
    name: str
    part: int
    of: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.sort}:{self.name}"

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "of": self.of,
            "reasons": dict(self.reasons),
            "examples": list(self.examples),
        }

    @classmethod
    def from_json(cls, key: str, stored: Mapping[str, Any]) -> Self:
        sort, _, name = key.partition(":")
        return cls(
            sort=Sort(sort),
            name=name,
            part=int(stored["part"]),
            of=int(stored["of"]),
            reasons={str(one): int(n) for one, n in stored["reasons"].items()},
            examples=tuple(str(one) for one in stored["examples"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """Something to talk about with one rep: `good` where it goes well. `sentence` is what was seen,
    `why` why it may matter. `reasons` are (why, how often). `examples` are ids of actions, and
    empty unless the rep shares theirs (`shares`)."""

    member_id: UUID
    member_name: str
    sort: Sort
    good: bool
    sentence: str
    why: str
    compared: Compared
    starts_on: date
    ends_on: date
    reasons: tuple[tuple[str, int], ...] = ()
    shares: bool = False
    examples: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities:
    """A manager's list: by the reps' names, never by how they did. `compared`: how many
    comparisons were made over all of the manager's reps; `looked_at` None: nobody has looked."""

    found: tuple[Opportunity, ...] = ()
    compared: int = 0
    reps: int = 0
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleMail:
    """One mail behind a finding, for the member who wrote it. `first`: it is on the first side."""

    message_id: UUID
    action_id: UUID | None
    sent_at: datetime
    subject: str
    account: str
    first: bool
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding's page. `sides`: what mails are on the first and on the second side."""

    finding: Finding
    sides: tuple[str, str]
    timezone: str
    now: datetime
    mails: tuple[ExampleMail, ...] = ()
