"""What the mails came to that count for a higher level, and whether what was said of them holds.

Calibrated success is the observed share, with its anytime-valid interval, of mails of which what
was said agrees with what came. The observed share alone gates: it is the only figure whose bound
holds at every look, and a prediction, however well calibrated, never stands in for an outcome. The
mean of what was said, calibrated as today, stands beside it, and where the two disagree beyond
chance the rule waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.confidence import list_stated
from db.session import ReadTx
from services.autonomy.earning.evidence import own_mails
from services.autonomy.earning.rule import observed
from services.calibration.adjusting import calibrated
from services.calibration.state import adjustment_of
from services.confidence.stating import REPLY
from services.types.earning import Came, Case, Success

_AS_WRITTEN = (Came.UNCHANGED, Came.LEFT)


@dataclass(frozen=True, slots=True)
class CalibratedSuccess:
    """The `SuccessOf` of the product: beside the baseline one statement for what was said, and one
    for each name it is counted under."""

    async def __call__(
        self, tx: ReadTx, action_type: str, counted: Sequence[Case], now: datetime
    ) -> Success:
        found = observed(counted, await own_mails(tx, action_type, now))
        known = [
            one.action_id for one in counted if one.came in _AS_WRITTEN and one.answered is not None
        ]
        return replace(found, stated=await _stated(tx, known), source="calibrated")


async def _stated(tx: ReadTx, action_ids: Sequence[UUID]) -> float | None:
    """The mean of what was said of these, by the adjustment in force."""
    shown: list[float] = []
    for (action_type, lineage), said in (await list_stated(tx, action_ids, REPLY)).items():
        adjustment = await adjustment_of(tx, action_type, REPLY, lineage)
        shown += [calibrated(adjustment, one) for one in said]
    return round(sum(shown) / len(shown), 4) if shown else None
