"""SQL of files somebody asked for in Slack."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert

from db.models.exports import AutonomyExport
from db.session import Tx


async def add_export(tx: Tx, **values: Any) -> UUID | None:
    """The wish, once; None when this very command was taken before."""
    rows = await tx.session.execute(
        insert(AutonomyExport)
        .values(tenant_id=tx.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "command_id"])
        .returning(AutonomyExport.id)
    )
    return rows.scalar_one_or_none()


async def claim_export(
    tx: Tx, export_id: UUID, *, now: datetime, token: UUID, until: datetime
) -> AutonomyExport | None:
    """The wish under a lease; None when it is settled or somebody is at it."""
    rows = await tx.session.execute(
        update(AutonomyExport)
        .where(
            AutonomyExport.tenant_id == tx.tenant_id,
            AutonomyExport.id == export_id,
            AutonomyExport.status == "asked",
            or_(AutonomyExport.lease_until.is_(None), AutonomyExport.lease_until <= now),
        )
        .values(lease_token=token, lease_until=until)
        .returning(AutonomyExport)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def set_export(tx: Tx, export_id: UUID, token: UUID, **values: Any) -> bool:
    """Change a wish that is still ours."""
    rows = await tx.session.execute(
        update(AutonomyExport)
        .where(
            AutonomyExport.tenant_id == tx.tenant_id,
            AutonomyExport.id == export_id,
            AutonomyExport.lease_token == token,
        )
        .values(**values)
        .returning(AutonomyExport.id)
        .execution_options(synchronize_session=False)
    )
    return rows.scalar_one_or_none() is not None
