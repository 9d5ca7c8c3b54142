"""SQL of what people asked to have found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.search import Find
from db.session import ReadTx, Tx


async def add_find(tx: Tx, **values: Any) -> UUID | None:
    """The wish, once; None when this very command was taken before."""
    rows = await tx.session.execute(
        insert(Find)
        .values(tenant_id=tx.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "command_id"])
        .returning(Find.id)
    )
    return rows.scalar_one_or_none()


async def get_find(tx: ReadTx, find_id: UUID) -> Find | None:
    return await tx.session.get(Find, (tx.tenant_id, find_id), populate_existing=True)


async def settle_find(tx: Tx, find_id: UUID, *, at: datetime, found: int | None) -> None:
    """The way back was used: it is not kept."""
    await tx.session.execute(
        update(Find)
        .where(Find.tenant_id == tx.tenant_id, Find.id == find_id, Find.settled_at.is_(None))
        .values(settled_at=at, found=found, response_url="")
        .execution_options(synchronize_session=False)
    )


async def count_finds(tx: ReadTx, member_id: UUID, since: datetime) -> int:
    rows = await tx.session.execute(
        select(func.count())
        .select_from(Find)
        .where(Find.tenant_id == tx.tenant_id, Find.member_id == member_id, Find.created_at > since)
    )
    return rows.scalar_one()


async def drop_old_finds(tx: Tx, before: datetime) -> None:
    """What people looked for is nobody's business for longer than it serves."""
    await tx.session.execute(
        delete(Find).where(Find.tenant_id == tx.tenant_id, Find.created_at < before)
    )
