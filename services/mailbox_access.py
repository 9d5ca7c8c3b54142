"""Opening a connected mailbox: its credentials are unsealed here and nowhere else, and renewed once
however many ask at the same moment."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db import mailbox_delegations, mailboxes
from db.models.mailboxes import Delegation, Mailbox
from db.session import Database
from services.errors import Forbidden, NotFound, TransientError
from services.ports import Clock, Ids, MailboxCredentials, MailGateway, MailGateways
from services.types.google import ServiceAccountKey
from services.vault import Cell, Vault

RECONNECT = "This mailbox has to be connected again."
NO_DELEGATION = (
    "This mailbox was opened by the workspace's service account, which was removed. Connect it "
    "again."
)
REFRESH_LEASE = timedelta(seconds=60)
# A token that is about to end would end on the way.
MARGIN = timedelta(seconds=60)
PAUSE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What stands in the row: the credentials in use, and the ones before them for as long as the
    new ones have not worked."""

    current: MailboxCredentials
    previous: MailboxCredentials | None = None

    def to_bytes(self) -> bytes:
        return json.dumps(
            {"current": _plain(self.current), "previous": _plain(self.previous)}
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Held":
        stored = json.loads(data)
        current = _credentials(stored["current"])
        if current is None:
            raise NotFound("This mailbox has no credentials.")
        return cls(current=current, previous=_credentials(stored.get("previous")))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAccess:
    """Implements the Mails port over the mailboxes table."""

    db: Database
    clock: Clock
    ids: Ids
    vault: Vault
    gateways: MailGateways

    async def of(self, tenant_id: UUID, mailbox_id: UUID) -> MailGateway:
        """The mailbox, if it is connected."""
        async with self.db.read(tenant_id) as tx:
            mailbox = await mailboxes.get_mailbox(tx, mailbox_id)
        if mailbox is None or mailbox.status == "disconnected":
            raise NotFound("This mailbox is not connected.")
        if mailbox.status == "reconnect":
            raise Forbidden(RECONNECT)
        return self.open(tenant_id, mailbox_id)

    def open(self, tenant_id: UUID, mailbox_id: UUID, *, lease: UUID | None = None) -> MailGateway:
        """The mailbox's gateway. Whoever holds its lease says so, and renews under it."""
        return self.gateways.open(
            StoredTokens(access=self, tenant_id=tenant_id, mailbox_id=mailbox_id, lease=lease)
        )

    def seal(self, tenant_id: UUID, mailbox_id: UUID, held: Held) -> bytes:
        return self.vault.seal(held.to_bytes(), _cell(tenant_id, mailbox_id))

    def unseal(self, mailbox: Mailbox) -> Held:
        if mailbox.credentials is None:
            raise Forbidden(RECONNECT)
        cell = _cell(mailbox.tenant_id, mailbox.id)
        return Held.from_bytes(self.vault.open(mailbox.credentials, cell))

    def seal_key(self, tenant_id: UUID, delegation_id: UUID, key: ServiceAccountKey) -> bytes:
        return self.vault.seal(
            json.dumps(asdict(key)).encode(), _key_cell(tenant_id, delegation_id)
        )

    def unseal_key(self, row: Delegation) -> ServiceAccountKey:
        sealed = self.vault.open(row.key, _key_cell(row.tenant_id, row.id))
        return ServiceAccountKey(**json.loads(sealed))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTokens:
    """A TokenSource over one mailbox row."""

    access: MailboxAccess
    tenant_id: UUID
    mailbox_id: UUID
    lease: UUID | None = None

    async def current(self) -> MailboxCredentials:
        held = await self._held()
        return await self._renew(held) if self._stale(held.current) else held.current

    async def refreshed(self, refused: MailboxCredentials) -> MailboxCredentials:
        held = await self._held()
        if held.current.token != refused.token and not self._stale(held.current):
            # Somebody else was refused as well, and has renewed it meanwhile.
            return held.current
        return await self._renew(held)

    async def _renew(self, held: Held) -> MailboxCredentials:
        token = self.lease or self.access.ids.new()
        if self.lease is None and not await self._claim(token):
            raise TransientError("The mailbox is busy.", retry_after=PAUSE)
        try:
            # Read once more under the lease: the one before us may have renewed it.
            latest = await self._held()
            if latest.current.token != held.current.token and not self._stale(latest.current):
                return latest.current
            fresh = await self._ask(latest)
            await self._store(token, fresh)
            return fresh.current
        finally:
            if self.lease is None:
                async with self.access.db.transaction(self.tenant_id) as tx:
                    await mailboxes.keep_lease(tx, self.mailbox_id, token=token, until=None)

    async def _ask(self, held: Held) -> Held:
        gateways, subject = self.access.gateways, held.current.subject
        if subject is not None:
            return Held(current=await gateways.delegated(await self._key(), subject))
        try:
            return Held(current=await gateways.refresh(held.current), previous=held.current)
        except Forbidden:
            # A new refresh token that never worked: the one before it may still be good.
            if held.previous is None or not _differ(held.previous, held.current):
                raise
        return Held(current=await gateways.refresh(held.previous))

    async def _key(self) -> ServiceAccountKey:
        async with self.access.db.read(self.tenant_id) as tx:
            row = await mailbox_delegations.get_delegation(tx)
        if row is None:
            raise Forbidden(NO_DELEGATION)
        return self.access.unseal_key(row)

    async def _claim(self, token: UUID) -> bool:
        now = self.access.clock.now()
        async with self.access.db.transaction(self.tenant_id) as tx:
            return await mailboxes.claim_lease(
                tx, self.mailbox_id, token=token, now=now, until=now + REFRESH_LEASE
            )

    async def _store(self, token: UUID, held: Held) -> None:
        sealed = self.access.seal(self.tenant_id, self.mailbox_id, held)
        async with self.access.db.transaction(self.tenant_id) as tx:
            if not await mailboxes.set_credentials(tx, self.mailbox_id, token=token, sealed=sealed):
                raise TransientError("The mailbox is busy.", retry_after=PAUSE)

    async def _held(self) -> Held:
        async with self.access.db.read(self.tenant_id) as tx:
            mailbox = await mailboxes.get_mailbox(tx, self.mailbox_id)
        if mailbox is None:
            raise NotFound("This mailbox is not connected.")
        return self.access.unseal(mailbox)

    def _stale(self, credentials: MailboxCredentials) -> bool:
        ends = credentials.expires_at
        return not credentials.token or (
            ends is not None and ends <= self.access.clock.now() + MARGIN
        )


@dataclass(slots=True, kw_only=True)
class HeldTokens:
    """A TokenSource over credentials that stand in no row: renewed, they are kept nowhere."""

    gateways: MailGateways
    held: MailboxCredentials

    async def current(self) -> MailboxCredentials:
        return self.held

    async def refreshed(self, refused: MailboxCredentials) -> MailboxCredentials:
        self.held = await self.gateways.refresh(refused)
        return self.held


def _cell(tenant_id: UUID, mailbox_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="mailboxes", column="credentials", row=mailbox_id)


def _key_cell(tenant_id: UUID, delegation_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="delegations", column="key", row=delegation_id)


def _differ(one: MailboxCredentials, other: MailboxCredentials) -> bool:
    return one.refresh_token != other.refresh_token


def _plain(credentials: MailboxCredentials | None) -> dict[str, Any] | None:
    if credentials is None:
        return None
    plain = {f.name: getattr(credentials, f.name) for f in fields(credentials)}
    ends = credentials.expires_at
    return plain | {"expires_at": ends.isoformat() if ends else None}


def _credentials(stored: dict[str, Any] | None) -> MailboxCredentials | None:
    if stored is None:
        return None
    ends = stored["expires_at"]
    values = stored | {"expires_at": datetime.fromisoformat(ends) if ends else None}
    return MailboxCredentials(**values)
