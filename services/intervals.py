"""Shares of a few, and how sure they are. Pure."""

from math import sqrt

from services.types.alerts import Share

Z = 1.959964
"""95 %, two-sided."""


def share_of(part: int, of: int, z: float = Z) -> Share:
    """With Wilson's interval, which stays honest for a handful; of none, nothing is known."""
    if of <= 0:
        return Share(part=0, of=0)
    low, high = wilson(part, of, z)
    return Share(part=part, of=of, low=low, high=high)


def wilson(part: float, of: float, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share, lower and upper end; `part` may be a sum of scores from 0 to 1.
    `of` is above 0."""
    share, square = part / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference_of(one: Share, other: Share) -> tuple[float, float, float] | None:
    """(one less the other, from, to) by Newcombe's way; None where one of them isn't known."""
    if None in (one.value, one.low, one.high, other.value, other.low, other.high):
        return None
    first, second = one.value or 0.0, other.value or 0.0
    low, high = newcombe(
        (first, one.low or 0.0, one.high or 0.0), (second, other.low or 0.0, other.high or 0.0)
    )
    return first - second, low, high


def newcombe(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float]:
    """The interval of one share less another, each (share, from, to): Newcombe's tenth way, the
    distances to the two intervals' ends squared and added. It never leaves -1 to 1."""
    (first, low, high), (second, least, most) = one, other
    apart = first - second
    below = sqrt((first - low) ** 2 + (most - second) ** 2)
    above = sqrt((high - first) ** 2 + (second - least) ** 2)
    return apart - below, apart + above
