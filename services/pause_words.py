"""Until when somebody wants to be left alone, in their own words and on their own clock. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.errors import InvalidInput
from services.zones import zone_of

EVERYTHING = "everything"
MORNING = time(8)
LONGEST = timedelta(days=90)
HOW = (
    "I don't understand for how long. For example: `/understudy pause 2h`, `pause 3 days`, "
    "`pause until Monday`, `pause until 14:00`."
)
OVER = "That moment is over already. Choose a later one."
TOO_LONG = "I can pause for 90 days at most. For longer, an admin can end your membership."

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
LETTERS = 3
WEEK = 7
_SPAN = re.compile(
    r"(?:for )?(an?|\d{1,5}) ?(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)", re.ASCII
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})\.? ([a-z]+)|([a-z]+) (\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Until then; `everything` is for the whole tenant, until somebody resumes."""

    until: datetime | None
    everything: bool = False


def is_everything(words: str) -> bool:
    return _plain(words) in {EVERYTHING, "all"}


def read_pause(words: str, *, now: datetime, timezone: str) -> Pause:
    """What the words mean. Without any: until tomorrow morning. InvalidInput says what would do."""
    said = _plain(words)
    if is_everything(said):
        return Pause(until=None, everything=True)
    there = now.astimezone(zone_of(timezone))
    until = _span(said, now, timezone) if said else None
    if until is None:
        until = _moment(said.removeprefix("until ").removeprefix("till "), there, timezone)
    if until is None:
        raise InvalidInput(HOW)
    if until <= now:
        raise InvalidInput(OVER)
    if until - now > LONGEST:
        raise InvalidInput(TOO_LONG)
    return Pause(until=until)


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace(",", " ").split()).strip(".!")


def _span(said: str, now: datetime, timezone: str) -> datetime | None:
    """`2h` is two hours of anybody's clock; `3 days` ends at the same time of the day there, also
    when a clock change lies between."""
    found = _SPAN.fullmatch(said)
    if found is None:
        return None
    number = 1 if found[1] in {"a", "an"} else int(found[1])
    unit = found[2][0]
    if unit in {"m", "h"}:
        return now + timedelta(**{"minutes" if unit == "m" else "hours": min(number, 10**5)})
    there = now.astimezone(zone_of(timezone))
    days = min(number * (WEEK if unit == "w" else 1), 4000)
    return _at(there.date() + timedelta(days=days), there.time(), timezone)


def _moment(said: str, there: datetime, timezone: str) -> datetime | None:
    """A time of the day, a day, or both."""
    today = there.date()
    if not said or said == "tomorrow":
        return _at(today + timedelta(days=1), MORNING, timezone)
    clock = _clock(said)
    if clock is not None:
        due = _at(today, clock, timezone)
        return due if due > there else _at(today + timedelta(days=1), clock, timezone)
    for words, at in _split(said):
        day = _day(words, today)
        if day is not None:
            return _at(day, at, timezone)
    return None


def _split(said: str) -> list[tuple[str, time]]:
    """The words as a day alone, and as a day with a time behind it."""
    found = [(said, MORNING)]
    head, _, tail = said.rpartition(" ")
    clock = _clock(tail)
    if head and clock is not None:
        found.append((head.removesuffix(" at"), clock))
    return found


def _clock(said: str) -> time | None:
    found = _CLOCK.fullmatch(said.removeprefix("at "))
    if found is None or (found[2] is None and found[3] is None):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock with two halves
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a day's end


def _day(said: str, today: date) -> date | None:
    readers: tuple[Callable[[str, date], date | None], ...] = (_weekday, _iso, _day_of_month)
    if said in {"today", "tomorrow"}:
        return today + timedelta(days=said == "tomorrow")
    if said == "next week":
        return _weekday("monday", today)
    return next((day for read in readers if (day := read(said, today)) is not None), None)


def _weekday(said: str, today: date) -> date | None:
    """The next such day; on a Monday, `Monday` is in a week."""
    said = said.removeprefix("next ")
    found = [n for n, name in enumerate(WEEKDAYS) if len(said) >= LETTERS and name.startswith(said)]
    if not found:
        return None
    return today + timedelta(days=(found[0] - today.weekday() - 1) % WEEK + 1)


def _iso(said: str, _today: date) -> date | None:
    found = _ISO.fullmatch(said)
    return _date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _day_of_month(said: str, today: date) -> date | None:
    """`24 Dec`, `December 24`: this year, or the next when that day is over."""
    found = _DAY_MONTH.fullmatch(said)
    if found is None:
        return None
    number, name = (found[1], found[2]) if found[1] else (found[4], found[3])
    months = [n for n, m in enumerate(MONTHS, 1) if len(name) >= LETTERS and m.startswith(name)]
    if not months:
        return None
    day = _date(today.year, months[0], int(number))
    return _date(today.year + 1, months[0], int(number)) if day and day < today else day


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at(day: date, at: time, timezone: str) -> datetime:
    """That time there, in UTC. Left out by a clock change: as long after as the clock jumped; twice
    that day: the first."""
    return datetime.combine(day, at, zone_of(timezone)).astimezone(UTC)
