"""Goals: what counts, how far it has come, one line of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

CARD = "goal"


class GoalKind(StrEnum):
    REVENUE = "revenue"
    PIPELINE = "pipeline"
    ACTIVITY = "activity"

    @property
    def money(self) -> bool:
        return self is not GoalKind.ACTIVITY


class GoalScope(StrEnum):
    MEMBER = "member"
    PERSONA = "persona"
    TENANT = "tenant"


class GoalStatus(StrEnum):
    OBSERVING = "observing"
    PROPOSED = "proposed"
    ACTIVE = "active"
    MET = "met"
    MISSED = "missed"
    DROPPED = "dropped"

    @property
    def open(self) -> bool:
        return self in OPEN


OPEN = frozenset({GoalStatus.OBSERVING, GoalStatus.PROPOSED, GoalStatus.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalName:
    """A goal where nothing but its name is told."""

    kind: GoalKind
    starts_on: date
    ends_on: date


class PeriodName(StrEnum):
    THIS_MONTH = "this_month"
    THIS_QUARTER = "this_quarter"
    NEXT_MONTH = "next_month"
    NEXT_QUARTER = "next_quarter"
    CUSTOM = "custom"


class Standing(StrEnum):
    """How a goal is doing against its pace."""

    WAITING = "waiting"
    """Its period hasn't begun."""
    WATCHING = "watching"
    """There is no target to measure against."""
    UNKNOWN = "unknown"
    """Things happened, and none of them has a known amount."""
    EARLY = "early"
    """Too few days are over for a word."""
    REACHED = "reached"
    AHEAD = "ahead"
    ON_PACE = "on_pace"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What counted in some days. `value` is money in the goal's currency or a number of things;
    None: deals counted, and none of them has an amount. `squares` is the sum of the squares of what
    was added up (of an activity each counts 1): how coarse the pieces are."""

    value: Decimal | None
    things: int
    squares: Decimal
    unknown: int = 0
    """Deals that count and have no amount."""
    unknown_names: tuple[str, ...] = ()
    undated: int = 0
    """Deals of which nobody knows when they were won or became pipeline: left out."""
    elsewhere: tuple[tuple[str, int, Decimal], ...] = ()
    """(currency, deals, amount) of what is in other currencies: left out."""
    mails: int = 0
    meetings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`expected`: what the target asks for by the end of the last whole day. `forecast` with `low`
    and `high`: what the period comes to at this pace, in four of five cases within the two."""

    standing: Standing
    value: Decimal | None
    expected: Decimal | None = None
    forecast: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    days_done: int = 0
    days: int = 0

    @property
    def gap(self) -> Decimal | None:
        """How far from the pace: more than nothing is ahead."""
        if self.value is None or self.expected is None:
            return None
        return self.value - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalForm:
    """What somebody typed for a new goal; `whom` is `me`, `tenant`, `member:<id>` or
    `persona:<id>`."""

    kind: str
    whom: str
    period: str
    first: str = ""
    last: str = ""
    target: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """One goal in a list, on Home or in a digest. `whose` is a name, or empty for the reader's."""

    goal_id: UUID
    kind: GoalKind
    scope: GoalScope
    whose: str
    currency: str | None
    starts_on: date
    ends_on: date
    status: GoalStatus
    target: Decimal | None
    proposed: Decimal | None
    observe_until: date | None
    progress: Progress
    version: int
    unknown: int = 0
