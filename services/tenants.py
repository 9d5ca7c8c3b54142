"""The tenants, and the token each workspace gave us."""

from dataclasses import dataclass
from uuid import UUID

from db import tenants
from db.session import Database
from services.errors import Conflict, NotFound
from services.ports import ChatTeam, Clock, Ids
from services.types.ids import TenantId
from services.vault import Cell, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What the edge needs to speak for a tenant in its workspace."""

    tenant_id: TenantId
    team_id: str
    name: str
    bot_user_id: str
    bot_token: str


def token_cell(tenant_id: UUID) -> Cell:
    """Where a bot token lies: a ciphertext moved to another tenant's row can't be opened."""
    return Cell(tenant_id=tenant_id, table="tenants", column="bot_token", row=tenant_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantService:
    """Tenants come from Slack: one per workspace."""

    db: Database
    clock: Clock
    ids: Ids
    vault: Vault

    async def ensure_from_slack(self, team: ChatTeam, token: str | None) -> TenantId:
        """The team's tenant, made when it is new. A later call changes name and token only."""
        async with self.db.directory() as directory:
            known = await tenants.get_tenant_id(directory, team.team_id)
        tenant_id = TenantId(known or self.ids.new())
        sealed = None
        if token is not None:
            sealed = self.vault.seal(token.encode(), token_cell(tenant_id))
        async with self.db.transaction(tenant_id) as tx:
            if not await tenants.claim_team(tx, team.team_id):
                raise Conflict("This workspace is just being connected. Try again in a moment.")
            await tenants.add_tenant(
                tx,
                kill_switch_id=self.ids.new(),
                now=self.clock.now(),
                team_id=team.team_id,
                name=team.name,
                bot_user_id=team.bot_user_id,
            )
            await tenants.set_workspace(
                tx, name=team.name, bot_user_id=team.bot_user_id, bot_token=sealed
            )
        return tenant_id

    async def find(self, team_id: str) -> TenantId | None:
        """The tenant of a Slack team, if it has one."""
        async with self.db.directory() as directory:
            found = await tenants.get_tenant_id(directory, team_id)
        return TenantId(found) if found else None

    async def list_all(self) -> tuple[tuple[str, TenantId], ...]:
        """Every workspace: team id and tenant."""
        async with self.db.directory() as directory:
            rows = await tenants.list_tenant_ids(directory)
        return tuple((team_id, TenantId(tenant_id)) for team_id, tenant_id in rows)

    async def workspace(self, tenant_id: UUID) -> Workspace:
        """The tenant's workspace with its token. NotFound when it was never connected."""
        async with self.db.read(tenant_id) as tx:
            row = await tenants.get_tenant(tx)
        if row is None or row.bot_token is None:
            raise NotFound("This workspace isn't connected to Understudy.")
        token = self.vault.open(row.bot_token, token_cell(tenant_id)).decode()
        return Workspace(
            tenant_id=TenantId(tenant_id),
            team_id=row.team_id,
            name=row.name,
            bot_user_id=row.bot_user_id,
            bot_token=token,
        )

    async def workspace_of_team(self, team_id: str) -> Workspace:
        """The workspace of a Slack team. NotFound when we don't know it."""
        tenant_id = await self.find(team_id)
        if tenant_id is None:
            raise NotFound("This workspace isn't connected to Understudy.")
        return await self.workspace(tenant_id)
