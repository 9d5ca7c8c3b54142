"""Connecting mailboxes and keeping them read: a push is a hint, a poll the net under it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog

from db import actions as action_rows
from db import directories, first_readings, jobs, mailbox_pushes, mailboxes, members
from db.directories import MailboxKey
from db.models.mailboxes import FirstReading, Mailbox
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import surface_again
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError
from services.mail_sync import BACKLOG, LEASE, LeaseLost, MailSync, QuotaSpent, Touch
from services.mailbox_access import Held, MailboxAccess
from services.ports import Clock, Ids, MailboxCredentials, MailGateway
from services.types.ids import MailboxId
from services.types.mailbox_health import Via
from services.types.people import Actor, Role
from services.vault import Vault, VaultError

log = structlog.get_logger()

ALIASES_LAST = timedelta(days=1)
QUOTA_PAUSE = timedelta(seconds=30)
ELSEWHERE = "This mailbox is already connected to another workspace."
LEFT = "The membership has ended meanwhile, so there is nothing to connect."
NO_ADMIN = "Only an admin can connect a mailbox that isn't their own."


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxService:
    db: Database
    clock: Clock
    ids: Ids
    vault: Vault
    access: MailboxAccess
    mail_sync: MailSync
    touch: Touch
    audit: AuditService

    async def add(
        self,
        tenant_id: UUID,
        email: str,
        credentials: MailboxCredentials,
        member_id: UUID | None = None,
        *,
        is_system: bool = False,
        via: Via = "file",
        actor: Actor | None = None,
    ) -> MailboxId:
        """Connect a mailbox; the same one again gets new credentials and goes on where it was. An
        `actor` is looked at again, and takes no mailbox from anybody: Conflict."""
        address = email.strip().lower()
        if "@" not in address:
            raise InvalidInput("This is not a mail address.", field="email")
        async with self.db.transaction(tenant_id) as tx:
            if actor is not None:
                await _require_right(tx, actor, member_id)
            mailbox = await mailboxes.find_by_address(tx, address)
            mailbox_id = mailbox.id if mailbox else self.ids.new()
            await self._enter(tx, mailbox_id, address)
            if mailbox is None:
                mailbox = Mailbox(
                    tenant_id=tenant_id,
                    id=mailbox_id,
                    created_at=self.clock.now(),
                    address=address,
                    status="disconnected",
                )
                await mailboxes.add_mailbox(tx, mailbox)
            elif actor is not None:
                _require_free(mailbox, member_id, is_system=is_system)
            mailbox.credentials = self.access.seal(tenant_id, mailbox_id, Held(current=credentials))
            mailbox.member_id = member_id or mailbox.member_id
            mailbox.is_system = is_system or mailbox.is_system
            await self._open(tx, mailbox, via, actor)
        return MailboxId(mailbox_id)

    async def _open(self, tx: Tx, mailbox: Mailbox, via: Via, actor: Actor | None) -> None:
        """From now on it is read."""
        begins, was = mailbox.status == "disconnected", mailbox.status
        if begins:
            await self._begin(tx, mailbox, actor)
        mailbox.status, mailbox.via = "connected", via
        mailbox.reconnect_since = mailbox.reconnect_reason = mailbox.watch_tried_at = None
        await tx.session.flush()
        facts = {"via": via, "again": not begins, "system": mailbox.is_system}
        await self.audit.append(
            tx, "mailbox.connected", actor=actor, subject_id=mailbox.id, facts=facts
        )
        for kind in ("mailbox.sync", "mailbox.watch"):
            await jobs.enqueue(tx, kind, {"mailbox_id": mailbox.id})
        if was != "connected":
            await self.touch(tx, "mailbox", mailbox.id, None)
            await self._tell(tx, mailbox)

    async def _begin(self, tx: Tx, mailbox: Mailbox, actor: Actor | None) -> None:
        """A connection of its own: the past is read, quietly, and told once."""
        now = self.clock.now()
        by_another = actor is not None and actor.member_id != mailbox.member_id
        mailbox.connected_at = now
        mailbox.connected_by = actor.member_id if actor and by_another else None
        mailbox.history_id = mailbox.wanted_history_id = mailbox.synced_at = None
        await tx.session.flush()
        if mailbox.is_system:
            return
        await first_readings.add_reading(
            tx,
            FirstReading(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=now,
                mailbox_id=mailbox.id,
                member_id=None if by_another else mailbox.member_id,
                since=now - BACKLOG,
            ),
        )

    async def _tell(self, tx: Tx, mailbox: Mailbox) -> None:
        """Home, which shows how it is, and cards about mail that leaves from here."""
        if mailbox.member_id is not None:
            await self.touch(tx, "home", mailbox.member_id, None)
        for action_id in await action_rows.list_open_of_mailbox(tx, mailbox.id):
            await self.touch(tx, "mail", action_id, None)

    async def hint(self, address: str, history_id: int) -> bool:
        """A push says that something changed. False when the mailbox is not one of ours."""
        hashes = self._hashes(address)
        async with self.db.directory() as tx:
            key = await directories.find_mailbox(tx, hashes)
        if key is None:
            return False
        async with self.db.transaction(key.tenant_id) as tx:
            if await mailbox_pushes.set_push_seen(tx, key.mailbox_id, self.clock.now()):
                await self.touch(tx, "push", key.tenant_id, None)
            if await mailboxes.set_wanted(tx, key.mailbox_id, history_id):
                await jobs.enqueue(tx, "mailbox.sync", {"mailbox_id": key.mailbox_id})
        return True

    async def sync(self, tenant_id: UUID, mailbox_id: UUID) -> None:
        """Read what is new. One worker at a time; another comes back when that lease is over."""
        lease = self.ids.new()
        mailbox = await self._claim(tenant_id, mailbox_id, lease)
        if mailbox is None:
            return
        gateway = self.access.open(tenant_id, mailbox_id, lease=lease)
        try:
            await self._learn_aliases(mailbox, gateway)
            await self.mail_sync.read(mailbox, lease, gateway)
            await self._settle_credentials(mailbox, lease)
        except QuotaSpent:
            await self._go_on_later(mailbox)
        except LeaseLost:
            log.info("mailbox lease lost", mailbox_id=str(mailbox_id))
        except Forbidden as error:
            await self._disconnected(mailbox, str(error))
        finally:
            await self._release(tenant_id, mailbox_id, lease)

    async def poll(self) -> int:
        """Have every connected mailbox of every tenant read; how many there are."""
        async with self.db.directory() as tx:
            tenants = await directories.list_tenants(tx)
        count = 0
        for tenant_id in tenants:
            async with self.db.transaction(tenant_id) as tx:
                connected = await mailboxes.list_mailboxes(tx)
                for mailbox in connected:
                    await self._renew_keys(tx, mailbox)
                    payload = {"mailbox_id": mailbox.id}
                    key = f"mailbox.poll:{mailbox.id}"
                    await jobs.enqueue(tx, "mailbox.sync", payload, dedupe_key=key)
                count += len(connected)
        return count

    async def _enter(self, tx: Tx, mailbox_id: UUID, address: str) -> None:
        key = MailboxKey(tenant_id=tx.tenant_id, mailbox_id=mailbox_id)
        owner = await directories.add_mailbox_entries(tx, self._hashes(address), key)
        if owner is not None:
            raise Conflict(ELSEWHERE)

    async def _claim(self, tenant_id: UUID, mailbox_id: UUID, lease: UUID) -> Mailbox | None:
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            mailbox = await mailboxes.get_mailbox(tx, mailbox_id)
            if mailbox is None:
                raise NotFound("This mailbox is not connected.")
            if mailbox.status != "connected":
                return None
            if await mailboxes.claim_lease(tx, mailbox_id, token=lease, now=now, until=now + LEASE):
                return await mailboxes.get_mailbox(tx, mailbox_id)
            # If whoever holds it dies, somebody has to come back; one look is enough.
            left = max((mailbox.lease_until or now) - now, timedelta(seconds=1))
            key = f"mailbox.later:{mailbox_id}"
            payload = {"mailbox_id": mailbox_id}
            await jobs.enqueue(tx, "mailbox.sync", payload, after=left, dedupe_key=key)
        return None

    async def _release(self, tenant_id: UUID, mailbox_id: UUID, lease: UUID) -> None:
        """Give the lease back, and look again if a push has hinted further meanwhile. Both in one
        transaction: a hint either sees the lease free or is seen here."""
        async with self.db.transaction(tenant_id) as tx:
            if not await mailboxes.keep_lease(tx, mailbox_id, token=lease, until=None):
                return
            mailbox = await mailboxes.get_mailbox(tx, mailbox_id)
            if mailbox is None or mailbox.status != "connected" or mailbox.history_id is None:
                return
            if (mailbox.wanted_history_id or 0) > mailbox.history_id:
                # One more look and no loop: history ids we are told of may never be listed.
                mailbox.wanted_history_id = mailbox.history_id
                await tx.session.flush()
                await jobs.enqueue(tx, "mailbox.sync", {"mailbox_id": mailbox_id})

    async def _settle_credentials(self, mailbox: Mailbox, lease: UUID) -> None:
        """The credentials in use have worked, so the ones before them may go."""
        async with self.db.transaction(mailbox.tenant_id) as tx:
            fresh = await mailboxes.get_mailbox(tx, mailbox.id)
            if fresh is None or fresh.credentials is None:
                return
            held = self.access.unseal(fresh)
            if held.previous is not None:
                sealed = self.access.seal(
                    mailbox.tenant_id, mailbox.id, replace(held, previous=None)
                )
                await mailboxes.set_credentials(tx, mailbox.id, token=lease, sealed=sealed)

    async def _learn_aliases(self, mailbox: Mailbox, gateway: MailGateway) -> None:
        """Which other addresses the person sends from, asked once a day. Mail is read all the same
        when Gmail doesn't say."""
        now = self.clock.now()
        if mailbox.aliases_at is not None and now - mailbox.aliases_at < ALIASES_LAST:
            return
        try:
            found = await gateway.aliases()
        except ServiceError as error:
            # That Google lets us in no longer is found where the mailbox is read.
            log.info("no aliases", mailbox_id=str(mailbox.id), reason=str(error))
            found = tuple(mailbox.aliases)
        async with self.db.transaction(mailbox.tenant_id) as tx:
            await mailboxes.set_aliases(tx, mailbox.id, found, now)

    async def _go_on_later(self, mailbox: Mailbox) -> None:
        """What was read is kept; the rest comes when Gmail lets us ask again. A job of its own: the
        queue counts how often one is begun."""
        async with self.db.transaction(mailbox.tenant_id) as tx:
            payload = {"mailbox_id": mailbox.id}
            key = f"mailbox.later:{mailbox.id}"
            await jobs.enqueue(tx, "mailbox.sync", payload, after=QUOTA_PAUSE, dedupe_key=key)

    async def _disconnected(self, mailbox: Mailbox, reason: str) -> None:
        """Google lets us in no longer: its person is told, once."""
        log.warning("mailbox needs connecting", mailbox_id=str(mailbox.id), reason=reason)
        now = self.clock.now()
        async with self.db.transaction(mailbox.tenant_id) as tx:
            if not await mailboxes.begin_incident(tx, mailbox.id, at=now, reason=reason):
                return
            await self.audit.append(tx, "mailbox.refused", subject_id=mailbox.id)
            people = [mailbox.member_id] if mailbox.member_id else await members.list_admin_ids(tx)
            await surface_again(tx, "mailbox", mailbox.id, people, clock=self.clock, ids=self.ids)
            await self._tell(tx, mailbox)

    async def _renew_keys(self, tx: Tx, mailbox: Mailbox) -> None:
        """After a key rotation: found by the new key, and sealed under it."""
        await self._enter(tx, mailbox.id, mailbox.address)
        if mailbox.credentials is not None and not self.vault.is_current(mailbox.credentials):
            try:
                held = self.access.unseal(mailbox)
            except VaultError as error:
                # One mailbox's loss of its key must not end everybody's polling.
                log.warning("credentials", mailbox_id=str(mailbox.id), reason=str(error))
                return
            mailbox.credentials = self.access.seal(mailbox.tenant_id, mailbox.id, held)
            await tx.session.flush()

    def _hashes(self, address: str) -> list[tuple[int, bytes]]:
        return [(entry.version, entry.digest) for entry in self.vault.address_hashes(address)]


async def _require_right(tx: Tx, actor: Actor, member_id: UUID | None) -> None:
    """Looked at once more, and held: seconds at Google have passed since, and whoever has left
    meanwhile must not be read from now on."""
    people = sorted({actor.member_id, member_id or actor.member_id})
    found = {one: await members.lock_member(tx, one) for one in people}
    if any(member is None or not member.active for member in found.values()):
        raise Conflict(LEFT)
    acting = found[actor.member_id]
    if member_id != actor.member_id and (acting is None or acting.role != Role.ADMIN):
        raise Conflict(NO_ADMIN)


def _require_free(mailbox: Mailbox, member_id: UUID | None, *, is_system: bool) -> None:
    """What works for one purpose or person isn't taken away by connecting it for another."""
    if mailbox.status == "disconnected":
        return
    if mailbox.is_system and not is_system:
        raise Conflict(f"{mailbox.address} is the workspace's own mailbox.")
    if is_system and not mailbox.is_system:
        raise Conflict(f"{mailbox.address} is connected as a member's mailbox.")
    if mailbox.member_id not in (None, member_id):
        raise Conflict(f"{mailbox.address} is connected as somebody else's mailbox.")
