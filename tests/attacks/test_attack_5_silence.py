"""Attack 5: customers who don't want something rarely say so; they say nothing. Were silence
dropped from the score, nearly all that is left would be answers, and a copilot that is wrong seven
times of ten would read as nearly always right.

Here three of ten mails are answered and nobody ever says no. The copilot says 80 % each time, some
mails are ambiguous or never arrive, and day after day the outcomes are counted and adjusted, as in
the product. What it is shown to say in the end is 30 %, within what three of ten may truly be."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from db.models.actions import Action
from db.models.calibration import CalibrationMove
from db.models.outcomes import Outcome
from db.session import Database, Tx
from services.audit import AuditService
from services.calibration.counting import recount
from services.calibration.service import CalibrationService
from services.calibration.state import calibrated_of, summary_of
from services.confidence.stating import Stated, stated
from services.intervals import share_of
from services.outcomes.kinds import ENGAGEMENT
from tests import factories as make
from tests.fakes.clock import CountingIds, FrozenClock
from tests.shared import VAULT

TYPE, LINEAGE = "send_follow_up_email", "0123456789ab"
SAID, TRULY = Decimal("0.8"), 0.3
DAYS, A_DAY = 36, 9
"""Days, and mails whose week ends on each."""
PENDING = Outcome.status == "pending"


async def test_attack_5_silence_counts_as_none(database: Database) -> None:
    tenant, clock, ids = await make.make_tenant(database), FrozenClock(make.NOW), CountingIds()
    calibration = CalibrationService(
        db=database, clock=clock, ids=ids, audit=AuditService(database, clock, ids, VAULT)
    )
    dice, answered, silent = random.Random(5), 0, 0  # noqa: S311 - a simulation
    shown_daily: list[Stated] = []
    for _ in range(DAYS):
        clock.move(timedelta(days=1))
        async with database.transaction(tenant) as tx:
            await _mails_leave(tx, clock, ids)
            for outcome in (await tx.session.scalars(select(Outcome).where(PENDING))).all():
                if dice.random() < 0.1:
                    outcome.status = dice.choice(["ambiguous", "undelivered"])
                elif dice.random() < TRULY:
                    outcome.status, outcome.score, answered = "positive", Decimal(1), answered + 1
                else:
                    outcome.status, outcome.score, silent = "expired", Decimal(0), silent + 1
                await recount(tx, outcome, clock=clock, ids=ids)
        await calibration.adjust(tenant)
        async with database.read(tenant) as tx:
            said = await stated(tx, action_type=TYPE, lineage=LINEAGE, raw=SAID)
        shown_daily.append(said)

    async with database.read(tenant) as tx:
        summary = await summary_of(tx, TYPE, ENGAGEMENT.name, LINEAGE)
        shown = await calibrated_of(tx, TYPE, ENGAGEMENT.name, LINEAGE, float(SAID))
        moves = len((await tx.session.scalars(select(CalibrationMove))).all())
    share = share_of(answered, answered + silent)
    assert share.low is not None
    assert share.high is not None
    assert summary.n == answered + silent
    assert share.low <= shown <= share.high
    assert shown == pytest.approx(TRULY, abs=0.05)
    # It came there by small steps, and as long as it was far, nothing that says so left by itself.
    assert 10 < moves <= DAYS
    far = [one for one in shown_daily if TRULY + 0.1 < one.calibrated < one.threshold]
    assert len(far) > 5
    assert all(one.unsure for one in far)
    # Ambiguous and undelivered are left out, and how many is said.
    assert summary.ambiguous.part + summary.undelivered.part == DAYS * A_DAY - summary.n


async def _mails_leave(tx: Tx, clock: FrozenClock, ids: CountingIds) -> None:
    """A day's mails, in two statements: their weeks are over at once."""
    rows = [
        {
            "tenant_id": tx.tenant_id,
            "id": ids.new(),
            "created_at": clock.now(),
            "type": TYPE,
            "status": "done",
            "trigger": "mail",
            "verdict": "approval_required",
            "confidence": SAID,
            "lineage": LINEAGE,
        }
        for _ in range(A_DAY)
    ]
    await tx.session.execute(insert(Action), rows)
    await tx.session.execute(
        insert(Outcome),
        [
            {
                "tenant_id": tx.tenant_id,
                "id": ids.new(),
                "created_at": clock.now(),
                "action_id": row["id"],
                "action_type": TYPE,
                "lineage": LINEAGE,
                "kind": ENGAGEMENT.name,
                "event": "human reply within 7 days",
                "predicted": SAID,
                "window_ends_at": clock.now(),
            }
            for row in rows
        ],
    )
