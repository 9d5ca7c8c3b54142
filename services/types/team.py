"""What a manager sees of those they lead: counts, never texts. Built by services/learning_views,
rendered by blocks/team*.py."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.types.alerts import Share
from services.types.coaching import Opportunity
from services.types.habit_views import HabitCounts, HabitLine
from services.types.learning import Figures
from services.types.me import Spans
from services.types.views import Reader

Told = Literal["above", "below", "same", "few"]
"""Against everybody else of the team: above or below them beyond chance, not to be told apart, or
too few outcomes to say anything."""
Moved = Literal["more", "fewer", "same", "unknown"]
"""Against the span before: beyond chance, not to be told apart, or nothing to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How often something happened to one person's work."""

    member_id: UUID
    name: str
    part: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One person in a comparison. `drawn` is the share drawn towards everybody's by as much as the
    sample is small. None where there is too little to place them."""

    member_id: UUID
    name: str
    share: Share
    drawn: float | None
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best tenth of at least ten: their share, and what is left of it without luck."""

    people: int
    share: Share
    drawn: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`differs`: people differ by more than chance alone makes; without it nobody is placed before
    another, and the order is by name."""

    places: tuple[Place, ...]
    average: Share
    differs: bool
    best: Best | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week's figures, by its Monday. `over`: all of its mails have had their time to be
    answered."""

    begins: date
    figures: Figures
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One member's counts in the span; `answers` of those whose time to be answered is over."""

    member_id: UUID
    name: str
    figures: Figures
    answers: Figures
    accounts: int = 0
    health: float | None = None
    """The average of the `health_of` accounts whose health is known."""
    health_of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage:
    """`people` are a page of those compared, in the comparison's order; none for executives, who
    see totals. `whole`: the tenant, not a manager's people."""

    reader: Reader
    whole: bool
    names: bool
    spans: Spans
    moved: Moved
    trend: Moved
    weeks: tuple[Week, ...]
    comparison: Comparison
    people: tuple[Person, ...]
    page: int
    size: int
    total: int
    to_label: int
    accounts: int = 0
    health: float | None = None
    silent: int = 0
    """Active members without a single proposal in the span."""
    members: int = 0
    as_of: datetime | None = None
    """When its sums of days were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person's counts for those who lead them; `shares`: they let them see the mails, too."""

    reader: Reader
    person: Person
    spans: Spans
    place: Place | None
    average: Share
    opportunities: tuple[Opportunity, ...]
    shares: bool
    edits: HabitCounts
    looked_at: datetime | None = None
    """When opportunities were last looked for; None: not yet."""
    shared_rules: tuple[HabitLine, ...] = ()
    """With their words, and only with `shares`."""
    as_of: datetime | None = None
    """When its sums of days were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleView:
    """One mail of somebody who shares theirs, as it was decided on."""

    reader: Reader
    name: str
    account: str
    subject: str
    text: str
    at: datetime
    outcome: str
