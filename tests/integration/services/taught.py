"""What calibration would have learned, put straight into its tables: sums by bin, and the curve in
force."""

from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import delete

from db.models.calibration import Calibration, CalibrationBin, CalibrationMove
from db.session import Database
from services.calibration.adjusting import MOST_OF_GAP
from services.calibration.state import curve_of, written
from services.outcomes.kinds import ENGAGEMENT
from services.types.calibration import Adjustment
from tests.factories import NOW

HALVED = Adjustment(
    scale=0.9,
    shift=-MOST_OF_GAP,
    threshold=0.7,
    knots=tuple(step / 20 for step in range(11)),
    correcting=True,
    apart=True,
)


async def teach(
    database: Database,
    tenant: UUID,
    action_type: str,
    lineage: str,
    adjustment: Adjustment = HALVED,
) -> UUID:
    """From now on this is in force; the move that led to it. What was before is forgotten."""
    async with database.transaction(tenant) as tx:
        await tx.session.execute(delete(Calibration).where(Calibration.action_type == action_type))
        base = {"tenant_id": tenant, "created_at": NOW}
        row = Calibration(
            **base,
            id=uuid4(),
            action_type=action_type,
            kind=ENGAGEMENT.name,
            lineage=lineage,
            scale=Decimal(str(adjustment.scale)),
            threshold=Decimal(str(adjustment.threshold)),
            curve=curve_of(adjustment),
            version=1,
            moved_at=NOW,
        )
        tx.session.add(row)
        await tx.session.flush()
        move = CalibrationMove(
            **base,
            id=uuid4(),
            calibration_id=row.id,
            version=1,
            before=written(Adjustment()),
            after=written(adjustment),
            samples={"n": 41},
            reason="Where I said 80 %, 61 % of 41 came true (46 to 75 %).",
        )
        tx.session.add(move)
        await tx.session.flush()
        return move.id


async def count(
    database: Database,
    tenant: UUID,
    action_type: str,
    lineage: str,
    *,
    predicted: str,
    positive: int,
    of: int,
) -> None:
    """So many outcomes with this stated probability, as the bins would hold them."""
    said, halves = Decimal(predicted), (of // 2, of - of // 2)
    good = (positive // 2, positive - positive // 2)
    async with database.transaction(tenant) as tx:
        for half in (0, 1):
            n, came = halves[half], good[half]
            tx.session.add(
                CalibrationBin(
                    tenant_id=tenant,
                    id=uuid4(),
                    created_at=NOW,
                    action_type=action_type,
                    kind=ENGAGEMENT.name,
                    lineage=lineage,
                    edited=False,
                    half=half,
                    bin=min(int(said * 10 - Decimal("0.0001")), 9),
                    count=n,
                    predicted_sum=said * n,
                    score_sum=came,
                    square_sum=came * (1 - said) ** 2 + (n - came) * said**2,
                    predicted_square_sum=said**2 * n,
                    product_sum=said * came,
                )
            )
