"""Disconnecting a mailbox: nothing opens it any more from the moment it is said, and Google is told
as soon as it listens."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from db import actions as action_rows
from db import commands, jobs, mailboxes, members
from db.models.mailboxes import Mailbox
from db.session import Database, Tx
from services.audit import AuditService
from services.errors import Forbidden, NotFound, ServiceError, TransientError
from services.mail_sync import Touch
from services.mailbox_access import Held, HeldTokens, MailboxAccess
from services.ports import Clock, Ids, MailboxCredentials
from services.types.people import Actor, Role
from services.vault import Cell, VaultError

log = structlog.get_logger()

Revoke = Callable[[str], Awaitable[None]]

REVOKE = "mailbox.revoke"
# Google is asked for so long; a grant that outlives this is named in the person's Google account.
TRIED_FOR = timedelta(hours=24)
NOT_YOURS = "Only its owner or an admin can disconnect this mailbox."


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxEndingService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    access: MailboxAccess
    touch: Touch
    revoke: Revoke

    async def disconnect(self, actor: Actor, mailbox_id: UUID, *, command_id: str) -> None:
        """Stop reading. What has been read stays; the tokens go at once."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="mailbox.disconnect",
                now=self.clock.now(),
            )
            mailbox = await mailboxes.lock_mailbox(tx, mailbox_id)
            member = await members.get_member(tx, actor.member_id)
            if mailbox is None or member is None:
                raise NotFound("This mailbox is not connected.")
            if mailbox.member_id != member.id and member.role != Role.ADMIN:
                raise Forbidden(NOT_YOURS)
            if done is None:
                await self.end(tx, mailbox, actor=actor)

    async def end(self, tx: Tx, mailbox: Mailbox, *, actor: Actor | None = None) -> None:
        """End it, in a transaction that holds its row. Whoever works on it loses the lease."""
        if mailbox.status == "disconnected":
            return
        await self._revoke_soon(tx, mailbox)
        mailbox.status, mailbox.credentials = "disconnected", None
        mailbox.lease_token = mailbox.lease_until = None
        mailbox.reconnect_since = mailbox.reconnect_reason = None
        mailbox.watch_expires_at = mailbox.watch_since = mailbox.watch_trouble = None
        mailbox.push_missed_since = mailbox.push_silent_since = None
        mailbox.push_missed = 0
        await tx.session.flush()
        await self.audit.append(tx, "mailbox.disconnected", actor=actor, subject_id=mailbox.id)
        await self.touch(tx, "mailbox", mailbox.id, None)
        await self.touch(tx, "push", tx.tenant_id, None)
        watching = {mailbox.member_id, actor.member_id if actor else None}
        for member_id in sorted(person for person in watching if person is not None):
            await self.touch(tx, "home", member_id, None)
        for action_id in await action_rows.list_open_of_mailbox(tx, mailbox.id):
            await self.touch(tx, "mail", action_id, None)

    async def _revoke_soon(self, tx: Tx, mailbox: Mailbox) -> None:
        """The tokens leave the row; sealed anew, they travel with the job that gives them back."""
        try:
            held = self.access.unseal(mailbox)
        except (VaultError, ServiceError) as error:
            log.warning("nothing to revoke", mailbox_id=str(mailbox.id), reason=str(error))
            return
        sealed = self.access.vault.seal(held.to_bytes(), _cell(tx.tenant_id, mailbox.id))
        payload: dict[str, Any] = {
            "mailbox_id": mailbox.id,
            "sealed": base64.b64encode(sealed).decode(),
            "until": (self.clock.now() + TRIED_FOR).isoformat(),
        }
        await jobs.enqueue(tx, REVOKE, payload)

    async def give_back(self, tenant_id: UUID, mailbox_id: UUID, sealed: str, until: str) -> None:
        """The job: no more pushes, and the grant goes. Best effort; it is tried for a day."""
        async with self.db.read(tenant_id) as tx:
            mailbox = await mailboxes.get_mailbox(tx, mailbox_id)
        if mailbox is not None and mailbox.status == "connected":
            # Connected again meanwhile: Google ends a person's whole grant, the new one as well.
            return
        try:
            plain = self.access.vault.open(base64.b64decode(sealed), _cell(tenant_id, mailbox_id))
            await self._give_back(Held.from_bytes(plain).current)
        except TransientError:
            if self.clock.now() < datetime.fromisoformat(until):
                raise
            log.warning("a grant could not be revoked", mailbox_id=str(mailbox_id))
        except (VaultError, ServiceError) as error:
            log.warning("a grant is gone already", mailbox_id=str(mailbox_id), reason=str(error))

    async def _give_back(self, held: MailboxCredentials) -> None:
        gateway = self.access.gateways.open(HeldTokens(gateways=self.access.gateways, held=held))
        try:
            await gateway.stop_watch()
        except (Forbidden, NotFound) as error:
            log.info("no watch to stop", reason=str(error))
        token = held.refresh_token or held.token
        if held.subject is None and token:
            await self.revoke(token)


def _cell(tenant_id: UUID, mailbox_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="mailboxes", column="revocation", row=mailbox_id)
