"""How what the copilot says holds, as a file: one line a bin, with what is in force today."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from db.session import Database
from services.calibration.state import list_summaries
from services.csv_cells import cell
from services.types.calibration import ReliabilityBin, Summary

COLUMNS = (
    "action_type",
    "kind",
    "lineage",
    "above",
    "up_to",
    "outcomes",
    "stated",
    "shown_today",
    "came_true",
    "came_true_low",
    "came_true_high",
    "scale",
    "shift",
    "threshold",
    "all_outcomes",
    "brier_stated",
    "brier_shown",
    "ece_stated",
    "ece_shown",
    "ambiguous",
    "undelivered",
    "ended",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFile:
    """A file for services/autonomy/handing_out.py; every lineage that has outcomes, so that what
    was learned of an earlier model can be looked up."""

    db: Database
    comment: str = (
        "How well my percentages hold, one line a tenth of the scale. Mail that a person changed "
        "is left out; the last columns are about the whole kind."
    )

    async def written(self, tenant_id: UUID) -> str:
        async with self.db.read(tenant_id) as tx:
            summaries = await list_summaries(tx)
        file = io.StringIO(newline="")
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for summary in summaries:
            writer.writerows(_lines(summary))
        return file.getvalue()


def _lines(summary: Summary) -> Iterator[tuple[object, ...]]:
    for one in summary.bins:
        if one.count:
            yield (*_key(summary), *_bin(one), *_whole(summary))


def _key(summary: Summary) -> tuple[str, str, str]:
    key = summary.key
    return cell(key.action_type), cell(key.kind), cell(key.lineage)


def _bin(one: ReliabilityBin) -> tuple[object, ...]:
    shares = (one.stated, one.calibrated, one.observed, one.observed_low, one.observed_high)
    return one.low, one.high, one.count, *(_short(share) for share in shares)


def _whole(summary: Summary) -> tuple[object, ...]:
    adjustment, raw, shown = summary.adjustment, summary.raw, summary.calibrated
    return (
        adjustment.scale,
        adjustment.shift,
        adjustment.threshold,
        raw.n,
        *(_short(one) for one in (raw.brier, shown.brier, raw.ece, shown.ece)),
        summary.ambiguous.part,
        summary.undelivered.part,
        summary.ambiguous.of,
    )


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
