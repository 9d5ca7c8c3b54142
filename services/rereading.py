"""Reading a mail again from Gmail, once it belongs to an account: before that only its headers
were kept."""

from dataclasses import dataclass
from uuid import UUID

from db import conversations, jobs, mailboxes, messages
from db.session import Database
from services.errors import Forbidden, NotFound
from services.mail.language import detect
from services.mail.parse import parse
from services.mail.tokens import redacted
from services.ports import Clock, Mails
from services.search import entries
from services.suspicion import orders_beneath
from services.types.search import SearchSource


@dataclass(frozen=True, slots=True)
class RereadingService:
    db: Database
    mails: Mails
    clock: Clock

    async def reread(self, tenant_id: UUID, message_id: UUID) -> None:
        """Fetch the mail from a mailbox that holds it, keep its text, and look at it."""
        async with self.db.read(tenant_id) as tx:
            message = await messages.get_message(tx, message_id)
            places = await mailboxes.list_places(tx, message_id)
        if message is None or message.attention != "unlinked":
            return
        for mailbox_id, gmail_id in places:
            try:
                stored = await (await self.mails.of(tenant_id, mailbox_id)).fetch(gmail_id)
            except (NotFound, Forbidden):
                continue
            mail = redacted(parse(stored.raw))
            async with self.db.transaction(tenant_id) as tx:
                await messages.set_message(
                    tx,
                    message_id,
                    text=mail.visible_reply,
                    language=detect(mail.visible_reply),
                    attention="new",
                    notes=list(mail.notes),
                    analysis=orders_beneath(mail),
                )
                await jobs.enqueue(tx, "message.process", {"message_id": message_id})
                found = await conversations.get_conversation(tx, message.conversation_id)
                if found is not None and found.account_id is not None:
                    await entries.enqueue(
                        tx,
                        SearchSource.MESSAGE,
                        message_id,
                        found.account_id,
                        at=self.clock.now(),
                    )
            return
        async with self.db.transaction(tenant_id) as tx:
            await messages.set_message(
                tx, message_id, attention="set_aside", notes=["no longer in any mailbox"]
            )
