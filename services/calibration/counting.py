"""Each outcome stands in the bins once, with the score it has now.

The outcome's row remembers the score that was counted. Whoever changes an outcome holds its row and
calls this in the same transaction: a repeat changes nothing, and a new label takes the old score
out before it puts the new one in. Whoever counts several in one transaction takes them `in_order`:
then no two ever wait for each other's bins.
"""

from collections.abc import Iterable

from db.calibration import Contribution, add_to_bin
from db.models.outcomes import Outcome
from db.session import Tx
from services.calibration.bins import bin_of, half_of
from services.ports import Clock, Ids


def in_order(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """By the row that counts them."""
    return sorted(outcomes, key=_row)


def _row(one: Outcome) -> tuple[str, str, str, bool, int, int]:
    place = bin_of(float(one.predicted))
    return one.action_type, one.kind, one.lineage, one.edited, half_of(one.id), place


async def recount(tx: Tx, outcome: Outcome, *, clock: Clock, ids: Ids) -> None:
    """Make the bins say of this outcome what its row says. The row must be locked."""
    if outcome.counted == outcome.score:
        return
    for score, sign in ((outcome.counted, -1), (outcome.score, 1)):
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
        await add_to_bin(tx, one, bin_id=ids.new(), at=clock.now())
    outcome.counted = outcome.score
    await tx.session.flush()
