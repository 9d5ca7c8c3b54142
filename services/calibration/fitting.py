"""The curve that outcomes ask for: what a stated probability should have been. Pure numpy.

Two steps, each borrowing where little is known. All bins together give a slope and a shift of the
log-odds, held near the identity by a prior worth a few outcomes. Then each bin moves from that
towards what was observed in it, by its count; a thin bin stays where all of them say. At last the
curve is made to rise.
"""

from dataclasses import dataclass

import numpy as np

from services.calibration.scores import EDGES, Array, Sums
from services.types.calibration import LEAST_SCALE, MOST_SCALE

LEAST_IN_BIN = 10
"""Fewer outcomes in a bin say nothing yet, neither here nor of a gap."""
SCALE_PRIOR, SHIFT_PRIOR = 10.0, 2.5
"""How firmly slope and shift are held at 1 and 0: about what ten outcomes weigh."""
POOL_PRIOR = 20.0
"""Outcomes that the curve of all bins weighs in each of them."""
SOFT = 0.02
"""0 and 1 have no log-odds: probabilities are drawn in by this much, and spread out again."""
MOST_SHIFT = 4.0
STEPS = 50
DIGITS = 4
"""Of whatever is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What the outcomes ask for. `knots` are its values at 0, 0.1 … 1."""

    scale: float
    shift: float
    knots: tuple[float, ...]


def fit(sums: Sums, *, least: int = LEAST_IN_BIN) -> Fit:
    """From bins with enough in them; the identity where there is none."""
    count = np.where(sums.count >= least, sums.count, 0)
    scale, shift = _pooled(count, sums)
    stated = sums.stated
    pooled = _moved(stated, scale, shift)
    weight = count + POOL_PRIOR
    wanted = _rising((count * sums.observed + POOL_PRIOR * pooled) / weight, weight)
    knots = _moved(EDGES, scale, shift) + np.interp(EDGES, stated, wanted - pooled)
    risen = np.maximum.accumulate(np.clip(knots, 0, 1))
    return Fit(scale=scale, shift=shift, knots=tuple(round(float(one), DIGITS) for one in risen))


def _moved(probability: Array, scale: float, shift: float) -> Array:
    soft = _logistic(scale * _log_odds(probability) + shift)
    return np.clip((soft - SOFT) / (1 - 2 * SOFT), 0, 1)


def _log_odds(probability: Array) -> Array:
    soft = probability * (1 - 2 * SOFT) + SOFT
    return np.log(soft / (1 - soft))


def _logistic(odds: Array) -> Array:
    return 1 / (1 + np.exp(-odds))


def _pooled(count: Array, sums: Sums) -> tuple[float, float]:
    """(scale, shift) that make what was observed likeliest, with the prior; the scale within its
    bounds, the shift the best one for it."""
    if not count.any():
        return 1.0, 0.0
    odds = _log_odds(sums.stated)
    came = sums.observed * (1 - 2 * SOFT) + SOFT
    scale, shift = _climb(count, odds, came, free=True)
    held = min(max(scale, LEAST_SCALE), MOST_SCALE)
    if held != scale:
        _, shift = _climb(count, odds, came, free=False, scale=held)
    return held, min(max(shift, -MOST_SHIFT), MOST_SHIFT)


def _climb(
    count: Array, odds: Array, came: Array, *, free: bool, scale: float = 1.0
) -> tuple[float, float]:
    """Newton's steps, each cut to 1; the likelihood with its prior has one peak."""
    at, prior = np.array([scale, 0.0]), np.array([SCALE_PRIOR, SHIFT_PRIOR])
    start = at.copy()
    for _ in range(STEPS):
        said = _logistic(at[0] * odds + at[1])
        pull, weight = count * (came - said), count * said * (1 - said)
        up = np.array([(pull * odds).sum(), pull.sum()]) - prior * (at - start)
        cross = (weight * odds).sum()
        bend = np.array([[(weight * odds**2).sum(), cross], [cross, weight.sum()]]) + np.diag(prior)
        if not free:
            up[0], bend[0, 1], bend[1, 0] = 0.0, 0.0, 0.0
        step = np.clip(np.linalg.solve(bend, up), -1, 1)
        at = at + step
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004 - nothing moves any more
            break
    return float(at[0]), float(at[1])


def _rising(values: Array, weights: Array) -> Array:
    """The nearest values that never fall (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, much, some), (high, more, others) = pools[-1], pools[-2]
            mean = (low * much + high * more) / (much + more)
            pools[-2:] = [(mean, much + more, some + others)]
    return np.repeat([one[0] for one in pools], [one[2] for one in pools])
