"""Which days a report is about, and the morning on which it is told. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.errors import InvalidInput
from services.types.reports import ReportPeriod
from services.zones import day_begins, is_weekday, today_in, zone_of

MORNING = time(8)
ONE_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
LATEST = {ReportPeriod.WEEK: timedelta(days=4), ReportPeriod.MONTH: timedelta(days=14)}
"""How long after its days a report is still told unasked."""
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
HOW = "Write `/understudy report`, `report week`, `report now` or a month like `report 2026-10`."


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of a week or month, the last one included."""

    period: ReportPeriod
    first: date
    last: date

    @property
    def before(self) -> "Span":
        return span_of(self.period, self.first - ONE_DAY)

    def begins(self, zone: str) -> datetime:
        return day_begins(self.first, zone)

    def ends(self, zone: str) -> datetime:
        """The first moment after it."""
        return day_begins(self.last + ONE_DAY, zone)

    @property
    def name(self) -> str:
        if self.period is ReportPeriod.MONTH:
            return f"{self.first:%B} {self.first.year}"
        return f"the week of {self.first.day} {self.first:%B} {self.first.year}"


def span_of(period: ReportPeriod, day: date) -> Span:
    """The one this day is in; weeks begin on Monday."""
    if period is ReportPeriod.WEEK:
        first = day - timedelta(days=day.weekday())
        return Span(period, first, first + A_WEEK - ONE_DAY)
    first = day.replace(day=1)
    return Span(period, first, _next_month(first) - ONE_DAY)


def last_full(period: ReportPeriod, today: date) -> Span:
    return span_of(period, today).before


def wished(words: str, today: date) -> Span:
    """What somebody typed. InvalidInput says what may be typed."""
    word = words.strip().lower()
    if word in ("", "month", "last month"):
        return last_full(ReportPeriod.MONTH, today)
    if word in ("now", "this month", "running"):
        return span_of(ReportPeriod.MONTH, today)
    if word in ("week", "last week"):
        return last_full(ReportPeriod.WEEK, today)
    found = _MONTH.fullmatch(word)
    if found is None:
        raise InvalidInput(f"I don't know which days you mean. {HOW}")
    try:
        first = date(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise InvalidInput(f"There is no such month. {HOW}") from None
    if first > today:
        raise InvalidInput("That month hasn't begun yet.")
    return span_of(ReportPeriod.MONTH, first)


def told_at(period: ReportPeriod, timezone: str, now: datetime, morning: time) -> datetime:
    """The next moment, strictly after now, at which the reader is told of the days before: Monday,
    or the month's first working day, in the morning where they are."""
    today = today_in(timezone, now)
    here = span_of(period, today)
    for first in (here.first, here.last + ONE_DAY):
        day = first
        while period is ReportPeriod.MONTH and not is_weekday(day):
            day += ONE_DAY
        due = datetime.combine(day, morning, zone_of(timezone)).astimezone(UTC)
        if due > now:
            return due
    raise RuntimeError("the next month has a working day too")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
