"""SQL of what admins were told about the model's budget."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.models.looks import BudgetNotice
from db.session import ReadTx, Tx


async def list_shares(tx: ReadTx, month: date) -> Sequence[int]:
    rows = await tx.session.scalars(
        select(BudgetNotice.share).where(
            BudgetNotice.tenant_id == tx.tenant_id, BudgetNotice.month == month
        )
    )
    return rows.all()


async def add_notice(
    tx: Tx,
    *,
    notice_id: UUID,
    month: date,
    share: int,
    spent: Decimal,
    budget: Decimal,
    unpriced: int,
    now: datetime,
) -> bool:
    """False when this month's notice of this share is there already."""
    row = await tx.session.execute(
        insert(BudgetNotice)
        .values(
            tenant_id=tx.tenant_id,
            id=notice_id,
            created_at=now,
            month=month,
            share=share,
            spent_usd=spent,
            budget_usd=budget,
            unpriced_calls=unpriced,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "month", "share"])
        .returning(BudgetNotice.id)
    )
    return row.first() is not None


async def get_notice(tx: ReadTx, notice_id: UUID) -> BudgetNotice | None:
    return await tx.session.get(BudgetNotice, (tx.tenant_id, notice_id))
