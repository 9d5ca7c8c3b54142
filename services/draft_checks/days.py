# ruff: noqa: E501 - a language's words stand on one line
"""Weekdays, dates and clock times as mails write them, in the languages the product writes."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.offline.calendar_words import MONTHS, WEEKDAYS

_ABBREVIATED: dict[str, set[int]] = {}
for _group in (
    "mon tue wed thu fri sat sun", "mo di mi do fr sa so", "lun mar mer jeu ven sam dim",
    "lun mar mié jue vie sáb dom", "lun mar mer gio ven sab dom", "ma di wo do vr za zo",
    "seg ter qua qui sex sáb dom", "mån tis ons tor fre lör sön",
):  # fmt: skip
    for _index, _name in enumerate(_group.split()):
        _ABBREVIATED.setdefault(_name, set()).add(_index)
for _name, _index in (("tues", 1), ("thur", 3), ("thurs", 3), ("mie", 2), ("sab", 5), ("tors", 3)):
    _ABBREVIATED.setdefault(_name, set()).add(_index)
_SPELT = {**WEEKDAYS, "lunedi": 0, "martedi": 1, "mercoledi": 2, "giovedi": 3, "venerdi": 4,
          "miercoles": 2, "sabado": 5, "segunda": 0, "terça": 1, "quarta": 2, "quinta": 3, "sexta": 4,
          "sonnabend": 5}  # fmt: skip
_LONG = "|".join(sorted(map(re.escape, _SPELT), key=len, reverse=True))
# Two letters are a weekday only with a mark behind them, three with a figure.
_BRIEF = r"(?:{})(?=[.,])|(?:{})".format(
    "|".join(name for name in _ABBREVIATED if len(name) == 2),  # noqa: PLR2004 - see above
    "|".join(sorted((name for name in _ABBREVIATED if len(name) > 2), key=len, reverse=True)),  # noqa: PLR2004
)
WEEKDAY = rf"(?P<w>(?:{_LONG})|(?:{_BRIEF})\.?)"
LONG_WEEKDAY = re.compile(rf"\b(?P<w>{_LONG})s?\b", re.IGNORECASE)
MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_YEAR = r"(?:,?\s*(?:of |de |del )?(?P<{y}>20\d\d))?"
DATE = (
    rf"(?:(?P<iso>20\d\d)-(?P<isom>\d\d)-(?P<isod>\d\d)"
    rf"|(?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?\s*(?:of |de |di )?(?P<m1>{MONTH})\b\.?{_YEAR.format(y='y1')}"
    rf"|(?P<m2>{MONTH})\.?\s+(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d|\s*(?:%|am\b|pm\b)){_YEAR.format(y='y2')}"
    r"|(?P<a>\d{1,2})(?P<s>[./])(?P<b>\d{1,2})(?:(?P=s)(?P<y3>20\d\d|\d\d)\b)?(?![\d:%]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDate:
    """A date as it is written: what it may mean (day first or month first), its year if said."""

    readings: tuple[tuple[int, int], ...]
    """(month, day), each a way to read it."""
    year: int | None


def weekday_of(name: str) -> frozenset[int]:
    """What a weekday's name may mean: `mar` is Tuesday in three languages."""
    word = name.lower().rstrip(".")
    if word in _SPELT:
        return frozenset({_SPELT[word]})
    return frozenset(_ABBREVIATED.get(word, ()))


def date_of(match: re.Match[str]) -> NamedDate | None:
    """The date of a match of DATE."""
    part = match.groupdict()
    if part["iso"]:
        return NamedDate(readings=((int(part["isom"]), int(part["isod"])),), year=int(part["iso"]))
    for day, month, year in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
        if part[day]:
            reading = (MONTHS[part[month].lower().rstrip(".")], int(part[day]))
            return NamedDate(readings=(reading,), year=int(part[year]) if part[year] else None)
    first, second = int(part["a"]), int(part["b"])
    both = ((second, first), (first, second)) if part["s"] == "/" else ((second, first),)
    readings = tuple(pair for pair in both if 1 <= pair[0] <= 12 and 1 <= pair[1] <= 31)  # noqa: PLR2004 - the calendar
    said = int(part["y3"]) if part["y3"] else None
    if said is not None and said < 100:  # noqa: PLR2004 - a two-digit year
        said += 2000
    return NamedDate(readings=readings, year=said) if readings else None


def occurrences(named: NamedDate, today: date) -> tuple[date, ...]:
    """The days it may mean, seen from today. Without a year: the one that is near, else both the
    last and the next."""
    found: list[date] = []
    for month, day in named.readings:
        if named.year is not None:
            found += _on(named.year, month, day)
            continue
        around = [one for year in (-1, 0, 1) for one in _on(today.year + year, month, day)]
        past = max((one for one in around if one < today), default=None)
        coming = min((one for one in around if one >= today), default=None)
        found += _likely(past, coming, today)
    return tuple(found)


_NEAR = timedelta(days=120)


def _likely(past: date | None, coming: date | None, today: date) -> list[date]:
    if coming is not None and coming - today <= _NEAR:
        return [coming]
    if past is not None and today - past <= _NEAR:
        return [past]
    return [one for one in (past, coming) if one is not None]


def _on(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


# ── Clock times ─────────────────────────────────────────────────────────────────────────────────
_NUMBER_WORDS = r"noon|midday|mittags?|midi|mediod[ií]a|mezzogiorno|meio-dia"
CLOCK = re.compile(
    r"(?<![\d.,:/€$£-])(?:"
    r"(?P<h1>1[0-2]|0?[1-9])(?:[:.](?P<m1>[0-5]\d))?\s?(?:a\.?m\b\.?|p\.?m\b\.?|o'clock)"
    r"|(?P<h2>[01]?\d|2[0-3])(?:[:.](?P<m2>[0-5]\d))?\s?(?:uhr|uur)\b"
    r"|(?P<h3>[01]?\d|2[0-3])\s?h\s?(?P<m3>[0-5]\d)?\b(?!\w)"
    r"|(?P<h4>[01]?\d|2[0-3]):(?P<m4>[0-5]\d)\b(?!\s?%)"
    r"|\b(?:at|um|à|a las|a la|las|alle|alle ore|às|kl\.?|klockan|om|vers) (?P<h5>[01]?\d|2[0-3])(?:[.](?P<m5>[0-5]\d))?\b(?!\s?(?:%|€|\$|£|k\b|users|seats|people|percent|euros?|per|days|weeks|\d|[.,:]\d))"
    rf"|\b(?P<noon>{_NUMBER_WORDS})\b)",
    re.IGNORECASE,
)
_HALF_DAY = 720


def clock_minutes(match: re.Match[str]) -> int:
    """Minutes after midnight or noon: 3 pm, 15:00 and `at 3` are one time."""
    part = match.groupdict()
    if part["noon"]:
        return 0
    for number in "12345":
        if part[f"h{number}"]:
            return (int(part[f"h{number}"]) * 60 + int(part[f"m{number}"] or 0)) % _HALF_DAY
    return 0


def clocks(text: str) -> frozenset[int]:
    """Every clock time a text names; of a range both ends."""
    return frozenset(clock_minutes(match) for match in CLOCK.finditer(text))
