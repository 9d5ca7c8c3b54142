"""Whether one weekday's mails are answered more often than the others'. Pure."""

from collections.abc import Mapping
from statistics import NormalDist

from services.intervals import difference_of, share_of
from services.types.work import BestWeekday

WEEKS = 12
"""With fewer, a weekday is a handful of days."""
ENOUGH = 10
"""Outcomes of a weekday before it is compared."""
ERROR = 0.05


def best_weekday(answered: Mapping[int, tuple[int, int]], weeks: int) -> BestWeekday | None:
    """Of (answered, of) by weekday: the one whose difference to all others (Newcombe's interval, at
    a level divided by the number of weekdays compared) leaves out zero; the largest of several."""
    compared = [day for day, (_, of) in answered.items() if of >= ENOUGH]
    if weeks < WEEKS or len(compared) < 2:  # noqa: PLR2004 - one alone is compared with nothing
        return None
    z = NormalDist().inv_cdf(1 - ERROR / 2 / len(compared))
    found: list[tuple[float, BestWeekday]] = []
    for day in compared:
        part, of = answered[day]
        rest = [pair for other, pair in answered.items() if other != day]
        others = (sum(one for one, _ in rest), sum(each for _, each in rest))
        apart = difference_of(share_of(part, of, z), share_of(*others, z))
        if apart is not None and apart[1] > 0:
            best = BestWeekday(weekday=day, share=share_of(part, of), others=share_of(*others))
            found.append((apart[0], best))
    return max(found, key=lambda pair: pair[0])[1] if found else None
