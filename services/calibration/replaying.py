"""What the adjustment would have made of a list of confidences and outcomes. Pure.

The list falls into two halves, whatever its order: sorted, shuffled with a fixed seed, dealt in
turn. One half is learned from, cycle by cycle, until nothing moves; the other is scored. The rule
itself keeps halves for what it holds out, so the learning half is dealt once more.
"""

from dataclasses import dataclass

import numpy as np

from services.calibration.adjusting import cycle
from services.calibration.scores import Array, Sums
from services.types.calibration import Adjustment, Scores

SEED = 538
MOST_CYCLES = 60
"""After so many, less than two thousandths of the way are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`raw` and `adjusted` are scores of the same outcomes, from which nothing was learned."""

    learned_on: int
    cycles: int
    """In which it moved."""
    adjustment: Adjustment
    raw: Scores
    adjusted: Scores


def replay(predicted: Array, score: Array) -> Replay:
    """Of two arrays of equal length, checked before (services/calibration/scores.checked)."""
    learned, scored = _dealt(predicted, score)
    adjustment, moves = Adjustment(), 0
    halves = (_sums(learned, 0), _sums(learned, 1))
    while moves < MOST_CYCLES and (found := cycle(halves, adjustment)).moved:
        adjustment, moves = found.after, moves + 1
    shown = np.interp(scored[0], np.linspace(0, 1, len(adjustment.knots)), adjustment.knots)
    return Replay(
        learned_on=learned.shape[1],
        cycles=moves,
        adjustment=adjustment,
        raw=Sums.of(*scored).scores(),
        adjusted=Sums.of(shown, scored[1]).scores(),
    )


def _dealt(predicted: Array, score: Array) -> tuple[Array, Array]:
    """Two arrays of two rows: what was said, what came."""
    both = np.vstack([predicted, score])[:, np.lexsort((score, predicted))]
    mixed = both[:, np.random.default_rng(SEED).permutation(both.shape[1])]
    return mixed[:, ::2], mixed[:, 1::2]


def _sums(learned: Array, half: int) -> Sums:
    return Sums.of(*learned[:, half::2])
