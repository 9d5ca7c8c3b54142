"""The versions of a tenant's approval rules: rows are added, never changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.models.approvals import ApprovalRuleSet
from db.models.tenants import Member
from db.session import ReadTx, Tx


async def get_newest_rule_set(tx: ReadTx) -> ApprovalRuleSet | None:
    """The rules in force; None when none were ever applied."""
    query = (
        select(ApprovalRuleSet)
        .where(ApprovalRuleSet.tenant_id == tx.tenant_id)
        .order_by(ApprovalRuleSet.version.desc())
        .limit(1)
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def get_rule_set(tx: ReadTx, version: int) -> ApprovalRuleSet | None:
    query = select(ApprovalRuleSet).where(
        ApprovalRuleSet.tenant_id == tx.tenant_id, ApprovalRuleSet.version == version
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def add_rule_set(
    tx: Tx,
    *,
    row_id: UUID,
    version: int,
    source: str,
    text: str,
    gated_types: Sequence[str],
    applied_by: UUID | None,
    now: datetime,
) -> bool:
    """Add a version; False when it is there already. Of two who add the same at once, the second
    waits here for the first."""
    query = (
        insert(ApprovalRuleSet)
        .values(
            tenant_id=tx.tenant_id,
            id=row_id,
            created_at=now,
            version=version,
            source=source,
            text=text,
            gated_types=list(gated_types),
            applied_by=applied_by,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "version"])
        .returning(ApprovalRuleSet.id)
    )
    return (await tx.session.execute(query)).scalar_one_or_none() is not None


async def list_admin_names(tx: ReadTx) -> Sequence[str]:
    """Active admins, for telling somebody whom to ask."""
    query = (
        select(Member.name)
        .where(Member.tenant_id == tx.tenant_id, Member.role == "admin", Member.active)
        .order_by(Member.name, Member.id)
    )
    return (await tx.session.execute(query)).scalars().all()
