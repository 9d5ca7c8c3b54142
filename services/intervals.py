"""Shares of a few, and how sure they are. Pure."""

from math import sqrt

from services.types.alerts import Share

Z = 1.959964
"""95 %, two-sided."""


def share_of(part: int, of: int) -> Share:
    """With Wilson's interval, which stays honest for a handful; of none, nothing is known."""
    if of <= 0:
        return Share(part=0, of=0)
    low, high = wilson(part, of)
    return Share(part=part, of=of, low=low, high=high)


def wilson(part: float, of: float) -> tuple[float, float]:
    """Wilson's interval of a share, lower and upper end; `part` may be a sum of scores from 0 to 1.
    `of` is above 0."""
    share, square = part / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)
