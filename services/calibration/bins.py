"""Ten bins of stated probability, closed on the right. Pure."""

import math
from uuid import UUID

BINS = 10


def bin_of(predicted: float) -> int:
    """0 for [0, 0.1], then (0.1, 0.2] … 9 for (0.9, 1]. A probability that a person would write
    with two digits lands where its digits say, whatever its binary form: 0.3 is in (0.2, 0.3].
    ValueError for what is no probability."""
    if not 0 <= predicted <= 1:  # false for NaN as well
        raise ValueError(f"{predicted} is no probability")
    return max(math.ceil(round(predicted * BINS, 9)) - 1, 0)


def half_of(outcome_id: UUID) -> int:
    """0 or 1, by a random bit of the id: whichever order outcomes come in, each half is a fair
    sample of the whole, and an outcome stays in its half for good."""
    return outcome_id.int & 1
