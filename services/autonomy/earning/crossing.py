"""Exact chances of the bound, without a die: how likely a stream of a given share ever crosses."""

import math
from dataclasses import dataclass

from services.autonomy.earning.bound import log_e_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """`by[n-1]`: the chance that a stream has crossed by its n-th event."""

    by: tuple[float, ...]

    @property
    def ever(self) -> float:
        return self.by[-1]

    def after(self, chance: float) -> int | None:
        """From how many events on it has crossed with this chance; None within the horizon."""
        return next((n for n, crossed in enumerate(self.by, 1) if crossed >= chance), None)


def needed(p0: float, alpha: float, horizon: int) -> list[int]:
    """For each number of events the least successes at which the bound is crossed; n + 1 where not
    even all would do."""
    log_needed, least, found = -math.log(alpha), 0, []
    for n in range(1, horizon + 1):
        # One more event never lowers it.
        while least <= n and log_e_value(least, n - least, p0) < log_needed:
            least += 1
        found.append(least)
    return found


def crossing(share: float, p0: float, alpha: float, horizon: int) -> Crossing:
    """By dynamic programming over (events, successes): what has crossed is taken out and never
    looked at again, as a promotion would."""
    alive, crossed, by = [1.0], 0.0, []
    for n, least in enumerate(needed(p0, alpha, horizon), 1):
        nexts = [0.0] * (n + 1)
        for successes, chance in enumerate(alive):
            nexts[successes] += chance * (1 - share)
            if successes < n:
                nexts[successes + 1] += chance * share
        crossed += sum(nexts[least:])
        alive = nexts[:least] + [0.0] * (n + 1 - least) if least <= n else nexts
        by.append(crossed)
    return Crossing(by=tuple(by))
