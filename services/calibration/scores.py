"""Brier score, calibration errors and reliability bins. Pure numpy.

From raw pairs, or from nothing but sums by bin: both say the same. The bins are ten, equal and
closed on the right (services/calibration/bins); a bin's place is the mean of what was stated in it,
not its middle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from services.calibration.bins import BINS
from services.intervals import wilson
from services.types.calibration import ReliabilityBin, Scores

Array = NDArray[np.float64]
EDGES: Array = np.linspace(0, 1, BINS + 1)


def checked(values: Iterable[float]) -> Array:
    """Probabilities as an array; ValueError for NaN and what lies outside [0, 1]."""
    array = np.asarray(values if isinstance(values, Sequence | np.ndarray) else list(values), float)
    wrong = ~((array >= 0) & (array <= 1))  # true for NaN as well
    if wrong.any():
        raise ValueError(f"{array[wrong][0]} is no probability: one lies between 0 and 1")
    return array


def bins_of(predicted: Array) -> NDArray[np.int64]:
    """`bin_of`, for many."""
    return np.maximum(np.ceil(np.round(predicted * BINS, 9)).astype(np.int64) - 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """By bin, ten numbers each: of the outcomes, of what was stated (p), of what came (y), of
    (p - y) squared, of p squared and of p times y."""

    count: Array
    predicted: Array
    score: Array
    square: Array
    predicted_square: Array
    product: Array

    @classmethod
    def of(cls, predicted: Iterable[float], score: Iterable[float]) -> Self:
        p, y = checked(predicted), checked(score)
        if p.shape != y.shape:
            raise ValueError(f"{p.size} probabilities and {y.size} outcomes don't pair")
        place = bins_of(p)

        def by_bin(values: Array) -> Array:
            return np.asarray(np.bincount(place, values, BINS), float)

        return cls(
            count=by_bin(np.ones_like(p)),
            predicted=by_bin(p),
            score=by_bin(y),
            square=by_bin((p - y) ** 2),
            predicted_square=by_bin(p * p),
            product=by_bin(p * y),
        )

    def __add__(self, other: Self) -> Self:
        return type(self)(
            count=self.count + other.count,
            predicted=self.predicted + other.predicted,
            score=self.score + other.score,
            square=self.square + other.square,
            predicted_square=self.predicted_square + other.predicted_square,
            product=self.product + other.product,
        )

    @property
    def n(self) -> int:
        return int(self.count.sum())

    @property
    def stated(self) -> Array:
        """Mean of what was stated; an empty bin stands at its middle."""
        return np.where(
            self.count > 0, self.predicted / np.maximum(self.count, 1), EDGES[:-1] + 0.5 / BINS
        )

    @property
    def observed(self) -> Array:
        """Mean score; 0 in an empty bin."""
        return self.score / np.maximum(self.count, 1)

    def adjusted(self, knots: Sequence[float]) -> Self:
        """The same outcomes, each probability moved along straight lines between the knots (the
        values at 0, 0.1 … 1), in the bins they were in: exact, since c = a + b·p within a bin."""
        height = np.asarray(knots, float)
        slope = np.diff(height) * BINS
        base = height[:-1] - slope * EDGES[:-1]
        score_square = self.square - self.predicted_square + 2 * self.product
        predicted = base * self.count + slope * self.predicted
        predicted_square = (
            base**2 * self.count
            + 2 * base * slope * self.predicted
            + slope**2 * self.predicted_square
        )
        product = base * self.score + slope * self.product
        return type(self)(
            count=self.count,
            predicted=predicted,
            score=self.score,
            square=predicted_square - 2 * product + score_square,
            predicted_square=predicted_square,
            product=product,
        )

    def scores(self) -> Scores:
        if not self.n:
            return Scores()
        there = self.count > 0
        gaps = np.abs(self.predicted - self.score)[there]
        return Scores(
            n=self.n,
            brier=float(self.square.sum()) / self.n,
            ece=float(gaps.sum()) / self.n,
            mce=float((gaps / self.count[there]).max()),
        )


def reliability(sums: Sums, knots: Sequence[float] | None = None) -> tuple[ReliabilityBin, ...]:
    """All ten bins, also empty ones. With knots, `calibrated` says where they put each bin."""
    adjusted = sums.adjusted(knots).stated if knots is not None else None
    return tuple(
        _bin(sums, place, None if adjusted is None else float(adjusted[place]))
        for place in range(BINS)
    )


def _bin(sums: Sums, place: int, calibrated: float | None) -> ReliabilityBin:
    low, high, count = place / BINS, (place + 1) / BINS, int(sums.count[place])
    if not count:
        return ReliabilityBin(low=low, high=high, count=0)
    below, above = wilson(float(sums.score[place]), count)
    return ReliabilityBin(
        low=low,
        high=high,
        count=count,
        stated=float(sums.stated[place]),
        calibrated=calibrated,
        observed=float(sums.observed[place]),
        observed_low=below,
        observed_high=above,
    )
