"""Tenants and the directory that finds them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.directories import WorkspaceEntry
from db.models.tenants import KillSwitch, Tenant
from db.session import ReadTx, Tx


async def get_tenant_id(directory: ReadTx, team_id: str) -> UUID | None:
    """The tenant of a Slack team; works in any transaction, also before a tenant is known."""
    query = select(WorkspaceEntry.tenant_id).where(WorkspaceEntry.team_id == team_id)
    return (await directory.session.execute(query)).scalar_one_or_none()


async def list_tenant_ids(directory: ReadTx) -> list[tuple[str, UUID]]:
    """Every workspace as (team id, tenant id)."""
    query = select(WorkspaceEntry.team_id, WorkspaceEntry.tenant_id).order_by(
        WorkspaceEntry.team_id
    )
    return [(row.team_id, row.tenant_id) for row in await directory.session.execute(query)]


async def claim_team(tx: Tx, team_id: str) -> bool:
    """Enter the team under this transaction's tenant; False when another tenant holds it."""
    query = (
        insert(WorkspaceEntry)
        .values(team_id=team_id, tenant_id=tx.tenant_id)
        .on_conflict_do_nothing()
    )
    await tx.session.execute(query)
    return await get_tenant_id(tx, team_id) == tx.tenant_id


async def get_tenant(tx: ReadTx) -> Tenant | None:
    return await tx.session.get(Tenant, tx.tenant_id)


async def add_tenant(
    tx: Tx, *, kill_switch_id: UUID, now: datetime, team_id: str, name: str, bot_user_id: str
) -> None:
    """The tenant's row and its kill switch; nothing happens when they are there."""
    await tx.session.execute(
        insert(Tenant)
        .values(
            tenant_id=tx.tenant_id,
            created_at=now,
            team_id=team_id,
            name=name,
            bot_user_id=bot_user_id,
            settings={},
        )
        .on_conflict_do_nothing()
    )
    await tx.session.execute(
        insert(KillSwitch)
        .values(tenant_id=tx.tenant_id, id=kill_switch_id, created_at=now, engaged=False)
        .on_conflict_do_nothing(index_elements=["tenant_id"])
    )


async def set_workspace(tx: Tx, *, name: str, bot_user_id: str, bot_token: bytes | None) -> None:
    """What Slack tells of the workspace now. Without a new token the old one stays."""
    values = {"name": name, "bot_user_id": bot_user_id}
    query = update(Tenant).where(Tenant.tenant_id == tx.tenant_id).values(**values)
    if bot_token is not None:
        query = query.values(bot_token=bot_token)
    await tx.session.execute(query)
