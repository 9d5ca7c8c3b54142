"""Moments to come, as a person's own clock shows them: for sentences and for cards."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEK = 7


def until_words(value: datetime, now: datetime, timezone: str) -> str:
    """`14:00`, `tomorrow 08:00`, `Monday 08:00`, `24 December 08:00`."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    there, today = value.astimezone(zone), now.astimezone(zone).date()
    away = (there.date() - today).days
    if away <= 0:
        return f"{there:%H:%M}"
    if away == 1:
        return f"tomorrow {there:%H:%M}"
    return f"{there:%A %H:%M}" if away < WEEK else f"{there.day} {there:%B %H:%M}"
