"""When an edit is asked about: seldom, and only when it is one. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from services.types.habits import Change, Place, Seen

THREADS = 3
"""Different conversations; one mail written three times is one."""
ACCOUNTS = 2
"""What a sentence says of one customer comes back with that customer, so a sentence needs two."""
ALWAYS = 0.5
"""At least so many of the mails that offered the change got it."""
WITHIN = timedelta(days=90)
BETWEEN = timedelta(days=7)
"""One question a week to one member."""
AGAIN_AFTER = timedelta(days=180)
"""After No, and after a rule was removed."""
MOST_RULES = 20
MOST_SEEN = 200
"""Habits of a member that nobody was asked about; the longest unseen go first."""


def is_habit(place: Place, seen: Seen) -> bool:
    """Whether what was seen is a habit rather than three chances."""
    accounts = 1 if place in (Place.GREETING, Place.SIGN_OFF) else ACCOUNTS
    enough = seen.threads >= THREADS and seen.accounts >= accounts
    return enough and seen.made >= ALWAYS * max(seen.of, seen.made)


def may_ask_now(asked: Iterable[datetime], now: datetime) -> bool:
    """`asked`: when the member was asked about any habit."""
    return all(at <= now - BETWEEN for at in asked)


def may_ask_about(status: str, decided_at: datetime | None, now: datetime) -> bool:
    """Whether a habit in this state may be asked about (again)."""
    if status == "seen":
        return True
    settled = status in ("declined", "removed") and decided_at is not None
    return settled and decided_at is not None and decided_at <= now - AGAIN_AFTER


def the_one_to_ask(ready: Mapping[UUID, tuple[Change, Seen]]) -> UUID | None:
    """Of several habits the most frequent; where two are as frequent, what says more: a change into
    something before a mere cut."""
    rank = {Change.REPLACE: 2, Change.ADD: 1, Change.CUT: 0}
    return max(
        ready, key=lambda one: (ready[one][1].threads, rank[ready[one][0]], one.int), default=None
    )
