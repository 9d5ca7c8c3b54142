"""Reports: a figure with what it rests on, the report made of them, and how it is shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.types.views import Reader

CARD = "report"


class ReportPeriod(StrEnum):
    WEEK = "week"
    MONTH = "month"


class Unit(StrEnum):
    COUNT = "count"
    SHARE = "share"
    """Between 0 and 1, of `of`."""
    POINTS = "points"
    """A difference of two shares, between -1 and 1."""
    MINUTES = "minutes"
    USD = "usd"
    MONEY = "money"
    """In the part's currency."""
    GAP = "gap"
    """A mean distance of shares, of `of` outcomes: 0 is best."""
    SCORE = "score"
    """Of calibration: 0 is best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One number of a figure. `low` and `high` are its range, both or neither; without a `value`
    the range is all that is claimed. `part` of `of` is what a share was counted from. `unknown` is
    the reason why nothing is claimed."""

    label: str
    unit: Unit
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    part: int | None = None
    of: int | None = None
    currency: str = ""
    unknown: str = ""

    @property
    def known(self) -> bool:
        return not self.unknown and (self.value is not None or self.low is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one figure says, and all that a reader needs to check it: the formula, how its inputs
    are counted in words, what it was counted from and of which days."""

    key: str
    name: str
    formula: str
    counted: str
    sample: str
    since: date
    until: date
    """The last day, included."""
    reach: str = ""
    """What it was counted over, where that is something else than these days."""
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: str = ""
    """Why the figure as a whole is unknown; empty when it isn't."""
    told: Mapping[str, int] = field(default_factory=dict)
    """Plain counts that the next report compares, by what they count."""

    def as_json(self) -> dict[str, Any]:
        stored = asdict(self)
        stored |= {"since": self.since.isoformat(), "until": self.until.isoformat()}
        stored["parts"] = [_part_json(one) for one in self.parts]
        stored["notes"], stored["told"] = list(self.notes), dict(self.told)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Figure":
        days = {name: date.fromisoformat(stored[name]) for name in ("since", "until")}
        parts = tuple(_part(one) for one in stored["parts"])
        return cls(**{**stored, **days, "parts": parts, "notes": tuple(stored["notes"])})


def _part_json(part: Part) -> dict[str, Any]:
    numbers = {name: getattr(part, name) for name in ("value", "low", "high")}
    told = {name: None if one is None else str(one) for name, one in numbers.items()}
    return {**asdict(part), "unit": part.unit.value, **told}


def _part(stored: Mapping[str, Any]) -> Part:
    numbers = {
        name: None if stored[name] is None else Decimal(stored[name])
        for name in ("value", "low", "high")
    }
    return Part(**{**stored, "unit": Unit(stored["unit"]), **numbers})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of one week or month. `report_id` None: not told, because its days aren't over.
    `since` is its first day with us where that is later than `first`. `corrections` say what has
    changed in the report before since that was told."""

    report_id: UUID | None
    period: ReportPeriod
    first: date
    last: date
    zone: str
    whole: bool
    """Of the whole company; else of one manager's people."""
    people: int
    figures: tuple[Figure, ...]
    since: date | None = None
    corrections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: datetime | None = None
    """When it was counted, of days that aren't over."""
    fresh: bool = True
    """Nothing has changed since it was counted, as far as is known."""

    @property
    def empty(self) -> bool:
        """Whether not one of its numbers is known and other than nought. Scores aren't of these
        days alone, so they are no news of them."""
        return not any(
            one.known and one.value != 0
            for each in self.figures
            if each.key != "quality"
            for one in each.parts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A report and who reads it."""

    reader: Reader
    report: Report
    by_mail: str = ""
    """What became of its mail to this reader, in words; empty where none was wanted."""
    may_mail: bool = False
    earlier: date | None = None
    """The first day of the one before, while there is one to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """How somebody who asked is reached when it is counted: Slack's response_url, empty where there
    is none, and the id of their command."""

    command_id: str
    response_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWork:
    """What became of a wish: the report or why there is none, and where to tell it."""

    wish_id: UUID
    response_url: str
    view: ReportView | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLinks:
    """Where its mail leads. All empty where nobody's browser finds us."""

    in_slack: str = ""
    unsubscribe: str = ""
