"""Sums by bin: what is added for one outcome can be taken away again, and nothing else is read."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from db.models.calibration import CalibrationBin
from db.session import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One outcome in its bin. `sign` -1 takes it out again."""

    action_type: str
    kind: str
    lineage: str
    edited: bool
    bin: int
    predicted: Decimal
    score: Decimal
    sign: int = 1


async def add_to_bin(tx: Tx, one: Contribution, *, bin_id: UUID, at: datetime) -> None:
    """One statement, however many outcomes there were before."""
    sums = {
        "count": one.sign,
        "predicted_sum": one.sign * one.predicted,
        "score_sum": one.sign * one.score,
        "square_sum": one.sign * (one.predicted - one.score) ** 2,
    }
    more = {name: getattr(CalibrationBin, name) + value for name, value in sums.items()}
    key = {
        "tenant_id": tx.tenant_id,
        "action_type": one.action_type,
        "kind": one.kind,
        "lineage": one.lineage,
        "edited": one.edited,
        "bin": one.bin,
    }
    if one.sign < 0:
        same = [getattr(CalibrationBin, name) == value for name, value in key.items()]
        await tx.session.execute(update(CalibrationBin).where(*same).values(more))
        return
    new = insert(CalibrationBin).values(id=bin_id, created_at=at, **key, **sums)
    await tx.session.execute(
        new.on_conflict_do_update(constraint="uq_calibration_bins_key", set_=more)
    )
