"""What a text states of a reply, held against what came of such statements.

The number as stated stays as it is, and learning rests on it. What is shown is the calibrated one,
fixed when the text is written, so that a card never changes its mind. What would leave by itself is
looked at again when it leaves, with what is known by then.
"""

from dataclasses import dataclass
from decimal import Decimal

from db.models.actions import Action
from db.session import ReadTx
from services.calibration.adjusting import calibrated
from services.calibration.state import adjustment_of
from services.outcomes.kinds import ENGAGEMENT
from services.types.calibration import Adjustment

A_LITTLE = Decimal("0.05")
"""A correction of others moves the whole curve; less than this is no doubt about this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """From 0 to 1. `unsure`: such statements are found not to hold and are being corrected, this
    one is taken down by more than a little, and what is left is below the threshold. What is borne
    out isn't doubted, however low: a follow-up that three of ten answer, and that is known to be
    one, has nothing to hide."""

    raw: Decimal
    calibrated: Decimal
    threshold: float
    apart: bool

    @property
    def unsure(self) -> bool:
        taken_down = self.raw - self.calibrated > A_LITTLE
        return self.apart and taken_down and float(self.calibrated) < self.threshold


def sound(raw: Decimal) -> Decimal:
    """What was stated as a probability; of what is none (NaN) nothing is claimed."""
    return Decimal(0) if raw.is_nan() else min(max(raw, Decimal(0)), Decimal(1))


async def stated(tx: ReadTx, *, action_type: str, lineage: str, raw: Decimal) -> Stated:
    """As it stands now, in one statement; of a lineage without outcomes as it was stated."""
    return stated_under(await adjustment_of(tx, action_type, ENGAGEMENT.name, lineage), sound(raw))


def stated_under(adjustment: Adjustment, raw: Decimal) -> Stated:
    """By an adjustment that was read already. `raw` is a probability."""
    shown = round(calibrated(adjustment, float(raw)), 4)
    return Stated(
        raw=raw,
        calibrated=Decimal(str(shown)),
        threshold=adjustment.threshold,
        apart=adjustment.apart,
    )


def shown_of(action: Action) -> float:
    """What people see of an action's confidence."""
    return float(sound(action.confidence) if action.calibrated is None else action.calibrated)
