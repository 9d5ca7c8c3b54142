"""SQL of carrying approvals out: what was granted, and which approvals still wait for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.models.approvals import ApprovalRequest, Concession
from db.models.customers import Deal
from db.session import ReadTx, Tx


async def add_concession(tx: Tx, **values: Any) -> bool:
    """What was granted; False when this request's was written before."""
    rows = await tx.session.execute(
        insert(Concession)
        .values(tenant_id=tx.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "request_id"])
        .returning(Concession.id)
    )
    return rows.scalar_one_or_none() is not None


async def lock_deal(tx: Tx, deal_id: UUID) -> Deal | None:
    """The deal as it stands now, held until the transaction ends."""
    rows = await tx.session.execute(
        select(Deal)
        .where(Deal.tenant_id == tx.tenant_id, Deal.id == deal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def list_uncarried(tx: ReadTx, before: datetime) -> Sequence[UUID]:
    """Approved before then, and still to be carried out."""
    rows = await tx.session.execute(
        select(ApprovalRequest.id)
        .where(
            ApprovalRequest.tenant_id == tx.tenant_id,
            ApprovalRequest.status == "approved",
            ApprovalRequest.carry_status == "queued",
            ApprovalRequest.settled_at < before,
        )
        .order_by(ApprovalRequest.id)
    )
    return rows.scalars().all()
