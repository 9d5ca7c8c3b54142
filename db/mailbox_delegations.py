"""SQL of the workspace's service account."""

from sqlalchemy import delete, select

from db.models.mailboxes import Delegation
from db.session import ReadTx, Tx


async def get_delegation(tx: ReadTx) -> Delegation | None:
    query = select(Delegation).where(Delegation.tenant_id == tx.tenant_id)
    found = await tx.session.execute(query.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def add_delegation(tx: Tx, row: Delegation) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def drop_delegation(tx: Tx) -> bool:
    """False when there was none."""
    gone = await tx.session.execute(
        delete(Delegation).where(Delegation.tenant_id == tx.tenant_id).returning(Delegation.id)
    )
    return gone.first() is not None
