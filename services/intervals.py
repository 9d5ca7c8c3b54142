"""Shares of a few, and how sure they are. Pure."""

from math import sqrt

from services.types.alerts import Share

Z = 1.959964
"""95 %, two-sided."""


def share_of(part: int, of: int) -> Share:
    """With Wilson's interval, which stays honest for a handful; of none, nothing is known."""
    if of <= 0:
        return Share(part=0, of=0)
    share, square = part / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return Share(part=part, of=of, low=max(middle - half, 0.0), high=min(middle + half, 1.0))
