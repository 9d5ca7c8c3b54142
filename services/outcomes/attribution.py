"""How an event is shared out among the mails before it. Pure.

Three parts: a fifth to the first touch, which began it, a fifth to the last, which it followed, and
three fifths among all by time, halved for every week a mail lies further back. A sole touch gets
all of it (docs/decisions/0047).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

FIRST, LAST, BY_TIME = 0.2, 0.2, 0.6
HALF_LIFE = timedelta(days=7)
_UNITS = 1_000_000
"""Weights are kept with six digits and dealt out in whole units, so that they sum to 1 exactly."""


def weights(touches: Sequence[datetime], event_at: datetime) -> tuple[Decimal, ...]:
    """One weight a touch, in the order given; they sum to 1 exactly, and the same touches always
    get the same. `touches` are in order, none after the event. Empty for none."""
    if not touches:
        return ()
    decay = [0.5 ** (max(event_at - at, timedelta(0)) / HALF_LIFE) for at in touches]
    whole = sum(decay)
    shares = [BY_TIME * one / whole for one in decay]
    shares[0] += FIRST
    shares[-1] += LAST
    return tuple(Decimal(units) / _UNITS for units in _dealt(shares))


def _dealt(shares: Sequence[float]) -> list[int]:
    """Whole units by largest remainder; of equal ones the later touch gets the unit."""
    exact = [share * _UNITS for share in shares]
    units = [int(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda i: (exact[i] - units[i], i), reverse=True)
    for place in order[: _UNITS - sum(units)]:
        units[place] += 1
    return units
