"""A workspace's bot token: where rotation is on it ends twice a day, and is renewed once however
many ask at the same moment, in whichever process. One that Slack refuses pauses the workspace.

Slack's refresh tokens work once. The new token and the one before are both kept, so that a crash
between Slack's answer and our commit leaves a way back.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from db import tenants
from db.models.tenants import Tenant
from db.session import Database
from services.audit import AuditService
from services.errors import Forbidden, InvalidInput, NotFound, ServiceError, TransientError
from services.grants import DISCONNECTED, UNCONNECTED, HeldGrants, grant_cell, token_cell
from services.oauth_ports import InstallGateway
from services.ports import Clock, Ids
from services.types.installs import BotGrant
from services.vault import Vault
from services.workspace_pause import REFUSED, pause

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
# Long before the end of its twelve hours, so that a Slack that fails for a while costs nothing.
MARGIN = timedelta(minutes=15)
PAUSE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceTokens:
    """`gateway` is None where no client id and secret are set: then nothing can be renewed."""

    db: Database
    clock: Clock
    ids: Ids
    vault: Vault
    audit: AuditService
    gateway: InstallGateway | None
    _turns: dict[UUID, asyncio.Lock] = field(default_factory=dict)

    async def of(self, tenant_id: UUID) -> str:
        """The token to use now. NotFound while the workspace isn't connected."""
        held = await self._held(tenant_id)
        if not self._ending(held.current):
            return held.current.token
        try:
            return (await self._renewed(tenant_id, held.current)).token
        except (TransientError, InvalidInput) as error:
            if self._ended(held.current):
                raise
            log.warning("a token could not be renewed yet", reason=str(error))
            return held.current.token

    async def instead(self, tenant_id: UUID, refused: str, code: str) -> str | None:
        """Another token than the one Slack has just refused with this code; None when there is
        none, and then the workspace is paused."""
        try:
            held = await self._held(tenant_id)
            if held.current.token != refused:
                # Renewed or installed anew meanwhile, maybe by another process.
                return held.current.token
            if held.current.refresh_token is not None:
                return (await self._renewed(tenant_id, held.current, refused=True)).token
        except (Forbidden, NotFound):
            return None
        await self._pause(tenant_id, refused, code)
        return None

    async def _renewed(self, tenant_id: UUID, seen: BotGrant, *, refused: bool = False) -> BotGrant:
        async with self._turns.setdefault(tenant_id, asyncio.Lock()):
            held = await self._held(tenant_id)
            if held.current.token != seen.token:
                return held.current
            lease = self.ids.new()
            if not await self._claim(tenant_id, lease):
                raise TransientError("The workspace's token is being renewed.", retry_after=PAUSE)
            try:
                # Once more under the lease: the process before us may have renewed it.
                held = await self._held(tenant_id)
                if held.current.token != seen.token:
                    return held.current
                return await self._renew(tenant_id, held, lease, refused=refused)
            finally:
                async with self.db.transaction(tenant_id) as tx:
                    await tenants.drop_token_lease(tx, lease=lease)

    async def _renew(
        self, tenant_id: UUID, held: HeldGrants, lease: UUID, *, refused: bool
    ) -> BotGrant:
        try:
            fresh, before = await self._ask(held)
        except Forbidden as error:
            if not refused and not self._ended(held.current):
                # It renews nothing, but it still opens the door.
                log.warning("a token can't be renewed; it ends soon", reason=str(error))
                return held.current
            await self._pause(tenant_id, held.current.token, "token_expired")
            raise
        kept = HeldGrants(current=fresh, previous=before)
        async with self.db.transaction(tenant_id) as tx:
            stored = await tenants.set_renewed_token(
                tx,
                lease=lease,
                bot_token=self.vault.seal(fresh.token.encode(), token_cell(tenant_id)),
                bot_grant=self.vault.seal(kept.to_bytes(), grant_cell(tenant_id)),
            )
            if stored:
                await self.audit.append(tx, "workspace.token_renewed")
        # An install has come between: its token counts, not ours.
        return fresh if stored else (await self._held(tenant_id)).current

    async def _ask(self, held: HeldGrants) -> tuple[BotGrant, BotGrant]:
        """A fresh grant, and the one it came from. The one before the present one may still be
        good when the present one never worked."""
        if self.gateway is None:
            raise TransientError(
                "The workspace's token has to be renewed: SLACK_CLIENT_ID and "
                "SLACK_CLIENT_SECRET must be set for that."
            )
        tried = [grant for grant in (held.current, held.previous) if grant is not None]
        refusal: ServiceError | None = None
        for grant in tried:
            if grant.refresh_token is None:
                continue
            try:
                return await self.gateway.refresh(grant.refresh_token), grant
            except Forbidden as error:
                refusal = refusal or error
        raise refusal or Forbidden(DISCONNECTED)

    async def _claim(self, tenant_id: UUID, lease: UUID) -> bool:
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            return await tenants.claim_token_lease(tx, lease=lease, now=now, until=now + LEASE)

    async def _pause(self, tenant_id: UUID, refused: str, code: str) -> None:
        """Unless a token that works has come meanwhile."""
        async with self.db.transaction(tenant_id) as tx:
            tenant = await tenants.lock_tenant(tx)
            if tenant is None or tenant.bot_token is None:
                return
            if self._opened(tenant).current.token != refused:
                return
            if await pause(tx, at=self.clock.now(), why=f"{REFUSED} ({code})"):
                await self.audit.append(tx, "workspace.paused", facts={"why": code})
                log.warning("workspace paused", team=tenant.team_id, why=code)

    async def _held(self, tenant_id: UUID) -> HeldGrants:
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
        if tenant is None or tenant.bot_token is None or tenant.paused_at is not None:
            raise NotFound(DISCONNECTED if tenant and tenant.installed_at else UNCONNECTED)
        return self._opened(tenant)

    def _opened(self, tenant: Tenant) -> HeldGrants:
        if tenant.bot_grant is not None:
            cell = grant_cell(tenant.tenant_id)
            return HeldGrants.from_bytes(self.vault.open(tenant.bot_grant, cell))
        cell = token_cell(tenant.tenant_id)
        token = self.vault.open(tenant.bot_token or b"", cell).decode()
        return HeldGrants(current=BotGrant(token=token))

    def _ending(self, grant: BotGrant) -> bool:
        return grant.expires_at is not None and grant.expires_at <= self.clock.now() + MARGIN

    def _ended(self, grant: BotGrant) -> bool:
        return grant.expires_at is not None and grant.expires_at <= self.clock.now()
