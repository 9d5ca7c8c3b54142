"""Where a member's clock stands."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(timezone: str) -> ZoneInfo:
    """The member's zone; UTC when the name says nothing."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
