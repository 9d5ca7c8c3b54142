"""`python -m tests.plots.calibration`: the curves and the figures of docs/calibration.md, from
streams whose truth is known."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from services.calibration.adjusting import cycle, gaps
from services.calibration.scores import Sums
from services.types.calibration import Adjustment, Scores
from tests.unit.services.calibration.streams import TRUTHS, lived, stream

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
NIGHTS, A_DAY, FRESH, SEED = 120, 20, 20_000, 538
HALF_YEARS = 300
RAW, SHOWN, TRUE = "#b3541e", "#1f5fa8", "#9a9a9a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """One stream: what is in force after all nights, and fresh outcomes to score it with."""

    name: str
    now: Adjustment
    moves: int
    fresh: Sums
    eces: tuple[float, ...]
    """By night, on the fresh outcomes."""

    @property
    def raw(self) -> Scores:
        return self.fresh.scores()

    @property
    def shown(self) -> Scores:
        return self.fresh.adjusted(self.now.knots).scores()


def live(name: str) -> Lived:
    random = np.random.default_rng(SEED)
    fresh = Sums.of(*stream(name, FRESH, random))
    halves, now, moves, eces = (Sums.of([], []), Sums.of([], [])), Adjustment(), 0, []
    for _ in range(NIGHTS):
        said, came = stream(name, A_DAY, random)
        first = random.random(A_DAY) < 0.5
        halves = (
            halves[0] + Sums.of(said[first], came[first]),
            halves[1] + Sums.of(said[~first], came[~first]),
        )
        found = cycle(halves, now)
        now, moves = found.after, moves + found.moved
        eces.append(fresh.adjusted(now.knots).scores().ece or 0.0)
    return Lived(name=name, now=now, moves=moves, fresh=fresh, eces=tuple(eces))


def draw_curves(streams: list[Lived]) -> Figure:
    figure = Figure(figsize=(11, 3.1), layout="constrained")
    for axes, one in zip(figure.subplots(1, len(streams), sharey=True), streams, strict=True):
        _draw_one(axes, one)
    figure.axes[0].set_ylabel("came true")
    figure.axes[0].legend(fontsize=7, frameon=False, loc="upper left")
    return figure


def _draw_one(axes: Axes, one: Lived) -> None:
    axes.plot([0, 1], [0, 1], color=TRUE, linewidth=1, linestyle=":")
    there = one.fresh.count >= 100
    observed = one.fresh.observed[there]
    for color, sums, word in (
        (RAW, one.fresh, "as stated"),
        (SHOWN, one.fresh.adjusted(one.now.knots), "as adjusted"),
    ):
        axes.plot(sums.stated[there], observed, "o-", ms=3, linewidth=1.2, color=color, label=word)
    eces = f"ECE {one.raw.ece:.3f} → {one.shown.ece:.3f}"
    axes.set_title(f"{one.name}\n{one.moves} moves, {eces}", fontsize=8)
    axes.set_xlabel("mean of what was said", fontsize=8)
    _light(axes)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")


def draw_way(streams: list[Lived]) -> Figure:
    figure = Figure(figsize=(7, 2.8), layout="constrained")
    axes = figure.subplots()
    for one in streams:
        axes.plot(range(1, NIGHTS + 1), one.eces, linewidth=1.3, label=one.name)
    axes.set_xlabel(f"nights, with {A_DAY} new outcomes each", fontsize=8)
    axes.set_ylabel("ECE of what is shown", fontsize=8)
    axes.legend(fontsize=7, frameon=False)
    axes.set_ylim(bottom=0)
    _light(axes)
    return figure


def _light(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7)
    axes.grid(visible=True, color="#eeeeee", linewidth=0.8)


def table(streams: list[Lived]) -> str:
    lines = [
        "| stream | moves | Brier | ECE | largest gap | scale | threshold |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in streams:
        before, after = (_worst(one.fresh, each) for each in (Adjustment(), one.now))
        lines.append(
            f"| {one.name} | {one.moves} | {one.raw.brier:.4f} → {one.shown.brier:.4f} "
            f"| {one.raw.ece:.3f} → {one.shown.ece:.3f} | {before:.2f} → {after:.2f} "
            f"| {one.now.scale:.2f} | {one.now.threshold:.2f} |"
        )
    return "\n".join(lines)


def _worst(fresh: Sums, now: Adjustment) -> float:
    """In bins with at least one in a hundred outcomes."""
    return max(abs(one.gap) for one in gaps(fresh, now) if one.count >= FRESH / 100)


def false_moves(a_day: int) -> float:
    """Share of well-calibrated half-years in which anything moved."""
    random = np.random.default_rng(SEED)
    moved = [
        len(lived("well calibrated", random, days=180, a_day=a_day)[1]) > 1
        for _ in range(HALF_YEARS)
    ]
    return sum(moved) / HALF_YEARS


def main() -> None:
    mpl.use("agg")
    streams = [live(name) for name in TRUTHS]
    IMAGES.mkdir(exist_ok=True)
    for name, figure in (
        ("calibration-curves", draw_curves(streams)),
        ("calibration-way", draw_way(streams)),
    ):
        figure.savefig(IMAGES / f"{name}.png", dpi=110, metadata={"Software": None})
    print(table(streams))
    for a_day in (2, 10, 50):
        print(f"well calibrated, {a_day} a day: {false_moves(a_day):.1%} of half-years moved")


if __name__ == "__main__":
    main()
