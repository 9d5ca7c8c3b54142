"""What the mails came to that count for a higher level, and whether what was said of them holds.

Calibrated success is the observed share, with its anytime-valid interval, of mails of which what
was said agrees with what came. The observed share alone gates: it is the only figure whose bound
holds at every look, and a prediction, however well calibrated, never stands in for an outcome. The
mean of what was said, calibrated as today, stands beside it. Where the two disagree beyond chance
the rule waits, and so it does while most of these would ask a person because what is said of them
is being corrected: a level that is allowed begins to act.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.confidence import list_stated
from db.session import ReadTx
from services.autonomy.earning.evidence import own_mails
from services.autonomy.earning.rule import observed
from services.calibration.state import adjustment_of
from services.confidence.stating import REPLY, Stated, stated_under
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
        said = await _said(tx, known)
        if not said:
            return replace(found, source="calibrated")
        return replace(
            found,
            stated=round(sum(float(one.calibrated) for one in said) / len(said), 4),
            doubted=sum(one.unsure for one in said) / len(said),
            source="calibrated",
        )


async def _said(tx: ReadTx, action_ids: Sequence[UUID]) -> list[Stated]:
    """What was said of these, by the adjustment in force."""
    found: list[Stated] = []
    for (action_type, lineage), said in (await list_stated(tx, action_ids, REPLY)).items():
        adjustment = await adjustment_of(tx, action_type, REPLY, lineage)
        found += [stated_under(adjustment, one) for one in said]
    return found
