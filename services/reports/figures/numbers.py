"""What several figures are made with: days, shares and their difference, the median's interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import comb

from services.intervals import difference_of, share_of
from services.types.reports import Part, Unit

ENOUGH = 20
"""Cases on each side before two shares are compared, and mails before their length is believed."""
DIGITS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Days:
    """The days a figure is counted over, the last one included."""

    first: date
    last: date


def number(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(DIGITS)


def share(label: str, part: int, of: int) -> Part:
    """With its Wilson interval; of none nothing is known."""
    found = share_of(part, of)
    if found.value is None or found.low is None or found.high is None:
        return Part(label=label, unit=Unit.SHARE, part=part, of=of, unknown="there was none")
    return Part(
        label=label,
        unit=Unit.SHARE,
        value=number(found.value),
        low=number(found.low),
        high=number(found.high),
        part=part,
        of=of,
    )


def difference(label: str, mine: tuple[int, int], theirs: tuple[int, int]) -> Part:
    """The first share less the second, each (part, of), with Newcombe's interval. Unknown with
    fewer than `ENOUGH` on either side."""
    found = difference_of(share_of(*mine), share_of(*theirs))
    if found is None or min(mine[1], theirs[1]) < ENOUGH:
        why = f"too few to compare: {mine[1]} and {theirs[1]}, and {ENOUGH} are needed on each side"
        return Part(label=label, unit=Unit.POINTS, unknown=why)
    value, low, high = (number(one) for one in found)
    return Part(label=label, unit=Unit.POINTS, value=value, low=low, high=high)


def median_range(values: Sequence[int]) -> tuple[int, int]:
    """Between which two of the values the median lies with at least 95 %, whatever their
    distribution: by the binomial chances of so many being below it. At least six are needed."""
    held, size = sorted(values), len(values)
    below, places = 0.0, 0
    while below + comb(size, places) / 2**size <= 0.025:  # noqa: PLR2004 - a tail of 95 %
        below += comb(size, places) / 2**size
        places += 1
    if not places:
        raise ValueError("fewer than six values bound no median")
    return held[places - 1], held[size - places]


def count(label: str, value: int) -> Part:
    return Part(label=label, unit=Unit.COUNT, value=Decimal(value))
