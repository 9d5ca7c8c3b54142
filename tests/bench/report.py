"""One row of the benchmarks: what was measured, beside what it is compared with."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 5
"""How often each side is measured, taking turns; the median of the rounds' ratios is judged."""
LOG = Path("build/bench.log")
Figures = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure a round on each side. `ours` and `theirs` drift with the machine and are printed
    only; what is judged is the median of their ratios, round by round.

    `at_least` turns the budget round: a rate has to reach it, a time has to stay under it. Without
    `theirs` the budget is a `limit` on our own figure, in its unit. A row with neither is for
    reading. `means` says what the figure is about, for somebody who reads docs/benchmarks.md.
    """

    name: str
    unit: str
    ours: Figures
    beside: str
    means: str
    theirs: Figures = ()
    budget: float | None = None
    limit: float | None = None
    at_least: bool = False

    @property
    def ratios(self) -> Figures:
        return tuple(a / b if b else math.nan for a, b in zip(self.ours, self.theirs, strict=False))

    @property
    def kept(self) -> bool | None:
        """None where nothing is judged."""
        if self.limit is not None:
            return median(self.ours) <= self.limit
        if self.budget is None:
            return None
        found = median(self.ratios)
        return found >= self.budget if self.at_least else found <= self.budget

    @property
    def wanted(self) -> str:
        if self.limit is not None:
            return f"≤ {self.limit:g} {self.unit}"
        return "-" if self.budget is None else f"{'≥' if self.at_least else '≤'} {self.budget:g} x"

    @property
    def judgement(self) -> str:
        return {True: "kept", False: "MISSED", None: "-"}[self.kept]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them don't exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def in_rounds(
    values: Sequence[float], of: Callable[[Sequence[float]], float] = median
) -> tuple[float, ...]:
    """Many measurements as one figure a round, in the order they were taken."""
    size = max(1, len(values) // ROUNDS)
    return tuple(of(values[start : start + size]) for start in range(0, size * ROUNDS, size))


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median and, where there are several, the least and the most."""
    middle = f"{median(values):,.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def table(rows: Sequence[Row]) -> str:
    """All rows for people: medians, the ratio's spread, and what each stands beside below it."""
    lines = [f"{'what':<60} {'ours':>14} {'beside':>14}  {'ratio':<24} budget"]
    for row in rows:
        ours = f"{median(row.ours):,.2f} {row.unit}"
        theirs = f"{median(row.theirs):,.2f} {row.unit}" if row.theirs else ""
        ratio = f"{spread(row.ratios)} x" if row.theirs else f"{spread(row.ours)} {row.unit}"
        lines.append(
            f"{row.name:<60} {ours:>14} {theirs:>14}  {ratio:<24} {row.wanted} {row.judgement}"
        )
        lines.append(f"    beside: {row.beside}")
    return "\n".join(lines)


def write(rows: Sequence[Row], path: Path, machine: Mapping[str, Any]) -> None:
    """The same for machines: every round of both sides."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": dict(machine),
        "rows": [
            {
                "name": row.name,
                "unit": row.unit,
                "ours": row.ours,
                "theirs": row.theirs,
                "ratios": row.ratios,
                "median": median(row.ratios or row.ours),
                "wanted": row.wanted,
                "kept": row.kept,
                "beside": row.beside,
            }
            for row in rows
        ],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
