"""SQL of what models cost."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from db.models.records import ModelCall
from db.session import ReadTx, Tx


async def add_call(tx: Tx, call: ModelCall) -> None:
    tx.session.add(call)
    await tx.session.flush()


async def spent_since(tx: ReadTx, since: datetime) -> tuple[Decimal, int]:
    """US dollars spent, and how many calls had no known price."""
    row = (
        await tx.session.execute(
            select(
                func.coalesce(func.sum(ModelCall.cost_usd), 0),
                func.count().filter(ModelCall.cost_usd.is_(None), ModelCall.status == "ok"),
            ).where(ModelCall.tenant_id == tx.tenant_id, ModelCall.created_at >= since)
        )
    ).one()
    return Decimal(row[0] or 0), int(row[1])


async def last_statuses(tx: ReadTx, since: datetime, limit: int) -> list[str]:
    """How the last calls ended, the newest first."""
    rows = await tx.session.scalars(
        select(ModelCall.status)
        .where(ModelCall.tenant_id == tx.tenant_id, ModelCall.created_at >= since)
        .order_by(ModelCall.created_at.desc())
        .limit(limit)
    )
    return list(rows)
