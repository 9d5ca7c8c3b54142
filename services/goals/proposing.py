"""The target that is proposed after watching: pure.

What was reached in the days of watching, scaled to the working days of the goal's period, and ten
per cent more: a modest stretch, which a person changes as they like. From too little nothing is
proposed: one large deal in thirty days says nothing of a quarter.
"""

from decimal import ROUND_CEILING, Decimal

from services.types.goals import Tally

STRETCH = Decimal("1.10")
LEAST_DEALS = 3
LEAST_DEEDS = 10


def proposed_target(tally: Tally, *, money: bool, watched: int, total: int) -> Decimal | None:
    """Two figures that say something, rounded up. `watched` and `total` are the days watched and
    those of the period. None: too little to propose from."""
    if too_little(tally, money=money) is not None or tally.value is None or watched <= 0:
        return None
    exact = tally.value * total / watched * STRETCH
    unit = Decimal(10) ** max(exact.adjusted() - 1, 0)
    return (exact / unit).to_integral_value(ROUND_CEILING) * unit


def too_little(tally: Tally, *, money: bool) -> str | None:
    """Why nothing can be proposed; None when something can."""
    least, one, many = (LEAST_DEALS, "deal", "deals") if money else (LEAST_DEEDS, "deed", "deeds")
    if tally.things < least:
        known = " with a known amount" if money else ""
        seen = f"{tally.things or 'no'} {one if tally.things == 1 else many}{known}"
        return f"I saw {seen}: too little to propose a target from."
    if tally.unknown > tally.things:
        return "Most deals have no amount: too little is known to propose a target from."
    if not tally.value:
        return "The deals I saw come to nothing: no target can be proposed from that."
    return None
