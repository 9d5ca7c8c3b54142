"""Calibration as files: one line a bin, and one line a move."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from services.csv_cells import cell
from services.types.calibration import CalibrationMoveLine, ReliabilityBin, Summary

BIN_COLUMNS = (
    "action_type",
    "kind",
    "lineage",
    "n",
    "brier_raw",
    "brier_calibrated",
    "ece_raw",
    "ece_calibrated",
    "mce_raw",
    "mce_calibrated",
    "scale",
    "shift",
    "threshold",
    "ambiguous",
    "undelivered",
    "edited_n",
    "edited_brier",
    "low",
    "high",
    "count",
    "stated",
    "calibrated",
    "observed",
    "observed_low",
    "observed_high",
)
MOVE_COLUMNS = (
    "action_type",
    "kind",
    "lineage",
    "number",
    "at",
    "scale_before",
    "scale_after",
    "shift_before",
    "shift_after",
    "threshold_before",
    "threshold_after",
    "curve_before",
    "curve_after",
    "n",
    "brier_raw",
    "ece_raw",
    "reason",
    "undone_at",
    "undone_by",
)


def bins_csv(summaries: Iterable[Summary]) -> str:
    """Every bin with an outcome in it, beside the figures of its key; a key without any outcome has
    one line all the same."""
    lines = ((*_key(one), *_figures(one), *_bin(bin_)) for one in summaries for bin_ in _shown(one))
    return _file(BIN_COLUMNS, lines)


def moves_csv(summaries: Iterable[Summary]) -> str:
    """The moves that the summaries list, newest first within a key."""
    return _file(MOVE_COLUMNS, ((*_key(one), *_move(m)) for one in summaries for m in one.moves))


def _file(columns: Sequence[str], lines: Iterable[Iterable[Any]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in line] for line in lines)
    return target.getvalue()


def _cell(value: Any) -> Any:
    """A figure stays one, also below 0; all else is made safe for spreadsheets."""
    if isinstance(value, int | float):
        return round(value, 6)
    return cell(value)


def _key(one: Summary) -> tuple[str, str, str]:
    return one.key.action_type, one.key.kind, one.key.lineage


def _figures(one: Summary) -> tuple[Any, ...]:
    pairs = ((one.raw.brier, one.calibrated.brier), (one.raw.ece, one.calibrated.ece))
    return (
        one.n,
        *(value for pair in (*pairs, (one.raw.mce, one.calibrated.mce)) for value in pair),
        one.scale,
        one.adjustment.shift,
        one.threshold,
        one.ambiguous.part,
        one.undelivered.part,
        one.edited.n,
        one.edited.brier,
    )


def _shown(one: Summary) -> Sequence[ReliabilityBin | None]:
    return [bin_ for bin_ in one.bins if bin_.count] or [None]


def _bin(one: ReliabilityBin | None) -> tuple[Any, ...]:
    if one is None:
        return (None,) * 8
    return (
        one.low,
        one.high,
        one.count,
        one.stated,
        one.calibrated,
        one.observed,
        one.observed_low,
        one.observed_high,
    )


def _move(one: CalibrationMoveLine) -> tuple[Any, ...]:
    before, after = one.before, one.after
    return (
        one.number,
        one.at.isoformat(),
        *(getattr(state, name) for name in _STATES for state in (before, after)),
        " ".join(f"{knot:g}" for knot in before.knots),
        " ".join(f"{knot:g}" for knot in after.knots),
        one.samples.get("n"),
        one.samples.get("brier"),
        one.samples.get("ece"),
        one.reason,
        one.undone_at.isoformat() if one.undone_at else None,
        one.undone_by,
    )


_STATES = ("scale", "shift", "threshold")
