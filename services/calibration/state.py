"""What is known of how well stated probabilities hold, and what is in force because of it.

Nothing here writes. A key (action type, kind, lineage) of which nothing is known answers as well:
the adjustment that changes nothing, and no figures.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from db import calibration as rows
from db.models.calibration import Calibration, CalibrationBin, CalibrationMove
from db.session import ReadTx
from services.calibration.adjusting import Halves, calibrated
from services.calibration.bins import BINS
from services.calibration.scores import Sums, reliability
from services.intervals import share_of
from services.types.calibration import Adjustment, CalibrationMoveLine, Key, Summary

LISTED = 20
"""Moves that a summary shows."""


async def calibrated_of(tx: ReadTx, action_type: str, kind: str, lineage: str, raw: float) -> float:
    """What to show and to gate by, for a probability that was stated. It never falls where `raw`
    rises. ValueError for what is no probability."""
    return calibrated(await adjustment_of(tx, action_type, kind, lineage), float(raw))


async def adjustment_of(tx: ReadTx, action_type: str, kind: str, lineage: str) -> Adjustment:
    """For many probabilities of one key: read once, then services/calibration/adjusting."""
    found = await rows.get_calibration(tx, action_type, kind, lineage)
    return in_force(found) if found is not None else Adjustment()


async def summary_of(tx: ReadTx, action_type: str, kind: str, lineage: str) -> Summary:
    """How well one key is calibrated, from sums: of the past only what was left out is counted."""
    found = await rows.get_calibration(tx, action_type, kind, lineage)
    bins = await rows.list_bins(tx, action_type, kind, lineage)
    left_out = await rows.count_left_out(tx, action_type, kind, lineage)
    adjustment = in_force(found) if found is not None else Adjustment()
    first, second = halves_of(bins)
    sums, edited = first + second, _sums([one for one in bins if one.edited])
    ended = sums.n + edited.n + sum(left_out.values())
    return Summary(
        key=Key(action_type=action_type, kind=kind, lineage=lineage),
        raw=sums.scores(),
        calibrated=sums.adjusted(adjustment.knots).scores(),
        bins=reliability(sums, adjustment.knots),
        edited=edited.scores(),
        adjustment=adjustment,
        ambiguous=share_of(left_out.get("ambiguous", 0), ended),
        undelivered=share_of(left_out.get("undelivered", 0), ended),
        moves=await _moves(tx, found) if found is not None else (),
        moved_at=found.moved_at if found is not None else None,
        paused_until=found.paused_until if found is not None else None,
    )


async def list_summaries(tx: ReadTx, lineage: str | None = None) -> tuple[Summary, ...]:
    """Of everything that was ever counted or left out, or of one lineage's, by action type, kind
    and lineage."""
    keys = [key for key in await rows.list_keys(tx) if lineage in (None, key[2])]
    return tuple([await summary_of(tx, *key) for key in keys])


def halves_of(bins: Sequence[CalibrationBin]) -> Halves:
    """What teaches: unedited outcomes, in their two halves."""
    taught = [one for one in bins if not one.edited]
    return _sums([o for o in taught if o.half == 0]), _sums([o for o in taught if o.half == 1])


def _sums(bins: Sequence[CalibrationBin]) -> Sums:
    columns = {name: np.zeros(BINS) for name in COLUMNS}
    for one in bins:
        for name, column in COLUMNS.items():
            columns[name][one.bin] += float(getattr(one, column))
    return Sums(**columns)


COLUMNS: Mapping[str, str] = {
    "count": "count",
    "predicted": "predicted_sum",
    "score": "score_sum",
    "square": "square_sum",
    "predicted_square": "predicted_square_sum",
    "product": "product_sum",
}


# ── How an adjustment is stored ─────────────────────────────────────────────────────────────────
def in_force(row: Calibration) -> Adjustment:
    return read({"scale": row.scale, "threshold": row.threshold, **row.curve})


def read(stored: Mapping[str, Any]) -> Adjustment:
    """An adjustment as a move keeps it; what isn't said is as at the start."""
    start = Adjustment()
    return Adjustment(
        scale=float(stored.get("scale", start.scale)),
        shift=float(stored.get("shift", start.shift)),
        threshold=float(stored.get("threshold", start.threshold)),
        knots=tuple(float(one) for one in stored.get("knots", start.knots)),
        correcting=bool(stored.get("correcting", False)),
    )


def written(adjustment: Adjustment) -> dict[str, Any]:
    return {
        "scale": adjustment.scale,
        "threshold": adjustment.threshold,
        **curve_of(adjustment),
    }


def curve_of(adjustment: Adjustment) -> dict[str, Any]:
    """What has no column of its own."""
    return {
        "shift": adjustment.shift,
        "knots": list(adjustment.knots),
        "correcting": adjustment.correcting,
    }


async def _moves(tx: ReadTx, row: Calibration) -> tuple[CalibrationMoveLine, ...]:
    listed = await rows.list_moves(tx, row.id, LISTED)
    newest = next((move for move, _ in listed if move.undone_at is None), None)
    return tuple(_line(move, name, undoable=move is newest) for move, name in listed)


def _line(move: CalibrationMove, undone_by: str | None, *, undoable: bool) -> CalibrationMoveLine:
    return CalibrationMoveLine(
        move_id=move.id,
        number=move.version,
        at=move.created_at,
        before=read(move.before),
        after=read(move.after),
        reason=move.reason,
        samples=move.samples,
        undone_at=move.undone_at,
        undone_by=undone_by,
        undoable=undoable,
    )
