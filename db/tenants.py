"""Tenants and the directory that finds them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

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
    tx: Tx,
    *,
    kill_switch_id: UUID,
    now: datetime,
    team_id: str,
    name: str,
    bot_user_id: str,
    settings: dict[str, Any] | None = None,
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
            settings=settings or {},
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
    # As JSON, whatever it is: the driver can't tell by itself what a table of values is.
    change = func.jsonb_build_object(name, cast(value, JSONB))
    await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id)
        .values(settings=Tenant.settings.op("||")(change))
        .execution_options(synchronize_session=False)
    )


async def set_token(
    tx: Tx, *, bot_token: bytes, bot_grant: bytes | None = None, installed_at: datetime
) -> None:
    """The workspace's token, and since when it is this one. Whoever is just renewing the one before
    has lost its lease."""
    await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id)
        .values(
            bot_token=bot_token,
            bot_grant=bot_grant,
            installed_at=installed_at,
            token_lease=None,
            token_lease_until=None,
        )
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
        .values(bot_token=None, bot_grant=None, token_lease=None, token_lease_until=None)
        .returning(Tenant.tenant_id)
    )
    return rows.scalar_one_or_none() is not None


async def claim_token_lease(tx: Tx, *, lease: UUID, now: datetime, until: datetime) -> bool:
    """Take the right to renew the token, if nobody holds it."""
    rows = await tx.session.execute(
        update(Tenant)
        .where(
            Tenant.tenant_id == tx.tenant_id,
            or_(Tenant.token_lease_until.is_(None), Tenant.token_lease_until <= now),
        )
        .values(token_lease=lease, token_lease_until=until)
        .returning(Tenant.tenant_id)
    )
    return rows.scalar_one_or_none() is not None


async def drop_token_lease(tx: Tx, *, lease: UUID) -> None:
    await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id, Tenant.token_lease == lease)
        .values(token_lease=None, token_lease_until=None)
    )


async def set_renewed_token(tx: Tx, *, lease: UUID, bot_token: bytes, bot_grant: bytes) -> bool:
    """Keep what renewing brought; False when the lease has gone, to a reinstall for one."""
    rows = await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id, Tenant.token_lease == lease)
        .values(bot_token=bot_token, bot_grant=bot_grant)
        .returning(Tenant.tenant_id)
    )
    return rows.scalar_one_or_none() is not None


async def set_paused(tx: Tx, *, at: datetime, why: str) -> bool:
    """Pause the tenant; False when it is paused already, and then the first reason stands."""
    rows = await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id, Tenant.paused_at.is_(None))
        .values(paused_at=at, paused_why=why)
        .returning(Tenant.tenant_id)
    )
    return rows.scalar_one_or_none() is not None


async def clear_paused(tx: Tx) -> bool:
    """Go on; False when the tenant wasn't paused."""
    rows = await tx.session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tx.tenant_id, Tenant.paused_at.is_not(None))
        .values(paused_at=None, paused_why=None)
        .returning(Tenant.tenant_id)
    )
    return rows.scalar_one_or_none() is not None


async def is_paused(tx: ReadTx) -> bool:
    """Whether Slack refuses us for this tenant, so that nothing may leave."""
    query = select(Tenant.paused_at).where(Tenant.tenant_id == tx.tenant_id)
    return (await tx.session.execute(query)).scalar_one_or_none() is not None


async def want_admin(tx: Tx, *, wanted: bool) -> None:
    """Whether the first Slack admin who opens the app becomes its admin."""
    await tx.session.execute(
        update(Tenant).where(Tenant.tenant_id == tx.tenant_id).values(admin_wanted=wanted)
    )
