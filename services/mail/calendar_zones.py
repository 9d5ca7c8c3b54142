"""Time zones of a calendar part: names of the tz database, Windows' names, and what the part itself
defines. Nothing is remembered between parts: two mails may call different zones the same."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

# A definition has some ten lines; a rule finer than a year would be walked for centuries.
LONGEST = 200
_RULE = re.compile(r"RRULE:.*\bFREQ=(?!YEARLY\b)|RRULE:.*\bINTERVAL=0*[;\s]*\Z", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?\Z", re.IGNORECASE)
_WINDOWS = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}
_LABEL = re.compile(r"\(UTC(?P<offset>[+-]\d{2}:\d{2})?\)\s*(?P<place>.*)\Z", re.IGNORECASE)


@dataclass(slots=True)
class Zones:
    """The zones one part may name. `unknown` are names that nobody knows."""

    defined: Mapping[str, str] = field(default_factory=dict)
    """Name → its VTIMEZONE, as text."""
    unknown: set[str] = field(default_factory=set)
    _found: dict[str, tzinfo | None] = field(default_factory=dict)

    def moment(self, value: date, name: str | None) -> tuple[datetime, bool]:
        """The moment in UTC, and whether it floats: no zone is named, or none that is known."""
        if not isinstance(value, datetime):
            return datetime.combine(value, time(), UTC), True
        if value.tzinfo is not None and name is None:
            return value.astimezone(UTC), False
        plain = value.replace(tzinfo=None)
        zone = self.of(name) if name else None
        if zone is None:
            return plain.replace(tzinfo=UTC), True
        try:
            return plain.replace(tzinfo=zone).astimezone(UTC), False
        except (ValueError, OverflowError):
            return plain.replace(tzinfo=UTC), True

    def of(self, name: str) -> tzinfo | None:
        if name not in self._found:
            self._found[name] = _named(name) or self._own(name)
            if self._found[name] is None:
                self.unknown.add(name)
        return self._found[name]

    def _own(self, name: str) -> tzinfo | None:
        text = self.defined.get(name)
        lines = text.splitlines() if text else []
        if not lines or len(lines) > LONGEST:
            return None
        kept = [line for line in lines if not _RULE.match(line)]
        try:
            found = tzical(io.StringIO("\n".join(kept))).get(name)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return None
        return found if isinstance(found, tzinfo) else None


def _named(name: str) -> tzinfo | None:
    """A zone by a name of the tz database (also behind a prefix), of Windows, or by its offset."""
    plain = name.strip().strip('"')
    if label := _LABEL.match(plain):
        plain = (label["offset"] and f"UTC{label['offset']}") or "UTC"
    windows = _WINDOWS.get(plain.casefold())
    pieces = plain.strip("/").split("/")
    candidates = [windows] if windows else ["/".join(pieces[at:]) for at in range(len(pieces))]
    for candidate in candidates:
        if zone := _zone(candidate):
            return zone
    return _fixed(plain)


def _zone(name: str | None) -> tzinfo | None:
    if not name or not re.fullmatch(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}", name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _fixed(name: str) -> tzinfo | None:
    match = _OFFSET.match(name)
    if match is None:
        return None
    sign, hours, minutes = match[1], int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:  # noqa: PLR2004 - no clock on earth is further away
        return None
    return datetime.strptime(f"{sign}{hours:02}{minutes:02}", "%z").tzinfo
