"""SQL of absences: who is out of office, and who decides for them meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from db.models.approvals import Absence
from db.models.tenants import Member
from db.session import ReadTx, Tx


async def add_absence(tx: Tx, absence: Absence) -> None:
    tx.session.add(absence)
    await tx.session.flush()


async def get_absence(tx: ReadTx, absence_id: UUID) -> Absence | None:
    return await tx.session.get(Absence, (tx.tenant_id, absence_id), populate_existing=True)


async def lock_planner(tx: Tx, member_id: UUID) -> Member | None:
    """The member, held until the transaction ends: one change of their absences at a time. Rows
    that refer to them may still be written."""
    query = (
        select(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def list_absences_of(
    tx: ReadTx, member_id: UUID, *, after: datetime, before: datetime | None = None
) -> Sequence[Absence]:
    """The member's absences that reach into the time between, first one first."""
    query = (
        select(Absence)
        .where(
            Absence.tenant_id == tx.tenant_id,
            Absence.member_id == member_id,
            Absence.cancelled_at.is_(None),
            Absence.ends_at > after,
        )
        .order_by(Absence.starts_at, Absence.id)
    )
    if before is not None:
        query = query.where(Absence.starts_at < before)
    return (await tx.session.execute(query)).scalars().all()
