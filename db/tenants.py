"""Tenants and the directory that finds them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
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


async def lock_tenant(tx: Tx) -> Tenant | None:
    """The tenant as it stands now, held until the transaction ends."""
    query = select(Tenant).where(Tenant.tenant_id == tx.tenant_id).with_for_update()
    rows = await tx.session.execute(query.execution_options(populate_existing=True))
    return rows.scalar_one_or_none()


async def hold_tenant(tx: Tx) -> Tenant | None:
    """The tenant as it stands now; its settings stay so until the transaction ends. None while
    somebody is changing them."""
    query = select(Tenant).where(Tenant.tenant_id == tx.tenant_id)
    query = query.with_for_update(read=True, skip_locked=True)
    rows = await tx.session.execute(query.execution_options(populate_existing=True))
    return rows.scalar_one_or_none()


async def set_workspace(tx: Tx, *, name: str, bot_user_id: str) -> None:
    """What Slack tells of the workspace now."""
    values = {"name": name, "bot_user_id": bot_user_id}
    await tx.session.execute(
        update(Tenant).where(Tenant.tenant_id == tx.tenant_id).values(**values)
    )


async def set_setting(tx: Tx, name: str, value: object) -> None:
    """One thing that admins may tune; the others stay."""
    change = func.jsonb_build_object(name, value)
    await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id)
        .values(settings=Tenant.settings.op("||")(change))
        .execution_options(synchronize_session=False)
    )


async def set_token(tx: Tx, *, bot_token: bytes, installed_at: datetime) -> None:
    """The workspace's token, and since when it is this one."""
    await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id)
        .values(bot_token=bot_token, installed_at=installed_at)
    )


async def drop_token(tx: Tx, *, at: datetime) -> bool:
    """Forget the token that stood when Slack took it back; False when there is none, or when it
    came after that moment. `installed_at` stays: it tells that there once was one."""
    rows = await tx.session.execute(
        update(Tenant)
        .where(
            Tenant.tenant_id == tx.tenant_id,
            Tenant.bot_token.is_not(None),
            func.coalesce(Tenant.installed_at, Tenant.created_at) <= at,
        )
        .values(bot_token=None)
        .returning(Tenant.tenant_id)
    )
    return rows.scalar_one_or_none() is not None
