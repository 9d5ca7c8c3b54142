"""Probabilities that somebody stated, and those that nobody did. Pure."""

import math
from decimal import Decimal

_PLACES = Decimal("0.0001")


def as_probability(value: float | Decimal) -> tuple[Decimal | None, str]:
    """A stated confidence as a probability of four digits, and what had to be done to it. None for
    what is no number."""
    number = float(value)
    if math.isnan(number):
        return None, "The confidence that was stated is no number."
    inside = min(max(number, 0.0), 1.0)
    note = "" if inside == number else f"A confidence of {number:g} was stated; I took {inside:g}."
    return Decimal(repr(inside)).quantize(_PLACES), note


def base_rate(came_true: Decimal, resolved: int) -> Decimal:
    """What to expect where nobody stated anything: the tenant's own share of resolved predictions
    of this kind and type, with one more that came true and one that didn't (Laplace's rule). Of
    none it is one half, which is what knowing nothing means; it is never 0 or 1.

    `came_true` is the sum of scores, between 0 and `resolved`.
    """
    if resolved < 0 or not 0 <= came_true <= resolved:
        raise ValueError(f"{came_true} of {resolved} is no share")
    share = ((came_true + 1) / (resolved + 2)).quantize(_PLACES)
    return min(max(share, _PLACES), 1 - _PLACES)
