"""What became of a deal: every change of its stage, amount or close date, in the transaction that
makes it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from db import jobs
from db.models.customers import Deal, DealChange
from db.session import Tx
from services.outcomes.kinds import STAGE_MOVED
from services.ports import Ids
from services.signals.wanting import want_look


@dataclass(frozen=True, slots=True, kw_only=True)
class DealState:
    """A deal as it stood, taken before it is changed. A new deal stood nowhere."""

    stage: str = ""
    amount: Decimal | None = None
    close_date: date | None = None

    @classmethod
    def of(cls, deal: Deal | None) -> "DealState":
        if deal is None:
            return cls()
        return cls(stage=deal.stage, amount=deal.amount, close_date=deal.close_date)


async def record_changes(
    tx: Tx, deal: Deal, before: DealState, *, ids: Ids, now: datetime
) -> tuple[DealChange, ...]:
    """One row for each field that differs; none where nothing does."""
    after = DealState.of(deal)
    rows = tuple(
        DealChange(
            tenant_id=tx.tenant_id,
            id=ids.new(),
            created_at=now,
            deal_id=deal.id,
            field=field,
            before=_text(old),
            after=_text(new),
        )
        for field, old, new in (
            ("stage", before.stage, after.stage),
            ("amount", before.amount, after.amount),
            ("close_date", before.close_date, after.close_date),
        )
        if old != new
    )
    tx.session.add_all(rows)
    await tx.session.flush()
    if rows:
        await want_look(tx, deal.account_id, ids=ids, now=now)
    for row in rows:
        if row.field == "stage" and row.before:
            await jobs.enqueue(tx, STAGE_MOVED, {"change_id": row.id})
    return rows


def _text(value: str | Decimal | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value
