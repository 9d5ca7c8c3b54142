"""The tenants, and the token each workspace gave us."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import cards, tenants
from db.session import Database, Tx
from services.audit import AuditService
from services.errors import Conflict, NotFound
from services.ports import ChatTeam, Clock, Ids
from services.types.ids import TenantId
from services.vault import Cell, Vault

DISCONNECTED = (
    "Slack has taken back Understudy's access to this workspace. Nothing can be shown here until "
    "an admin connects it again."
)
UNCONNECTED = "This workspace isn't connected to Understudy."


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
        """The team's tenant, made when it is new. A later call (a reinstall, by whomever) changes
        name and token only: it makes nobody a member and gives nobody a role."""
        async with self.db.directory() as directory:
            known = await tenants.get_tenant_id(directory, team.team_id)
        tenant_id = TenantId(known or self.ids.new())
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
            await tenants.set_workspace(tx, name=team.name, bot_user_id=team.bot_user_id)
            if token is not None:
                await self._keep(tx, token)
        return tenant_id

    async def _keep(self, tx: Tx, token: str) -> None:
        """Keep a token that is new to us, and since when. The same one again (every start brings
        it) is no install: an uninstall that happened since then still counts."""
        tenant = await tenants.lock_tenant(tx)
        cell = token_cell(tx.tenant_id)
        known = tenant.bot_token if tenant is not None and tenant.installed_at is not None else None
        if known is not None and self.vault.open(known, cell) == token.encode():
            return
        await tenants.set_token(
            tx, bot_token=self.vault.seal(token.encode(), cell), installed_at=self.clock.now()
        )
        await AuditService(self.db, self.clock, self.ids).append(tx, "workspace.connected")
        await cards.want_failed(tx)

    async def disconnect(self, team_id: str, *, at: datetime, why: str) -> bool:
        """Slack says that the app was removed or its token revoked at that moment. An older word
        than the present token is old news: a reinstall has overtaken it. True when the token was
        dropped; the tenant and all it holds stay."""
        tenant_id = await self.find(team_id)
        if tenant_id is None:
            return False
        async with self.db.transaction(tenant_id) as tx:
            dropped = await tenants.drop_token(tx, at=at)
            await AuditService(self.db, self.clock, self.ids).append(
                tx,
                "workspace.disconnected" if dropped else "workspace.disconnect_ignored",
                facts={"why": why, "at": at.isoformat()},
            )
        return dropped

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
            raise NotFound(DISCONNECTED if row and row.installed_at else UNCONNECTED)
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
            raise NotFound(UNCONNECTED)
        return await self.workspace(tenant_id)
