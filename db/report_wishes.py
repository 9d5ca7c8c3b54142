"""SQL of the days whose figures somebody waits for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from db.models.coaching import ReportWish
from db.session import ReadTx, Tx


async def add_wish(tx: Tx, **values: Any) -> UUID | None:
    """The wish, once; None when this very command was taken before."""
    rows = await tx.session.execute(
        insert(ReportWish)
        .values(tenant_id=tx.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "command_id"])
        .returning(ReportWish.id)
    )
    return rows.scalar_one_or_none()


async def get_wish(tx: ReadTx, wish_id: UUID) -> ReportWish | None:
    return await tx.session.get(ReportWish, (tx.tenant_id, wish_id), populate_existing=True)


async def settle_wish(tx: Tx, wish_id: UUID, *, at: datetime) -> None:
    """The way back was used, or can't be any more: it is not kept."""
    await tx.session.execute(
        update(ReportWish)
        .where(
            ReportWish.tenant_id == tx.tenant_id,
            ReportWish.id == wish_id,
            ReportWish.settled_at.is_(None),
        )
        .values(settled_at=at, response_url="")
        .execution_options(synchronize_session=False)
    )


async def drop_old_wishes(tx: Tx, before: datetime) -> None:
    """Settled ones, when no command that is repeated can mean them any more."""
    await tx.session.execute(
        delete(ReportWish).where(
            ReportWish.tenant_id == tx.tenant_id,
            ReportWish.settled_at.is_not(None),
            ReportWish.created_at < before,
        )
    )
