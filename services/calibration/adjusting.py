"""The damped adjustment: when it moves, how far, and what stops it. Pure.

A correction begins where a bin of at least ten outcomes lies more than 0.15 beside what was
observed, beyond what chance explains. From then on it follows what the outcomes ask for, a tenth of
the way each cycle, and rests while it is as near as makes no difference. Nothing moves that doesn't
hold on the half of the outcomes it was not learned from. Learned is on what was stated, never on
what was shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any

import numpy as np

from services.calibration.bins import BINS, bin_of
from services.calibration.fitting import DIGITS, LEAST_IN_BIN, Fit, fit
from services.calibration.scores import Sums
from services.intervals import wilson
from services.types.calibration import (
    ESCALATION,
    LEAST_ESCALATION,
    MOST_ESCALATION,
    Adjustment,
)

GAP = 0.15
MOST_OF_GAP = 0.1
"""Of the way from what is in force to what is asked for, in one cycle: a moving average."""
BEYOND_CHANCE = 3.5
"""Standard errors. Ten outcomes stray by 0.15 every third time, and ten bins are looked at every
day: with this, some five of a hundred well-calibrated streams move at all in half a year."""
NEAR = 0.02
"""A curve this near what is asked for, or nearer than a standard error of what was observed, in
every bin that counts, rests; so does a threshold this near. Without the standard error a few
outcomes a day move the aim as fast as a tenth of so little follows, and it never comes to rest."""
NOISE, HARM = 1.0, 2.0
"""Standard errors by which held-out outcomes may look worse than without any adjustment before it
isn't moved to; by which all of them must, before what is in force is taken back."""

Halves = tuple[Sums, Sums]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One bin with enough in it: what stands for it today, and what was observed."""

    bin: int
    count: int
    stated: float
    calibrated: float
    observed: float

    @property
    def gap(self) -> float:
        """Above 0: said too high."""
        return self.calibrated - self.observed

    @property
    def errors(self) -> float:
        """The gap in standard errors of a share that is what we say."""
        said = min(max(self.calibrated, 1 / self.count), 1 - 1 / self.count)
        return abs(self.gap) / sqrt(said * (1 - said) / self.count)

    @property
    def asks(self) -> bool:
        return abs(self.gap) > GAP and self.errors >= BEYOND_CHANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What one cycle comes to: what is in force after it, and why. Unless `moved`, at most
    `apart` is new in it."""

    after: Adjustment
    moved: bool = False
    reason: str = ""
    samples: Mapping[str, Any] = field(default_factory=dict)


def calibrated(adjustment: Adjustment, raw: float) -> float:
    """What is shown for a stated probability. ValueError for what is none (NaN, -1, 1.7)."""
    place, knots = bin_of(raw), adjustment.knots
    low, high = knots[place], knots[place + 1]
    return min(max(low + (high - low) * (raw * BINS - place), low), high)


def gaps(sums: Sums, adjustment: Adjustment) -> list[Gap]:
    """Of every bin with enough in it."""
    now = sums.adjusted(adjustment.knots).stated
    return [
        Gap(
            bin=place,
            count=int(sums.count[place]),
            stated=float(sums.stated[place]),
            calibrated=float(now[place]),
            observed=float(sums.observed[place]),
        )
        for place in range(BINS)
        if sums.count[place] >= LEAST_IN_BIN
    ]


