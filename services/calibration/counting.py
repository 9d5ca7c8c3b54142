"""Each outcome stands in the bins once, with the score it has now, as soon as its window is over.
An answer comes on the second day and silence on the eighth: counted as they come, a new workspace's
or lineage's first week would hold answers alone. What was settled before is counted by the sweep.

The outcome's row remembers the score that was counted. Whoever changes an outcome holds its row and
calls this in the same transaction: a repeat changes nothing, and a new label takes the old score
out before it puts the new one in. Whoever counts several in one transaction takes them by
`place_of`: then no two ever wait for each other's bins.
"""

from db.calibration import Contribution, add_to_bin
from db.models.outcomes import Outcome
from db.session import Tx
from services.calibration.bins import bin_of, half_of
from services.ports import Clock, Ids


def place_of(one: Outcome) -> tuple[str, str, str, bool, int, int]:
    """The row that counts it."""
    place = bin_of(float(one.predicted))
    return one.action_type, one.kind, one.lineage, one.edited, half_of(one.id), place


async def recount(tx: Tx, outcome: Outcome, *, clock: Clock, ids: Ids) -> None:
    """Make the bins say of this outcome what its row says, once its window is over; what is counted
    stays so, whatever the clock does. The row must be locked."""
    now = clock.now()
    over = outcome.counted is not None or outcome.window_ends_at <= now
    told = outcome.score if over and outcome.teaches else None
    if outcome.counted == told:
        return
    for score, sign in ((outcome.counted, -1), (told, 1)):
        if score is None:
            continue
        one = Contribution(
            action_type=outcome.action_type,
            kind=outcome.kind,
            lineage=outcome.lineage,
            edited=outcome.edited,
            half=half_of(outcome.id),
            bin=bin_of(float(outcome.predicted)),
            predicted=outcome.predicted,
            score=score,
            sign=sign,
        )
        await add_to_bin(tx, one, bin_id=ids.new(), at=now)
    outcome.counted = told
    await tx.session.flush()
