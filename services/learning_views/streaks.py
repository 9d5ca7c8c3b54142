"""Working days in a row on which nothing was left lying. Pure.

A day counts when every draft that came on it was decided before the next working day was over, on
the member's own clock. A day on which nothing came neither counts nor ends it; nor does one whose
time isn't over yet. What was overtaken, or left by the rule, waited for nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.types.me import Streak
from services.zones import is_weekday, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One draft: since when it waited, and when it was decided, if it was."""

    came: datetime
    decided: datetime | None


def streak(waits: Sequence[Wait], now: datetime, timezone: str) -> Streak:
    """The row that still stands, and the longest one of those given."""
    zone = zone_of(timezone)
    today = now.astimezone(zone).date()
    days: dict[date, list[Wait]] = {}
    for one in waits:
        days.setdefault(_working(one.came.astimezone(zone).date()), []).append(one)
    row, longest = 0, 0
    for _, kept in sorted(_judged(days, today, timezone).items()):
        row = row + 1 if kept else 0
        longest = max(longest, row)
    return Streak(days=row, longest=longest)


def _judged(days: Mapping[date, Sequence[Wait]], today: date, timezone: str) -> dict[date, bool]:
    """Whether each day was kept, where that can be said already."""
    zone = zone_of(timezone)
    found = {}
    for day, waits in days.items():
        until = _following(day)
        late = any(
            (one.decided.astimezone(zone).date() if one.decided else today) > until for one in waits
        )
        if late or all(one.decided for one in waits):
            found[day] = not late
    return found


def _working(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_weekday(day):
        day += timedelta(days=1)
    return day


def _following(day: date) -> date:
    return _working(day + timedelta(days=1))
