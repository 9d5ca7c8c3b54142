"""The tenants, and the token each workspace gave us."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import members, tenants
from db.models.tenants import Member
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import touch
from services.errors import Conflict, NotFound
from services.grants import (
    DISCONNECTED,
    UNCONNECTED,
    HeldGrants,
    grant_cell,
    sealed_grant,
    token_cell,
)
from services.ports import ChatPerson, ChatTeam, Clock, Ids
from services.types.ids import TenantId
from services.types.installs import GivenInstall, InstallStep
from services.types.people import Role
from services.vault import Vault
from services.workspace_pause import go_on, pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What the edge needs to speak for a tenant in its workspace."""

    tenant_id: TenantId
    team_id: str
    name: str
    bot_user_id: str
    bot_token: str
    token_ends_at: datetime | None = None


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
        it) is no install: an uninstall that happened since then still counts. One that came by an
        install and renews itself isn't given up for the one a start brings."""
        tenant = await tenants.lock_tenant(tx)
        cell = token_cell(tx.tenant_id)
        known = tenant.bot_token if tenant is not None and tenant.installed_at is not None else None
        paused = tenant is not None and tenant.paused_at is not None
        if known is not None and not paused and tenant is not None and tenant.bot_grant is not None:
            return
        same = known is not None and self.vault.open(known, cell) == token.encode()
        if same and not paused:
            return
        if not same:
            await tenants.set_token(
                tx, bot_token=self.vault.seal(token.encode(), cell), installed_at=self.clock.now()
            )
        await self._connected(tx)

    async def _connected(self, tx: Tx) -> None:
        audit = AuditService(self.db, self.clock, self.ids, self.vault)
        await audit.append(tx, "workspace.connected")
        if await go_on(tx):
            await audit.append(tx, "workspace.resumed")

    async def install(
        self, given: GivenInstall, team_id: str, installer: ChatPerson | None, *, at: datetime
    ) -> InstallStep:
        """What Slack gave at `at`, kept. A new workspace begins in shadow mode, and whoever
        installed it becomes its admin if Slack calls them one. In a known one the token changes,
        and nobody's role."""
        async with self.db.directory() as directory:
            known = await tenants.get_tenant_id(directory, team_id)
        tenant_id = TenantId(known or self.ids.new())
        async with self.db.transaction(tenant_id) as tx:
            if not await tenants.claim_team(tx, team_id):
                raise Conflict("This workspace is just being connected. Try again in a moment.")
            if known is None:
                await tenants.add_tenant(
                    tx,
                    kill_switch_id=self.ids.new(),
                    now=self.clock.now(),
                    team_id=team_id,
                    name=given.team_name,
                    bot_user_id=given.bot_user_id,
                    settings={"shadow": True},
                )
            await tenants.lock_tenant(tx)
            await tenants.set_workspace(tx, name=given.team_name, bot_user_id=given.bot_user_id)
            await tenants.set_token(
                tx,
                bot_token=self.vault.seal(given.grant.token.encode(), token_cell(tenant_id)),
                bot_grant=sealed_grant(self.vault, tenant_id, given.grant),
                installed_at=at,
            )
            await self._connected(tx)
            if known is not None:
                return InstallStep.AGAIN
            if installer is not None and _may_be_admin(installer, team_id):
                await self._add_admin(tx, installer)
                return InstallStep.ADMIN
            await tenants.want_admin(tx, wanted=True)
            return InstallStep.ADMIN_WANTED

    async def admin_is_wanted(self, team_id: str) -> TenantId | None:
        """The team's tenant, while it waits for the first Slack admin to open the app."""
        tenant_id = await self.find(team_id)
        if tenant_id is None:
            return None
        async with self.db.read(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
        return tenant_id if tenant is not None and tenant.admin_wanted else None

    async def claim_admin(self, tenant_id: UUID, team_id: str, person: ChatPerson) -> bool:
        """Make this person the admin of a workspace that was installed by somebody who isn't one.
        Only while it has no admin, and only whom Slack calls one: nobody else's word counts."""
        if not _may_be_admin(person, team_id):
            return False
        async with self.db.transaction(tenant_id) as tx:
            tenant = await tenants.lock_tenant(tx)
            if tenant is None or not tenant.admin_wanted:
                return False
            everyone = await members.list_members(tx)
            there = any(member.active and member.role == Role.ADMIN for member in everyone)
            made = not there and await self._add_admin(tx, person)
            if there or made:
                await tenants.want_admin(tx, wanted=False)
            return made

    async def _add_admin(self, tx: Tx, person: ChatPerson) -> bool:
        """The first admin, bound to who they are in Slack. Whoever was a member before under that
        address stays one, and becomes admin; not one who left, or who is somebody else in Slack."""
        email = (person.email or "").strip().lower()
        member = await members.get_member_by_slack_id(tx, person.user_id)
        member = member or await members.get_member_by_email(tx, email)
        if member is None:
            member = Member(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                email=email,
                name=person.name,
                role=Role.ADMIN.value,
                timezone=person.timezone or "UTC",
                slack_user_id=person.user_id,
            )
            tx.session.add(member)
        elif not member.active or member.slack_user_id not in {None, person.user_id}:
            return False
        member.role, member.slack_user_id = Role.ADMIN.value, person.user_id
        await tx.session.flush()
        await AuditService(self.db, self.clock, self.ids, self.vault).append(
            tx, "member.first_admin", subject_id=member.id, facts={"slack_user": person.user_id}
        )
        await touch(tx, "home", member.id, [member.id], clock=self.clock, ids=self.ids)
        return True

    async def disconnect(self, team_id: str, *, at: datetime, why: str) -> bool:
        """Slack says that the app was removed or its token revoked at that moment. An older word
        than the present token is old news: a reinstall has overtaken it. True when the token was
        dropped; the tenant and all it holds stay, and what is meant for Slack waits."""
        tenant_id = await self.find(team_id)
        if tenant_id is None:
            return False
        async with self.db.transaction(tenant_id) as tx:
            dropped = await tenants.drop_token(tx, at=at)
            if dropped:
                await pause(tx, at=self.clock.now(), why=why)
            await AuditService(self.db, self.clock, self.ids, self.vault).append(
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
        """The tenant's workspace with its token. NotFound when it was never connected, or while
        Slack refuses us."""
        async with self.db.read(tenant_id) as tx:
            row = await tenants.get_tenant(tx)
        if row is None or row.bot_token is None or row.paused_at is not None:
            raise NotFound(DISCONNECTED if row and row.installed_at else UNCONNECTED)
        token = self.vault.open(row.bot_token, token_cell(tenant_id)).decode()
        ends = None
        if row.bot_grant is not None:
            sealed = self.vault.open(row.bot_grant, grant_cell(tenant_id))
            ends = HeldGrants.from_bytes(sealed).current.expires_at
        return Workspace(
            tenant_id=TenantId(tenant_id),
            team_id=row.team_id,
            name=row.name,
            bot_user_id=row.bot_user_id,
            bot_token=token,
            token_ends_at=ends,
        )

    async def workspace_of_team(self, team_id: str) -> Workspace:
        """The workspace of a Slack team. NotFound when we don't know it."""
        tenant_id = await self.find(team_id)
        if tenant_id is None:
            raise NotFound(UNCONNECTED)
        return await self.workspace(tenant_id)


def _may_be_admin(person: ChatPerson, team_id: str) -> bool:
    """Slack's own word, about somebody of this very team, whom we can write to."""
    of_the_team = person.team_id in ("", team_id)
    return person.is_admin and of_the_team and not person.is_outsider and bool(person.email)
