"""When a goal's period begins and ends: pure.

A goal's days are those of one zone, kept for good: midnight to midnight there, also over a clock
change, and where midnight itself is left out, from the first moment of the day.
"""

from calendar import monthrange
from datetime import date, timedelta

from services.errors import InvalidInput
from services.types.goals import GoalForm, PeriodName

WATCH_DAYS = 30
LONGEST_YEARS = 2
QUARTER = 3
MONTHS = 12


def period_of(form: GoalForm, today: date) -> tuple[date, date]:
    """(first day, last day), both included. InvalidInput names the field: period, first, last."""
    if form.period not in set(PeriodName):
        raise InvalidInput("Choose one of these periods.", field="period")
    name = PeriodName(form.period)
    if name is not PeriodName.CUSTOM:
        return _named(name, today)
    first = _day(form.first, "first")
    last = _day(form.last, "last")
    if last < first:
        raise InvalidInput("The last day comes before the first.", field="last")
    if last < today:
        raise InvalidInput("This period is over already.", field="last")
    if last >= _years_later(first):
        raise InvalidInput(f"A goal lasts at most {LONGEST_YEARS} years.", field="last")
    if first >= _years_later(today):
        raise InvalidInput(f"This begins in more than {LONGEST_YEARS} years.", field="first")
    return first, last


def _named(name: PeriodName, today: date) -> tuple[date, date]:
    months = 1 if name in (PeriodName.THIS_MONTH, PeriodName.NEXT_MONTH) else QUARTER
    begins = (today.month - 1) // months * months + 1
    first = date(today.year, begins, 1)
    if name in (PeriodName.NEXT_MONTH, PeriodName.NEXT_QUARTER):
        first = _months_later(first, months)
    return first, _months_later(first, months) - timedelta(days=1)


def _months_later(first: date, months: int) -> date:
    """From the first day of a month."""
    years, month = divmod(first.month - 1 + months, MONTHS)
    return date(first.year + years, month + 1, 1)


def _years_later(day: date) -> date:
    year = day.year + LONGEST_YEARS
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def _day(text: str, field: str) -> date:
    if not text.strip():
        raise InvalidInput("Choose a day.", field=field)
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("This is no day.", field=field) from None
    if not 2000 <= day.year < 2100:  # noqa: PLR2004 - what a person can mean
        raise InvalidInput("This day is too far away.", field=field)
    return day


def watched_until(today: date) -> date:
    """The last of the days of watching that begin today."""
    return today + timedelta(days=WATCH_DAYS - 1)
