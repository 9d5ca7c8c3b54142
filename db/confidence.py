"""SQL of how stated probabilities hold, read for people: sums by bin and days, never by looking
through outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from db.models.calibration import CalibrationBin
from db.models.outcomes import Outcome
from db.session import ReadTx


async def bin_sums(
    tx: ReadTx, *, action_type: str, kind: str, lineage: str, number: int
) -> tuple[int, Decimal]:
    """How many outcomes of unedited mail stand in one bin, and the sum of their scores."""
    rows = await tx.session.execute(
        select(func.sum(CalibrationBin.count), func.sum(CalibrationBin.score_sum)).where(
            CalibrationBin.tenant_id == tx.tenant_id,
            CalibrationBin.action_type == action_type,
            CalibrationBin.kind == kind,
            CalibrationBin.lineage == lineage,
            CalibrationBin.edited.is_(False),
            CalibrationBin.bin == number,
        )
    )
    count, scores = rows.one()
    return int(count or 0), scores or Decimal(0)


async def list_stated(
    tx: ReadTx, action_ids: Sequence[UUID], kind: str
) -> Mapping[tuple[str, str], list[Decimal]]:
    """What was stated of these actions whose outcome has a score, by action type and lineage."""
    rows = await tx.session.execute(
        select(Outcome.action_type, Outcome.lineage, Outcome.predicted).where(
            Outcome.tenant_id == tx.tenant_id,
            Outcome.action_id.in_(action_ids),
            Outcome.kind == kind,
            Outcome.score.is_not(None),
        )
    )
    found: dict[tuple[str, str], list[Decimal]] = {}
    for action_type, lineage, predicted in rows:
        found.setdefault((action_type, lineage), []).append(predicted)
    return found


@dataclass(frozen=True, slots=True)
class HeldKind:
    """What is learned separately, with the outcomes in its bins, edited mail included."""

    action_type: str
    kind: str
    lineage: str
    count: int


async def list_kinds(tx: ReadTx) -> Sequence[HeldKind]:
    """All of the tenant, the most outcomes first: at most forty rows of bins stand behind each."""
    table, count = CalibrationBin, func.sum(CalibrationBin.count)
    key = (table.action_type, table.kind, table.lineage)
    rows = await tx.session.execute(
        select(*key, count.label("n"))
        .where(table.tenant_id == tx.tenant_id)
        .group_by(*key)
        .having(count > 0)
        .order_by(count.desc(), *key)
    )
    return [HeldKind(row.action_type, row.kind, row.lineage, int(row.n)) for row in rows]
