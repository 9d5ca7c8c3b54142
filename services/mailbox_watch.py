"""Pushes: asking Gmail for them, day after day, and noticing when they fall silent.

A push is a hint, the poll the net under it: a watch that can't be had costs some seconds, nothing
else. That nobody would notice for weeks is why somebody is told.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from db import jobs, mailbox_pushes, mailboxes, members
from db.session import Database, Tx
from services.cards import surface_again
from services.errors import Forbidden, ServiceError, TransientError
from services.mail_sync import Touch
from services.mailbox_access import MailboxAccess
from services.ports import Clock, Ids

log = structlog.get_logger()

# A watch ends after seven days; Google recommends renewing it daily.
WATCH_LEFT = timedelta(days=6)
TRIED_AGAIN = timedelta(minutes=10)
# So many mails without a push, the first of them so long ago: then pushes are silent. One that is
# merely late has come by then and ended the count.
MISSED = 3
SILENT_AFTER = timedelta(minutes=15)
PUSH = "push"
"""The kind of the card that tells admins; its subject is the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchService:
    db: Database
    clock: Clock
    ids: Ids
    access: MailboxAccess
    touch: Touch
    topic: str | None = None

    async def renew(self, tenant_id: UUID, mailbox_id: UUID) -> None:
        """Ask for pushes about this mailbox, unless they are sure for days. A failure is written
        down; the next check tries again."""
        now = self.clock.now()
        async with self.db.read(tenant_id) as tx:
            mailbox = await mailboxes.get_mailbox(tx, mailbox_id)
        if self.topic is None or mailbox is None or mailbox.status != "connected":
            return
        if mailbox.watch_expires_at is not None and mailbox.watch_expires_at - now >= WATCH_LEFT:
            return
        try:
            _, until = await self.access.open(tenant_id, mailbox_id).watch(self.topic)
        except ServiceError as error:
            log.warning("no watch", mailbox_id=str(mailbox_id), reason=str(error))
            # That Google lets us in no longer is found, and told, where the mailbox is read.
            passing = isinstance(error, TransientError | Forbidden)
            trouble = (mailbox.watch_trouble or "") if passing else str(error)
            async with self.db.transaction(tenant_id) as tx:
                await mailbox_pushes.set_watch_trouble(
                    tx, mailbox_id, trouble=trouble or None, now=now
                )
            return
        async with self.db.transaction(tenant_id) as tx:
            await mailbox_pushes.set_watch(tx, mailbox_id, until=until, now=now)

    async def check(self, tenant_id: UUID) -> None:
        """What the minute's tick looks after: watches that run out, pushes that don't come."""
        if self.topic is None:
            return
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            for mailbox_id in await mailbox_pushes.list_unwatched(
                tx, ends_before=now + WATCH_LEFT, tried_before=now - TRIED_AGAIN
            ):
                key = f"mailbox.watch:{mailbox_id}"
                payload = {"mailbox_id": mailbox_id}
                await jobs.enqueue(tx, "mailbox.watch", payload, dedupe_key=key)
            await self._listen(tx)

    async def _listen(self, tx: Tx) -> None:
        now, known = self.clock.now(), await mailbox_pushes.list_silent(tx)
        if not await mailbox_pushes.begin_silence(
            tx, missed=MISSED, before=now - SILENT_AFTER, now=now
        ):
            return
        if known:
            await self.touch(tx, PUSH, tx.tenant_id, None)
            return
        admins = await members.list_admin_ids(tx)
        await surface_again(tx, PUSH, tx.tenant_id, admins, clock=self.clock, ids=self.ids)
