"""When a transcript's meeting was held, and which of the known meetings that is. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.models.meetings import Meeting
from services.errors import InvalidInput

_ZOOM = re.compile(r"GMT(\d{8})-(\d{6})")
_DAY = re.compile(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """When a meeting was held: aware UTC. `whole_day`: the hour isn't known."""

    at: datetime
    timezone: str
    whole_day: bool = False

    @property
    def day(self) -> date:
        return self.at.astimezone(ZoneInfo(self.timezone)).date()

    def span(self) -> tuple[datetime, datetime]:
        """The day it was held on, [from, to), where its people are."""
        zone = ZoneInfo(self.timezone)
        begins = datetime.combine(self.day, time(), zone)
        ends = datetime.combine(self.day + timedelta(days=1), time(), zone)
        return begins.astimezone(UTC), ends.astimezone(UTC)


def read_time(words: str, timezone: str) -> Held:
    """`2026-12-01` or `2026-12-01 15:00`, by the clock on the wall unless it names an offset."""
    zone = ZoneInfo(timezone)
    plain = words.strip()
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        raise InvalidInput(
            f"{plain[:40]} is no time. Write 2026-12-01 or 2026-12-01 15:00.", field="at"
        ) from None
    at = found if found.tzinfo else found.replace(tzinfo=zone)
    whole_day = re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", plain) is not None
    return Held(at=at.astimezone(UTC), timezone=timezone, whole_day=whole_day)


def time_in_name(name: str, timezone: str) -> Held | None:
    """Zoom names its files by the moment they began, others by the day."""
    if match := _ZOOM.search(name):
        try:
            at = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None
        return Held(at=at, timezone=timezone)
    match = _DAY.search(name)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
    if day is None:
        return None
    at = datetime.combine(day, time(), ZoneInfo(timezone))
    return Held(at=at.astimezone(UTC), timezone=timezone, whole_day=True)


def meeting_of(known: Sequence[Meeting], title: str, held: Held) -> Meeting | None:
    """The one of that day's meetings it was: by its title, as the only one, or as the nearest to
    an hour that is known. None where it could be several or is none of them."""
    took_place = [m for m in known if m.status == "scheduled" and not m.all_day]
    named = [m for m in took_place if title and _fold(m.title) == _fold(title)]
    if len(named or took_place) == 1:
        return (named or took_place)[0]
    if held.whole_day or not took_place:
        return None
    return min(named or took_place, key=lambda m: abs(m.starts_at - held.at))


def _fold(title: str) -> str:
    return " ".join(title.casefold().split())
