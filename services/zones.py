"""Where a member's clock stands."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(timezone: str) -> ZoneInfo:
    """The member's zone; UTC when the name says nothing."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def next_time(timezone: str, now: datetime, at: time) -> datetime:
    """The next time the member's clock shows `at`, strictly after now, in UTC. Where a clock change
    leaves the hour out, it is as long after as the clock jumped; where the hour comes twice, the
    first time counts."""
    zone = zone_of(timezone)
    today = now.astimezone(zone).date()
    # A day before and two after: zones have skipped and repeated whole days.
    for offset in range(-1, 3):
        due = datetime.combine(today + timedelta(days=offset), at, zone).astimezone(UTC)
        if due > now:
            return due
    raise RuntimeError("a time of the day is never three days away")
