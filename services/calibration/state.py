"""What is known of how well stated probabilities hold, and what is in force because of it.

Nothing here writes. A key (action type, kind, lineage) of which nothing is known answers as well:
the adjustment that changes nothing, and no figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from db import calibration as rows
from db.models.calibration import Calibration, CalibrationBin, CalibrationMove
from db.session import ReadTx, Tx
from services.analytics.pages import page
from services.calibration.adjusting import Halves, calibrated
from services.calibration.bins import BINS
from services.calibration.scores import Sums, reliability
from services.intervals import share_of
from services.ports import Clock, Ids
from services.types.calibration import Adjustment, CalibrationMoveLine, Key, Summary

LISTED = 20
"""Moves that a summary shows."""
LeftOut = Mapping[tuple[str, str, str, str], int]
"""How many, by action type, kind, lineage and status."""


async def calibrated_of(tx: ReadTx, action_type: str, kind: str, lineage: str, raw: float) -> float:
    """What to show and to gate by, for a probability that was stated. It never falls where `raw`
    rises. ValueError for what is no probability."""
    return calibrated(await adjustment_of(tx, action_type, kind, lineage), float(raw))


async def adjustment_of(tx: ReadTx, action_type: str, kind: str, lineage: str) -> Adjustment:
    """For many probabilities of one key: read once, then services/calibration/adjusting."""
    found = await rows.get_calibration(tx, action_type, kind, lineage)
    return in_force(found) if found is not None else Adjustment()


async def summary_of(tx: ReadTx, action_type: str, kind: str, lineage: str) -> Summary:
    """How well one key is calibrated; of one that nothing is known of as well."""
    (found,) = await summaries_of(tx, [(action_type, kind, lineage)])
    return found


async def list_summaries(
    tx: ReadTx, *, lineage: str | None = None, left_out: LeftOut | None = None
) -> tuple[Summary, ...]:
    """Of everything that was ever counted or left out, or of one lineage's, by action type, kind
    and lineage."""
    found = await _summaries(tx, None, left_out)
    return tuple(one for one in found if lineage in (None, one.key.lineage))


async def summaries_of(
    tx: ReadTx, keys: rows.Keys, left_out: LeftOut | None = None
) -> tuple[Summary, ...]:
    """Of these keys, in their order."""
    return await _summaries(tx, keys, left_out)


async def kept_left_out(tx: Tx, *, clock: Clock, ids: Ids) -> LeftOut:
    """How many were left out of everything, kept as pages of figures are: the one number that is
    counted from outcomes, and so takes longer the more there were. For whoever waits for a page."""

    async def make(tx: Tx) -> dict[str, Any]:
        found = await rows.count_left_out(tx, None)
        return {"counts": [[*key, number] for key, number in found.items()]}

    found = await page(tx, "calibration:left_out", make, clock=clock, ids=ids)
    return {(a, k, lin, status): n for a, k, lin, status, n in found.body["counts"]}


async def _summaries(
    tx: ReadTx, keys: rows.Keys | None, left_out: LeftOut | None
) -> tuple[Summary, ...]:
    """Four statements at most, however many keys there are; all but what was left out are sums."""
    known, wanted = _Known(), None if keys is None else set(keys)
    for one in await rows.list_all_bins(tx, keys):
        known.bins.setdefault((one.action_type, one.kind, one.lineage), []).append(one)
    if left_out is None:
        left_out = await rows.count_left_out(tx, keys)
    for (action_type, kind, lineage, status), number in left_out.items():
        if wanted is not None and (action_type, kind, lineage) not in wanted:
            continue
        known.left_out.setdefault((action_type, kind, lineage), {})[status] = number
    for row in await rows.list_calibrations(tx, keys):
        known.rows[row.action_type, row.kind, row.lineage] = row
    ids = [row.id for row in known.rows.values()]
    for move, name in await rows.list_moves(tx, ids, LISTED) if ids else ():
        known.moves.setdefault(move.calibration_id, []).append((move, name))
    shown = sorted({*known.bins, *known.left_out}) if keys is None else keys
    return tuple(known.summary(key) for key in shown)


@dataclass(slots=True)
class _Known:
    """What was read of several keys."""

    bins: dict[tuple[str, str, str], list[CalibrationBin]] = field(default_factory=dict)
    left_out: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], Calibration] = field(default_factory=dict)
    moves: dict[UUID, list[tuple[CalibrationMove, str | None]]] = field(default_factory=dict)

    def summary(self, key: tuple[str, str, str]) -> Summary:
        found, bins = self.rows.get(key), self.bins.get(key, [])
        left_out = self.left_out.get(key, {})
        adjustment = in_force(found) if found is not None else Adjustment()
        first, second = halves_of(bins)
        sums, edited = first + second, _sums([one for one in bins if one.edited])
        ended = sums.n + edited.n + sum(left_out.values())
        action_type, kind, lineage = key
        return Summary(
            key=Key(action_type=action_type, kind=kind, lineage=lineage),
            raw=sums.scores(),
            calibrated=sums.adjusted(adjustment.knots).scores(),
            bins=reliability(sums, adjustment.knots),
            edited=edited.scores(),
            adjustment=adjustment,
            ambiguous=share_of(left_out.get("ambiguous", 0), ended),
            undelivered=share_of(left_out.get("undelivered", 0), ended),
            moves=_moves(self.moves.get(found.id, [])) if found is not None else (),
            moved_at=found.moved_at if found is not None else None,
            paused_until=found.paused_until if found is not None else None,
        )


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
        apart=bool(stored.get("apart", False)),
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
        "apart": adjustment.apart,
    }


def _moves(
    listed: Sequence[tuple[CalibrationMove, str | None]],
) -> tuple[CalibrationMoveLine, ...]:
    """The newest that nobody has undone may be."""
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
