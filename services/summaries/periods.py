"""Which stretch of an account's past a day belongs to: all of it, a week's lines, a month's lines.

Days and their borders are UTC's. An account's people sit in several zones and owners change; with
borders that moved with them, every summary would be made anew for a difference of hours at the
edge of a week. Weeks are ISO's, cut where a month begins: so a month is made of whole weeks, each
day is in exactly one of either, and no border ever moves. What does move with time is which of the
three a day counts as, and only at midnight.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

RECENT = timedelta(days=30)
"""So long at least everything is there in full; up to a week longer, so that no week is split."""
BY_WEEK = timedelta(days=90)
"""So long at least a week has lines of its own; up to a month longer, for the same reason."""
_DAY = timedelta(days=1)
_PAST_ANY_MONTH = timedelta(days=32)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` to before `end`."""

    start: date
    end: date
    kind: Literal["week", "month"]

    @property
    def since(self) -> datetime:
        return _midnight(self.start)

    @property
    def until(self) -> datetime:
        return _midnight(self.end)

    def weeks(self) -> Iterator["Period"]:
        """The weeks it is made of; a week of itself."""
        day = self.start
        while day < self.end:
            week = week_of(day)
            yield week
            day = week.end


def week_of(day: date) -> Period:
    """The ISO week around a day, as far as it lies in the day's month."""
    monday = day - timedelta(days=day.weekday())
    month = month_of(day)
    return Period(max(monday, month.start), min(monday + 7 * _DAY, month.end), "week")


def month_of(day: date) -> Period:
    start = day.replace(day=1)
    return Period(start, (start + _PAST_ANY_MONTH).replace(day=1), "month")


def recent_from(now: datetime) -> date:
    """The first day of what is told in full."""
    return week_of(_today(now) - RECENT).start


def weeks_from(now: datetime) -> date:
    """The first day of what is told by week; before it, by month."""
    return month_of(_today(now) - BY_WEEK).start


def period_of(at: datetime, now: datetime) -> Period | None:
    """The period a moment belongs to; None while everything of it is told in full, which is also
    what becomes of a moment that hasn't come."""
    day = _today(at)
    if day >= recent_from(now):
        return None
    return week_of(day) if day >= weeks_from(now) else month_of(day)


def recent_since(now: datetime) -> datetime:
    return _midnight(recent_from(now))


def _today(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
