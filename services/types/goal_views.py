"""What is shown of goals: the list, a goal's page and card, the form of a new one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.types.goals import GoalLine, Tally
from services.types.views import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalsView:
    reader: Reader
    lines: tuple[GoalLine, ...]
    total: int
    may_make: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalMoment:
    """Something that became of a goal."""

    at: datetime
    what: str
    before: Decimal | None
    after: Decimal | None
    by: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDeed:
    """An action done for a goal, and what came of it."""

    at: datetime
    type: str
    account: str | None
    status: str
    effect: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """A goal's page and its card."""

    reader: Reader
    line: GoalLine
    tally: Tally
    baseline: Decimal | None
    observe_from: date | None
    note: str
    made_by: str | None
    settled_at: datetime | None
    may_change: bool
    days: tuple[tuple[date, Decimal | None], ...] = ()
    """(day, value) of the last days, the oldest first."""
    moments: tuple[GoalMoment, ...] = ()
    """The newest first."""
    deeds: tuple[GoalDeed, ...] = ()
    deeds_total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFormView:
    """What a new goal's form offers."""

    reader: Reader
    for_others: bool
    currencies: tuple[str, ...]
    """In use among the tenant's deals, the most frequent first; never empty."""
