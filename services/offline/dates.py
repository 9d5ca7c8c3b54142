# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Finds days named in a text and resolves them against `today`. Pure: no clock."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.offline.calendar_words import (
    IN_UNIT,
    MONTHS,
    NEXT,
    NUMBERS,
    RELATIVE_DAYS,
    UNITS,
    WEEKDAYS,
)
from services.patterns import late

_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DAY = "|".join(sorted(map(re.escape, WEEKDAYS), key=len, reverse=True))
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_NUMBER = r"\d{1,3}|" + "|".join(sorted(map(re.escape, NUMBERS), key=len, reverse=True))
_NEXT = "|".join(sorted(map(re.escape, NEXT), key=len, reverse=True))
_RELATIVE = "|".join(sorted(map(re.escape, RELATIVE_DAYS), key=len, reverse=True))
_END_WORDS = (
    r"(?:the )?(?:very )?end of|end|close of|late|eo(?=[mqyw]\b)|ende(?: des)?|(?:la )?fin(?: de)?(?: l[ae']| du)?|"
    r"finales de|final (?:de|do|del)|fine(?: di)?(?: del(?:la)?)?|eind(?:e)?(?: van)?|fim (?:de|do|da)|"
    r"slutet av"
)
_START_WORDS = (
    r"(?:the )?(?:beginning|start) of|early(?: in)?|anfang|début|principios de|inizio(?: di)?|"
    r"begin|início (?:de|do)|början av"
)
_YEAR = r"(?:,?\s*(?:of |de |del )?(?P<y>20\d\d))?"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day a text names. `exact` is False for a month, quarter or year (its last day then)."""

    start: int
    end: int
    phrase: str
    day: date
    exact: bool


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _full_year(value: str) -> int:
    year = int(value)
    return year + 2000 if year < 100 else year  # noqa: PLR2004 - a two-digit year


def _coming(month: int, day: int, today: date) -> date | None:
    """Next time this day comes; up to a month ago is taken as just missed, not as next year."""
    found = _safe(today.year, month, day)
    if found and found < today - timedelta(days=31):
        return _safe(today.year + 1, month, day)
    return found


def _iso(m: re.Match[str], _today: date) -> date | None:
    return _safe(int(m["a"]), int(m["b"]), int(m["c"]))


def _numeric(m: re.Match[str], today: date) -> date | None:
    first, second = int(m["a"]), int(m["b"])
    us = m["s"] == "/" and second > 12  # noqa: PLR2004 - months in a year
    day, month = (second, first) if us else (first, second)
    if not m["c"]:
        return _coming(month, day, today) if 1 <= month <= 12 else None  # noqa: PLR2004
    return _safe(_full_year(m["c"]), month, day)


def _day_month(m: re.Match[str], today: date) -> date | None:
    month, said = MONTHS[m["m"].lower().rstrip(".")], m["d"].lower()
    day = _ORDINALS[said] if said in _ORDINALS else int(said)
    return _safe(int(m["y"]), month, day) if m["y"] else _coming(month, day, today)


def _part_of_month(m: re.Match[str], today: date) -> date | None:
    month = MONTHS[m["m"].lower().rstrip(".")]
    year = int(m["y"]) if m["y"] else today.year + (month < today.month)
    if m["part"] and re.match(_START_WORDS, m["part"], re.IGNORECASE):
        return date(year, month, 10)
    if m["part"] and m["part"].lower().startswith(("mid", "mitte", "medio", "metà")):
        return date(year, month, 15)
    return _month_end(year, month)


def _quarter(m: re.Match[str], today: date) -> date | None:
    number = int(m["q"] or m["q2"])
    year = _full_year(m["y"]) if m["y"] else today.year
    ends = _month_end(year, number * 3)
    if not m["y"] and ends < today:
        ends = _month_end(year + 1, number * 3)
    return ends


def _half(m: re.Match[str], today: date) -> date | None:
    year = int(m["y"]) if m["y"] else today.year
    return _month_end(year, int(m["h"]) * 6)


def _period(m: re.Match[str], today: date) -> date | None:
    """The end of this or the next week, month, quarter or year."""
    unit = UNITS[m["unit"].lower()]
    ahead = 1 if m["next"] and NEXT[m["next"].lower()] else 0
    if unit == "day":
        return today
    if unit == "week":
        return today + timedelta(days=4 - today.weekday() + 7 * ahead)
    if unit == "month":
        month = today.month + ahead
        return _month_end(today.year + (month > 12), (month - 1) % 12 + 1)  # noqa: PLR2004
    if unit == "quarter":
        quarter = (today.month - 1) // 3 + ahead
        return _month_end(today.year + quarter // 4, quarter % 4 * 3 + 3)
    return date(today.year + ahead, 12, 31)


def _weekday(m: re.Match[str], today: date) -> date | None:
    wanted = WEEKDAYS[m["w"].lower()]
    ahead = (wanted - today.weekday()) % 7 or 7
    nearby = bool(m["next"] and NEXT[m["next"].lower()]) or bool(m["after"])
    # 'next Friday', said on a Monday, is the one of the coming week.
    if nearby and today.weekday() + ahead <= 6:  # noqa: PLR2004 - still in this week
        ahead += 7
    return today + timedelta(days=ahead)


def _relative(m: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=RELATIVE_DAYS[m["r"].lower()])


def _in_units(m: re.Match[str], today: date) -> date | None:
    raw = m["n"].lower()
    number = int(raw) if raw.isdigit() else NUMBERS[raw]
    unit = UNITS[m["unit"].lower()]
    if unit in ("day", "week"):
        return today + timedelta(days=number * (7 if unit == "week" else 1))
    months = number * {"month": 1, "quarter": 3, "year": 12}[unit]
    total = today.month - 1 + months
    year, month = today.year + total // 12, total % 12 + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def _year(m: re.Match[str], _today: date) -> date | None:
    return date(int(m["y"]), 12, 31)


def _year_end(_m: re.Match[str], today: date) -> date | None:
    return date(today.year, 12, 31)


_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "fifteenth": 15,
    "twentieth": 20,
    "thirtieth": 30,
    "ersten": 1,
    "premier": 1,
    "primero": 1,
    "primo": 1,
}
_Resolver = Callable[[re.Match[str], date], date | None]


def _rule(pattern: str) -> re.Pattern[str]:
    return late(pattern, re.IGNORECASE)


_RULES: tuple[tuple[re.Pattern[str], _Resolver, bool], ...] = (
    (_rule(r"\b(?P<a>20\d\d)-(?P<b>\d\d)-(?P<c>\d\d)\b"), _iso, True),
    (
        _rule(
            r"(?<![\d.])(?P<a>\d{1,2})(?P<s>[./])(?P<b>\d{1,2})(?P=s)(?P<c>20\d\d|\d\d)(?![\d.]*\d)"
        ),
        _numeric,
        True,
    ),
    (
        _rule(r"(?<![\d.,/])(?P<a>\d{1,2})(?P<s>\.)(?P<b>0?[1-9]|1[0-2])\.(?P<c>(?!\d))(?!\d)"),
        _numeric,
        True,
    ),
    (
        _rule(r"(?<![\d.,/])(?P<a>\d{1,2})(?P<s>/)(?P<b>\d{1,2})(?P<c>(?!\d))(?![\d/%])"),
        _numeric,
        True,
    ),
    (
        _rule(
            rf"\b(?P<d>\d{{1,2}}|{'|'.join(_ORDINALS)})(?:st|nd|rd|th|er|º|ª|\.)?\s+(?:of |de |di )?(?P<m>{_MONTH})\b\.?{_YEAR}"
        ),
        _day_month,
        True,
    ),
    (
        _rule(
            rf"\b(?P<m>{_MONTH})\.?\s+(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:%|:|k\b|000)){_YEAR}"
        ),
        _day_month,
        True,
    ),
    (
        _rule(
            rf"(?:(?P<part>{_END_WORDS}|{_START_WORDS}|mid[- ]?|mitte|mi-|mediados de|metà|half|meados de|mitten av)\s*(?:del mese di |the month of )?)(?P<m>{_MONTH})\b\.?{_YEAR}"
        ),
        _part_of_month,
        False,
    ),
    (
        _rule(
            rf"\b(?:in|by|before|until|till|from|for|this|next|during|im|bis|ab|en|d'ici|avant|para|antes de|in de loop van|voor|entro|a|em|até|i|innan|före|mois de|le|starting|after|around)\s+(?P<part>(?!))?(?P<m>{_MONTH})\b\.?{_YEAR}".replace(
                "(?P<part>(?!))?", "(?P<part>(?!x)x)?"
            )
        ),
        _part_of_month,
        False,
    ),
    (_rule(rf"\b(?P<part>(?!x)x)?(?P<m>{_MONTH})\.?\s+(?P<y>20\d\d)\b"), _part_of_month, False),
    (
        _rule(
            r"\b(?:q(?P<q>[1-4])|(?P<q2>[1-4])(?:\.|er|º|e|st|nd|rd|th)?\s*(?:quarter|quartal|trimestre|kwartaal|kvartalet))(?:[ /]*(?:of |de |del |fy)?'?(?P<y>20\d\d|\d\d)\b)?"
        ),
        _quarter,
        False,
    ),
    (_rule(r"\b(?:h(?P<h>[12]))\b(?:\s*(?P<y>20\d\d))?"), _half, False),
    (
        _rule(
            rf"\b(?:{_END_WORDS})\s*(?:the |this |of |der |des |la |le |l'|el |il |het |de |o |a |av )?(?P<next>{_NEXT})?\s*(?P<unit>{_UNIT})\b"
        ),
        _period,
        False,
    ),
    (
        _rule(
            r"\b(?:year[- ]end|jahresende|eoy|fin d'année|fin de año|fine anno|jaareinde|fim do ano|årsskiftet|årets slut)\b"
        ),
        _year_end,
        False,
    ),
    (
        _rule(r"\b(?P<next>(?!x)x)?(?:(?P<unit>(?!x)x)|monatsende|month[- ]end|eom|fin de mois)\b"),
        lambda _m, t: _month_end(t.year, t.month),
        False,
    ),
    (
        _rule(
            rf"\b(?:(?P<next>{_NEXT})\s+)?(?P<w>{_DAY})\b(?P<after>\s+(?:next week|nächster woche|prochain|que viene|prossimo))?"
        ),
        _weekday,
        True,
    ),
    (_rule(rf"(?<!\w)(?P<r>{_RELATIVE})(?!\w)"), _relative, True),
    (
        _rule(
            rf"\b(?:{IN_UNIT})\s+(?:about |around |the next |the |den nächsten |les |los próximos |i prossimi |de komende )?(?P<n>{_NUMBER})\s*(?:-\s*\d+\s*)?(?:working |business )?(?P<unit>{_UNIT})\b(?!\s+ago)"
        ),
        _in_units,
        False,
    ),
    (
        _rule(rf"\b(?P<next>{_NEXT})\s+(?:fiscal |calendar |financial )?(?P<unit>{_UNIT})\b"),
        _period,
        False,
    ),
    (
        _rule(
            rf"\b(?P<unit>{_UNIT})\s+(?P<next>prochaine?|próxim[oa]|prossim[oa]|que viene|que vem)\b"
        ),
        _period,
        False,
    ),
    (
        _rule(
            r"\b(?:in|by|before|for|until|early|late|mid|en|para|em|nel|vor|bis)\s+(?P<y>20[2-4]\d)\b"
        ),
        _year,
        False,
    ),
)


def find_days(text: str, today: date) -> tuple[NamedDay, ...]:
    """Every day named, in order of place; where two readings overlap the more exact one stays."""
    found: list[NamedDay] = []
    for day in _candidates(text, today):
        if all(day.end <= other.start or day.start >= other.end for other in found):
            found.append(day)
    return tuple(sorted(found, key=lambda named: named.start))


def _candidates(text: str, today: date) -> Iterator[NamedDay]:
    for pattern, resolve, exact in _RULES:
        for match in pattern.finditer(text):
            day = resolve(match, today)
            if day is not None:
                yield NamedDay(
                    start=match.start(),
                    end=match.end(),
                    phrase=match.group().strip(" .,"),
                    day=day,
                    exact=exact,
                )
