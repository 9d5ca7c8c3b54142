"""Of statements like this one, how many came true."""

from db.confidence import bin_sums
from db.models.actions import Action
from db.session import ReadTx
from services.calibration.bins import bin_of
from services.confidence.stating import sound
from services.intervals import share_of
from services.outcomes.kinds import ENGAGEMENT
from services.types.confidence import BorneOut


async def borne_out(tx: ReadTx, action: Action) -> BorneOut:
    """Of the statements of its type and lineage in its tenth of the scale; one statement. What a
    score between 0 and 1 stands for is counted in whole outcomes, rounded."""
    of, scores = await bin_sums(
        tx,
        action_type=action.type,
        kind=ENGAGEMENT.name,
        lineage=action.lineage,
        number=bin_of(float(sound(action.confidence))),
    )
    share = share_of(round(scores), of)
    return BorneOut(part=share.part, of=share.of, low=share.low, high=share.high)
