"""One row of DESIGN §6: what was measured, beside what it is compared with, in the same run."""

import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`ours` and `theirs` drift with the machine and are printed only; their ratio is judged.

    `at_least` turns the budget round: a rate has to reach it, a time has to stay under it. A row
    without a budget is for reading.
    """

    name: str
    unit: str
    ours: float
    theirs: float
    beside: str
    budget: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs if self.theirs else math.nan

    @property
    def kept(self) -> bool:
        if self.budget is None:
            return True
        return self.ratio >= self.budget if self.at_least else self.ratio <= self.budget

    @property
    def judgement(self) -> str:
        if self.budget is None:
            return "-"
        sign = "≥" if self.at_least else "≤"
        return f"{'kept' if self.kept else 'MISSED'} ({sign} {self.budget:g} x)"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them don't exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(rows: Sequence[Row]) -> str:
    """All rows for people, one line each and what each stands beside below it."""
    lines = [f"{'what':<58} {'ours':>12} {'beside':>12} {'ratio':>8}  budget"]
    for row in rows:
        ours, theirs = f"{row.ours:,.2f} {row.unit}", f"{row.theirs:,.2f} {row.unit}"
        lines.append(f"{row.name:<58} {ours:>12} {theirs:>12} {row.ratio:>6.2f} x  {row.judgement}")
        lines.append(f"    beside: {row.beside}")
    return "\n".join(lines)


def write(rows: Sequence[Row], path: Path) -> None:
    """The same for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    content = {
        "machine": machine,
        "rows": [
            {**asdict(row), "ratio": row.ratio, "kept": row.kept if row.budget else None}
            for row in rows
        ],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
