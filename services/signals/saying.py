"""How detectors and cleared signals speak of days, people and numbers. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

_FEW = 3


def day(at: date | datetime, now: datetime) -> str:
    """`3 Nov`, with the year unless it is this one."""
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {at:%b}{year}"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 day`, `3 days`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def span(length: timedelta | float) -> str:
    """`5 hours`, `1 day`, `12 days`; a number is in days."""
    days = length / timedelta(days=1) if isinstance(length, timedelta) else float(length)
    if days < 1:
        return count(max(round(days * 24), 1), "hour")
    return count(round(days), "day")


def names(people: Iterable[str]) -> str:
    """`Ann`, `Ann and Bo`, `Ann, Bo, Cy and 2 more`."""
    known = list(people)
    if len(known) > _FEW:
        return f"{', '.join(known[:_FEW])} and {len(known) - _FEW} more"
    return _and(known)


def _and(known: Sequence[str]) -> str:
    if len(known) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(known)
    return f"{', '.join(known[:-1])} and {known[-1]}"
