"""Cases that hold every condition of a step, to take one away from."""

import zlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.autonomy.earning.bound import interval
from services.types.actions import AutonomyLevel
from services.types.earning import Came, Case, Success

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SINCE = NOW - timedelta(days=60)
GOOD = {
    AutonomyLevel.SHADOW: Came.AGREED,
    AutonomyLevel.SUGGEST: Came.TAKEN,
    AutonomyLevel.APPROVE: Came.UNCHANGED,
    AutonomyLevel.UNDO_WINDOW: Came.LEFT,
}
ENOUGH = Success(share=interval(30, 20), baseline=interval(40, 60))


def _spread(what: str, number: int, size: int) -> int:
    """Evenly enough, and of nothing else."""
    return zlib.crc32(f"{what} {number}".encode()) % size


def make_case(number: int = 1, **fields: object) -> Case:
    """An unchanged approval by one of three reps, for one of thirty accounts."""
    values: dict[str, object] = {
        "action_id": UUID(int=number),
        "at": NOW - timedelta(days=1),
        "member_id": UUID(int=1 + _spread("rep", number, 3)),
        "owner_id": UUID(int=1 + _spread("rep", number, 3)),
        "account_id": UUID(int=100 + _spread("account", number, 30)),
        "contact_id": UUID(int=1000 + _spread("contact", number, 90)),
        "came": Came.UNCHANGED,
        "answered": True,
    }
    return Case(**{**values, **fields})  # type: ignore[arg-type]


def make_cases(
    number: int, *, level: AutonomyLevel = AutonomyLevel.APPROVE, days: int = 28
) -> list[Case]:
    """So many good ones, spread evenly over so many days up to now."""
    return [
        make_case(
            one,
            at=NOW - timedelta(days=days) + timedelta(days=days) * one / number,
            came=GOOD[level],
            by_rule=level is AutonomyLevel.UNDO_WINDOW,
        )
        for one in range(1, number + 1)
    ]
