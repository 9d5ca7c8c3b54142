"""Where a member's clock stands, and where days begin and end."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SATURDAY = 5


def zone_of(timezone: str) -> ZoneInfo:
    """The member's zone; UTC when the name says nothing."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def today_in(timezone: str, now: datetime) -> date:
    return now.astimezone(zone_of(timezone)).date()


def day_begins(day: date, timezone: str) -> datetime:
    """When the day begins there, in UTC. Where a clock change leaves midnight out, with the first
    moment after it; where midnight comes twice, with the first one."""
    return datetime.combine(day, time(), zone_of(timezone)).astimezone(UTC)


def is_weekday(day: date) -> bool:
    """Monday to Friday: nobody's holidays are known."""
    return day.weekday() < SATURDAY


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
