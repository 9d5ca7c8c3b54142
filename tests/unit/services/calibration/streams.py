"""Made-up streams of stated probabilities and what came of them."""

from collections.abc import Callable, Mapping

import numpy as np

from services.calibration.adjusting import cycle
from services.calibration.scores import Array, Sums
from services.types.calibration import Adjustment


def _bent(slope: float) -> Callable[[Array], Array]:
    """Log-odds times a slope: below 1 the stream says too much, above 1 too little."""

    def truth(said: Array) -> Array:
        soft = np.clip(said, 0.001, 0.999)
        return np.asarray(1 / (1 + (soft / (1 - soft)) ** -slope))

    return truth


TRUTHS: Mapping[str, Callable[[Array], Array]] = {
    "well calibrated": lambda said: said,
    "over-confident": _bent(0.45),
    "under-confident": _bent(2.2),
    "too high by 0.25": lambda said: np.clip(said - 0.25, 0.01, 1),
    "0.8 said, 0.3 true": lambda said: np.full_like(said, 0.3),
}


def stream(name: str, n: int, random: np.random.Generator) -> tuple[Array, Array]:
    """`n` stated probabilities with two digits, and what came of each."""
    if name == "0.8 said, 0.3 true":
        said = np.clip(random.normal(0.8, 0.05, n), 0, 1)
    else:
        said = random.beta(2, 2, n)
    said = np.round(said, 2)
    return said, (random.random(n) < TRUTHS[name](said)).astype(float)


def lived(
    name: str, random: np.random.Generator, *, days: int, a_day: int
) -> tuple[Adjustment, list[Adjustment]]:
    """The adjustment after so many days with a cycle each, and every one that was in force."""
    halves, now, seen = (Sums.of([], []), Sums.of([], [])), Adjustment(), [Adjustment()]
    for _ in range(days):
        said, came = stream(name, a_day, random)
        first = random.random(a_day) < 0.5
        halves = (
            halves[0] + Sums.of(said[first], came[first]),
            halves[1] + Sums.of(said[~first], came[~first]),
        )
        found = cycle(halves, now)
        now = found.after
        if found.moved:
            seen.append(now)
    return now, seen
