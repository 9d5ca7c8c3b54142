"""The stretch of time a question names: "this month", "since Monday", in the asker's zone. Pure."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.types.agent import Period
from services.zones import zone_of

ASSUMED_DAYS = 30
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DAY_NAME = "|".join(_WEEKDAYS)
_MONTH_NAME = "|".join(_MONTHS)
_NUMBERS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
    "few": 3, "couple of": 2,
}  # fmt: skip
_MANY = "|".join(map(re.escape, _NUMBERS))

Days = tuple[date, date]
"""The first day, and the first day after."""
_Reader = Callable[[re.Match[str], date], Days | None]


def read_period(question: str, now: datetime, zone: str) -> Period:
    """The first stretch the question names; thirty days when it names none. Never past today."""
    here = zone_of(zone)
    today = now.astimezone(here).date()
    for pattern, reader in _READERS:
        match = re.search(pattern, question, re.IGNORECASE)
        days = reader(match, today) if match else None
        if match and days and days[0] <= today:
            end = min(days[1], today + _DAY)
            return _period(days[0], end, match[0].strip().lower(), here)
    first = today - timedelta(days=ASSUMED_DAYS)
    words = f"in the last {ASSUMED_DAYS} days"
    return _period(first, today + _DAY, words, here, named=False)


def _period(first: date, after: date, words: str, zone: ZoneInfo, *, named: bool = True) -> Period:
    return Period(
        start=datetime.combine(first, time(), zone),
        end=datetime.combine(after, time(), zone),
        words=words,
        named=named,
    )


def _month(year: int, month: int) -> Days:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following


def _unit(match: re.Match[str], today: date) -> Days | None:
    """This or the last week, month, quarter or year."""
    last = match["which"].lower() in ("last", "previous")
    unit = match["unit"].lower()
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) - (_WEEK if last else timedelta(0))
        return monday, monday + _WEEK
    if unit == "month":
        first = today.replace(day=1)
        first = (first - _DAY).replace(day=1) if last else first
        return _month(first.year, first.month)
    if unit == "quarter":
        first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        if last:
            before = first - _DAY
            first = before.replace(month=(before.month - 1) // 3 * 3 + 1, day=1)
        return first, _month(first.year, first.month + 2)[1]
    year = today.year - last
    return date(year, 1, 1), date(year + 1, 1, 1)


def _count(match: re.Match[str], today: date) -> Days | None:
    """The last three days, weeks or months."""
    said = " ".join(match["many"].lower().split())
    many = int(said) if said.isdigit() else _NUMBERS.get(said, 1)
    days = {"day": 1, "week": 7, "month": 30}[match["unit"].lower()] * min(many, 730)
    return today - timedelta(days=days), today + _DAY


def _near(match: re.Match[str], today: date) -> Days | None:
    back = 1 if match["day"].lower() == "yesterday" else 0
    first = today - timedelta(days=back)
    return first, today + _DAY if match["since"] else first + _DAY


def _weekday(match: re.Match[str], today: date) -> Days | None:
    """The nearest such day that is over; since today's own name means a week ago."""
    back = (today.weekday() - _WEEKDAYS.index(match["day"].lower())) % 7 or 7
    first = today - timedelta(days=back)
    return first, today + _DAY if match["since"] else first + _DAY


def _dated(match: re.Match[str], today: date) -> Days | None:
    """A month, or a day of one, the last time it came."""
    month = _MONTHS.index((match["m1"] or match["m2"]).lower()) + 1
    number = match["d1"] or match["d2"]
    if not (number or match["since"] or match["place"]):
        # "May I …" and "they march on" are no months.
        return None
    try:
        first = date(today.year, month, int(number or 1))
        if first > today:
            first = first.replace(year=today.year - 1)
    except ValueError:
        return None
    after = first + _DAY if number else _month(first.year, first.month)[1]
    return first, today + _DAY if match["since"] else after


def _iso(match: re.Match[str], today: date) -> Days | None:
    try:
        first = date.fromisoformat(match["iso"])
    except ValueError:
        return None
    return first, today + _DAY if match["since"] else first + _DAY


_SINCE = r"\b(?P<since>since\s+)?"
_READERS: tuple[tuple[str, _Reader], ...] = (
    (rf"{_SINCE}(?P<iso>20\d\d-\d\d-\d\d)\b", _iso),
    (r"\b(?P<which>this|last|previous)\s+(?P<unit>week|month|quarter|year)\b", _unit),
    (
        (
            rf"\b(?:in |over |during |within )?(?:the )?(?:last|past) "
            rf"(?P<many>\d{{1,3}}|{_MANY}) (?P<unit>day|week|month)s?\b"
        ),
        _count,
    ),
    (rf"{_SINCE}(?P<day>today|yesterday)\b", _near),
    (rf"{_SINCE}(?:last\s+|on\s+)?(?P<day>{_DAY_NAME})\b", _weekday),
    (
        (
            rf"{_SINCE}(?P<place>(?:in|of|on)\s+)?(?:the\s+)?"
            rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH_NAME})"
            rf"|(?P<m2>{_MONTH_NAME})(?:\s+(?P<d2>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?)?)\b"
        ),
        _dated,
    ),
)
