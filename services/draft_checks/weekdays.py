# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""A weekday and a date that don't belong together: Friday 12 June, when that is a Thursday."""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from services.draft_checks.days import DATE, MONTH, WEEKDAY, date_of, occurrences, weekday_of
from services.offline.text import fold
from services.patterns import late
from services.types.findings import CheckContext, Finding, FindingKind

_BETWEEN = r"\s*(?:,|the|den|dem|der|le|el|il|de|dia|día|dag|\s|\()*\s*"
_BEFORE = late(rf"\b{WEEKDAY}{_BETWEEN}{DATE}", re.IGNORECASE)
_AFTER = late(
    rf"(?<![\d/.-]){DATE}(?:\s*\(\s*|,? (?:which )?(?:is|ist|est|es|è|is een|é|är) (?:a|an|ein|un|una|een|uma|en)?\s*)"
    rf"{WEEKDAY}(?=\s*[).,;]|\s*$)",
    re.IGNORECASE,
)

# Friday the 12th, of a month that isn't said.
_NUMBERED = late(
    rf"\b{WEEKDAY},? (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)\b(?!\s+(?:of|{MONTH}|floor|time|street|\w+ (?:floor|street)))",
    re.IGNORECASE,
)


def wrong_weekdays(text: str, context: CheckContext) -> Iterator[Finding]:
    """One finding for each such pair. A date that may mean several days is wrong only when none of
    them is the weekday that stands beside it."""
    today = context.now.astimezone(ZoneInfo(context.zone)).date()
    flat = fold(text)
    for pattern, days_of in ((_BEFORE, _dated), (_AFTER, _dated), (_NUMBERED, _numbered)):
        for match in pattern.finditer(flat):
            found = _judged(weekday_of(match["w"]), days_of(match, today), today)
            if found is not None:
                yield Finding(
                    kind=FindingKind.WEEKDAY,
                    sentence=_told(found, today),
                    quote=" ".join(text[match.start() : match.end()].split()).rstrip("("),
                )


def _judged(said: frozenset[int], days: tuple[date, ...], today: date) -> date | None:
    """The day it really is, when no reading fits the weekday."""
    if not said or not days or any(day.weekday() in said for day in days):
        return None
    return next((day for day in days if day >= today), days[0])


def _dated(match: re.Match[str], today: date) -> tuple[date, ...]:
    named = date_of(match)
    return occurrences(named, today) if named else ()


def _numbered(match: re.Match[str], today: date) -> tuple[date, ...]:
    """That day of the last month, of this one and of the two to come."""
    number = int(match["d"])
    months = [divmod(today.year * 12 + today.month - 1 + away, 12) for away in (-1, 0, 1, 2)]
    return tuple(
        date(year, month + 1, number)
        for year, month in months
        if 1 <= number <= calendar.monthrange(year, month + 1)[1]
    )


def _told(day: date, today: date) -> str:
    year = "" if day.year == today.year else f" {day.year}"
    name = calendar.day_name[day.weekday()]
    return f"{day.day} {calendar.month_name[day.month]}{year} is a {name}."
