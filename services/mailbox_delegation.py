"""Domain-wide delegation: the workspace's service account opens members' mailboxes, where their
Google admin allows it. Nobody has to consent, so only an admin may use it, and it is said in Home.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog

from db import commands, jobs, mailbox_delegations, mailboxes, members
from db.models.mailboxes import Delegation
from db.session import Database, Tx
from services.actors import require_admin
from services.audit import AuditService
from services.errors import InvalidInput, NotFound, ServiceError, TransientError
from services.mail_sync import Touch
from services.mailbox_access import HeldTokens, MailboxAccess
from services.mailbox_ending import MailboxEndingService
from services.mailboxes import MailboxService
from services.members import actor_of
from services.ports import Clock, Ids
from services.types.google import ServiceAccountKey
from services.types.ids import MailboxId
from services.types.people import Actor

log = structlog.get_logger()

CONNECT = "mailbox.delegate"
NONE_SET = (
    "This workspace has no service account. Add its key with: "
    "understudy mailbox delegate --service-account key.json"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    access: MailboxAccess
    mailboxes: MailboxService
    endings: MailboxEndingService
    touch: Touch

    async def set_key(self, tenant_id: UUID, key: ServiceAccountKey) -> None:
        """Keep this account's key, sealed; one that was there before goes. Mailboxes that are open
        already go on with the new one."""
        async with self.db.transaction(tenant_id) as tx:
            await mailbox_delegations.drop_delegation(tx)
            row_id = self.ids.new()
            await mailbox_delegations.add_delegation(
                tx,
                Delegation(
                    tenant_id=tenant_id,
                    id=row_id,
                    created_at=self.clock.now(),
                    client_email=key.client_email,
                    client_id=key.client_id,
                    key=self.access.seal_key(tenant_id, row_id, key),
                ),
            )
            facts = {"client_id": key.client_id}
            await self.audit.append(tx, "delegation.set", subject_id=row_id, facts=facts)
            await self._refresh_homes(tx)

    async def remove(
        self, tenant_id: UUID, *, actor: Actor | None = None, command_id: str | None = None
    ) -> int:
        """The key goes, and with it every mailbox it opened; how many there were."""
        async with self.db.transaction(tenant_id) as tx:
            if actor is not None:
                await require_admin(tx, actor)
            if command_id and not await self._claim(tx, command_id, "delegation.remove"):
                return 0
            if not await mailbox_delegations.drop_delegation(tx):
                raise NotFound(NONE_SET)
            opened = await mailboxes.list_via(tx, "delegation")
            for found in opened:
                mailbox = await mailboxes.lock_mailbox(tx, found.id)
                if mailbox is not None:
                    await self.endings.end(tx, mailbox, actor=actor)
            await self.audit.append(tx, "delegation.removed", actor=actor)
            await self._refresh_homes(tx)
        return len(opened)

    async def remove_by(self, actor: Actor, *, command_id: str) -> None:
        """The same, by an admin's click."""
        await self.remove(actor.tenant_id, actor=actor, command_id=command_id)

    async def connect(
        self, tenant_id: UUID, email: str, member_id: UUID | None, *, actor: Actor | None = None
    ) -> MailboxId:
        """Open one mailbox by the account. Forbidden says what has to be done at Google."""
        address = email.strip().lower()
        async with self.db.read(tenant_id) as tx:
            row = await mailbox_delegations.get_delegation(tx)
        if row is None:
            raise InvalidInput(NONE_SET)
        gateways = self.access.gateways
        held = await gateways.delegated(self.access.unseal_key(row), address)
        found, _ = await gateways.open(HeldTokens(gateways=gateways, held=held)).profile()
        if found.lower() != address:
            raise InvalidInput(f"{email} is another name of {found}. Connect {found}.")
        return await self.mailboxes.add(
            tenant_id, address, held, member_id, via="delegation", actor=actor
        )

    async def connect_all(self, actor: Actor, *, command_id: str) -> None:
        """Connect every member whose mailbox isn't; each in a job of its own."""
        async with self.db.transaction(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            row = await mailbox_delegations.get_delegation(tx)
            if row is None:
                raise NotFound(NONE_SET)
            if not await self._claim(tx, command_id, "delegation.connect_all"):
                return
            row.failures = {}
            await tx.session.flush()
            for member in await mailboxes.list_without_mailbox(tx):
                payload = {"member_id": member.id, "actor_id": actor.member_id}
                await jobs.enqueue(tx, CONNECT, payload)
            await self.audit.append(tx, "delegation.used", actor=actor)
            await self._refresh_homes(tx)

    async def connect_member(self, tenant_id: UUID, member_id: UUID, actor_id: UUID) -> None:
        """The job. What Google refuses stands on the admin's Home, with the reason."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            admin = await members.get_member(tx, actor_id)
        if member is None or not member.active or admin is None:
            return
        why = ""
        try:
            await self.connect(tenant_id, member.email, member.id, actor=actor_of(admin))
        except TransientError:
            raise
        except ServiceError as error:
            why = str(error)
            log.warning("not delegated", member_id=str(member_id), reason=why)
        async with self.db.transaction(tenant_id) as tx:
            row = await mailbox_delegations.get_delegation(tx)
            if row is not None and why:
                row.failures = {**row.failures, member.email: why}
                await tx.session.flush()
            await self._refresh_homes(tx)

    async def _claim(self, tx: Tx, command_id: str, verb: str) -> bool:
        done = await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )
        return done is None

    async def _refresh_homes(self, tx: Tx) -> None:
        for admin_id in await members.list_admin_ids(tx):
            await self.touch(tx, "home", admin_id, None)
