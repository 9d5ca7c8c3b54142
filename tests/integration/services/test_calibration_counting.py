"""An outcome stands in the bins once, with the score it has now."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from db.models.calibration import CalibrationBin
from db.models.outcomes import Outcome
from db.session import Database
from services.calibration.counting import recount
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds


async def test_counted_once_corrected_and_taken_out(database: Database) -> None:
    tenant, clock, ids = await make.make_tenant(database), FrozenClock(make.NOW), UuidIds()
    async with database.transaction(tenant) as tx:
        action = await make.make_action(tx, await make.make_conversation(tx))
        made = await make.make_outcome(tx, action, predicted=Decimal("0.3"))
    clock.at = made.window_ends_at - timedelta(seconds=1)
    async with database.transaction(tenant) as tx:
        held = (await tx.session.scalars(select(Outcome).with_for_update())).one()
        held.score = Decimal(1)
        await recount(tx, held, clock=clock, ids=ids)
        assert held.counted is None, "silence would come later"
    clock.at = made.window_ends_at
    for score in ("1", "1", "0", None, "0.25"):
        async with database.transaction(tenant) as tx:
            held = (await tx.session.scalars(select(Outcome).with_for_update())).one()
            held.score = None if score is None else Decimal(score)
            await recount(tx, held, clock=clock, ids=ids)
            await recount(tx, held, clock=clock, ids=ids)
        async with database.read(tenant) as tx:
            (found,) = (await tx.session.scalars(select(CalibrationBin))).all()
            there = score is not None
            assert (found.bin, found.count) == (2, int(there))
            assert found.predicted_sum == Decimal("0.3") * there
            assert found.score_sum == Decimal(score or 0)
            assert found.square_sum == (Decimal("0.3") - Decimal(score or 0)) ** 2 * there
