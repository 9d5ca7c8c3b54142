"""What people are told about a request's state, in sentences. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.types.approvals import RequestStatus

SOMEBODY = "Somebody"
NO_CONDITIONS = (
    "This mail leaves as soon as it is approved, so nobody could keep conditions. Approve it as it "
    "is, or reject it and say what should change."
)


def at_words(moment: datetime, now: datetime, timezone: str) -> str:
    """`10:42 UTC`, and the day when it is another one: `17:05 CET on 3 Nov`."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    local, today = moment.astimezone(zone), now.astimezone(zone)
    words = f"{local:%H:%M} {local.tzname()}"
    return words if local.date() == today.date() else f"{words} on {local.day} {local:%b}"


def names_words(names: Sequence[str], last: str = "or") -> str:
    """`Dana Reyes`, `Dana Reyes or Victor Hahn`, `A, B or C`."""
    distinct = list(dict.fromkeys(names))
    if len(distinct) > 1:
        return f"{', '.join(distinct[:-1])} {last} {distinct[-1]}"
    return distinct[0] if distinct else "an admin"


def settled_words(
    status: str,
    *,
    who: str | None,
    is_reader: bool,
    when: str,
    reason: str | None = None,
    template: str | None = None,
) -> str:
    """What became of it, who did it, and when: for whoever comes too late."""
    name = "You" if is_reader else who or SOMEBODY
    if status == RequestStatus.APPROVED and template:
        return f"This was approved at {when} by the rule “{template}”."
    if status == RequestStatus.VOIDED:
        return f"This no longer counts since {when}." + (f" {reason}" if reason else "")
    words = {
        RequestStatus.APPROVED: f"{name} approved this at {when}.",
        RequestStatus.REJECTED: f"{name} rejected this at {when}.",
        RequestStatus.WITHDRAWN: f"{name} took this back at {when}.",
        RequestStatus.EXPIRED: f"Nobody decided in time; this expired at {when}.",
    }
    return words.get(RequestStatus(status), "This is no longer open.")


def may_words(who: Sequence[str]) -> str:
    """For somebody who may not decide: who may."""
    if not who:
        return "An admin has to find somebody who may decide this."
    return f"{names_words(who)} may decide this."