def cycle(halves: Halves, now: Adjustment) -> Cycle:
    """One cycle over all outcomes so far, which lie in two halves."""
    sums = halves[0] + halves[1]
    found = gaps(sums, now)
    asking = [one for one in found if one.asks]
    wants = bool(asking) or now.correcting or _harms(sums, now)
    if not found or not wants:
        return Cycle(after=now)
    wanted, held_out = fit(sums), judged(halves, now)
    threshold, far = _threshold(found), _is_far(sums, now, wanted)
    # It begins with a gap that asks, and ends when the curve has come near.
    now = replace(now, apart=far and (bool(asking) or now.apart))
    if held_out.better and far:
        after = _stepped(now, wanted, threshold)
    elif now.correcting and abs(threshold - now.threshold) > NEAR:
        # The curve is there, and the threshold on its way back.
        after = replace(now, threshold=_step(now.threshold, threshold))
    else:
        return Cycle(after=now)
    reason, samples = _reason(found, asking), _samples(sums, now, wanted, found, held_out)
    return Cycle(after=after, moved=True, reason=reason, samples=samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Brier scores of outcomes that nothing was learned from: as stated, as in force, after the
    step that the other half asks for, and at its end. `noise`: a standard error of the last less
    the first."""

    raw: float
    before: float
    after: float
    wanted: float
    noise: float

    @property
    def better(self) -> bool:
        """The step is better than what is in force, and what it leads to no worse than doing
        nothing, beyond noise."""
        return self.after < self.before and self.wanted <= self.raw + NOISE * self.noise


def judged(halves: Halves, now: Adjustment) -> HeldOut:
    """Each half is scored by the step that the other one asks for."""
    n = halves[0].n + halves[1].n
    raw = before = after = asked = spread = 0.0
    for learned, other in (halves, halves[::-1]):
        wanted = fit(learned, least=LEAST_IN_BIN // 2)
        stepped = other.adjusted(_stepped(now, wanted, now.threshold).knots)
        arrived = other.adjusted(wanted.knots)
        raw += float(other.square.sum())
        before += float(other.adjusted(now.knots).square.sum())
        after += float(stepped.square.sum())
        asked += float(arrived.square.sum())
        spread += _spread(other, arrived)
    return HeldOut(
        raw=raw / n,
        before=before / n,
        after=after / n,
        wanted=asked / n,
        noise=sqrt(spread) / n,
    )


def _harms(sums: Sums, now: Adjustment) -> bool:
    """What is in force does worse than doing nothing, beyond noise: what was stated holds better by
    now. That begins a correction as well, back towards it."""
    if now.knots == Adjustment().knots:
        return False
    shown = sums.adjusted(now.knots)
    worse = float(shown.square.sum() - sums.square.sum())
    return worse > HARM * sqrt(_spread(sums, shown))


def _spread(sums: Sums, shown: Sums) -> float:
    """Variance of the difference between the two's sums of squares, if outcomes are chance with the
    shares that were observed."""
    chance = sums.observed * (1 - sums.observed)
    return float((sums.count * 4 * (shown.stated - sums.stated) ** 2 * chance).sum())


def _is_far(sums: Sums, now: Adjustment, wanted: Fit) -> bool:
    """Whether a bin with enough in it lies apart from what is asked for."""
    enough = sums.count >= LEAST_IN_BIN
    count, observed = sums.count[enough], sums.observed[enough]
    way = np.abs(sums.adjusted(wanted.knots).stated - sums.adjusted(now.knots).stated)[enough]
    share = np.clip(observed, 1 / count, 1 - 1 / count)
    return bool((way > np.maximum(NEAR, np.sqrt(share * (1 - share) / count))).any())


def _stepped(now: Adjustment, wanted: Fit, threshold: float) -> Adjustment:
    """A tenth of the way, knot by knot: of two curves that rise, what lies between rises too."""
    pairs = zip(now.knots, wanted.knots, strict=True)
    return Adjustment(
        scale=_step(now.scale, wanted.scale),
        shift=_step(now.shift, wanted.shift),
        threshold=_step(now.threshold, threshold),
        knots=tuple(_step(before, after) for before, after in pairs),
        correcting=True,
        apart=now.apart,
    )


def _step(before: float, after: float) -> float:
    return round(before + MOST_OF_GAP * (after - before), DIGITS)


def _threshold(found: list[Gap]) -> float:
    """While the curve is still catching up, as much more confidence is asked for as is said too
    high on average, or less; with the gap gone it is what it was."""
    count = sum(one.count for one in found)
    mean = sum(one.gap * one.count for one in found) / count if count else 0.0
    return min(max(ESCALATION + mean, LEAST_ESCALATION), MOST_ESCALATION)


def _reason(found: list[Gap], asking: list[Gap]) -> str:
    worst = max(asking or found, key=lambda one: abs(one.gap) * sqrt(one.count))
    low, high = wilson(worst.observed * worst.count, worst.count)
    said = f"Where I said {worst.stated * 100:.0f} %"
    if abs(worst.calibrated - worst.stated) >= 0.005:  # noqa: PLR2004 - half a per cent
        said += f" ({worst.calibrated * 100:.0f} % as corrected)"
    true, within = f"{worst.observed * 100:.0f} %", f"{low * 100:.0f} to {high * 100:.0f} %"
    came = f"{true} of {worst.count} came true ({within})"
    return f"{said}, {came}." if asking else f"A correction goes on. {said}, {came}."


def _samples(
    sums: Sums, now: Adjustment, wanted: Fit, found: list[Gap], held_out: HeldOut
) -> dict[str, Any]:
    raw, shown = sums.scores(), sums.adjusted(now.knots).scores()
    return {
        "n": raw.n,
        "brier": _short(raw.brier),
        "ece": _short(raw.ece),
        "brier_before": _short(shown.brier),
        "ece_before": _short(shown.ece),
        "bins": [
            {
                "bin": one.bin,
                "count": one.count,
                "stated": _short(one.stated),
                "calibrated": _short(one.calibrated),
                "observed": _short(one.observed),
                "gap": _short(one.gap),
                "asked": one.asks,
            }
            for one in found
        ],
        "held_out": {
            "raw": _short(held_out.raw),
            "before": _short(held_out.before),
            "after": _short(held_out.after),
            "wanted": _short(held_out.wanted),
            "noise": _short(held_out.noise),
        },
        "wanted": {"scale": _short(wanted.scale), "shift": _short(wanted.shift)},
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
