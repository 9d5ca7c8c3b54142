"""Where mail meets meetings: what its invitations say is kept with its account, at once or, when
the mail comes to belong to one later, by reading it again from Gmail."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import conversations, jobs, mailboxes, members, messages
from db.models.conversations import Conversation, Message
from db.models.mailboxes import Mailbox
from db.session import Database, ReadTx, Tx
from services.errors import Forbidden, NotFound
from services.mail.parse import parse
from services.mail.tokens import redacted
from services.meetings.invitations import MeetingBook, source_of
from services.ports import Mails
from services.signals.wanting import want_look
from services.types.meetings import Invitation

READ = "meeting.read"


async def keep(
    tx: Tx,
    invitations: Sequence[Invitation],
    message: Message,
    conversation: Conversation,
    book: MeetingBook,
    *,
    timezone: str,
) -> None:
    """Keep what a stored mail's invitations say, where the mail belongs to an account."""
    source = source_of(message, conversation, timezone)
    if source is None:
        return
    notes = await book.take(tx, invitations, source)
    await want_look(tx, source.account_id, ids=book.ids, now=book.clock.now())
    if fresh := [note for note in notes if note not in message.notes]:
        message.notes = [*message.notes, *fresh]
        await tx.session.flush()


async def timezone_of(tx: ReadTx, mailbox: Mailbox) -> str:
    """Where the mailbox's owner sits: what a time without a zone means."""
    owner = await members.get_member(tx, mailbox.member_id) if mailbox.member_id else None
    return owner.timezone if owner else "UTC"


async def read_again(tx: Tx, conversation_id: UUID) -> None:
    """The conversation has come to an account: the invitations of its earlier mails, of which only
    headers were kept, are to be read."""
    for message in await messages.list_messages(tx, conversation_id):
        await jobs.enqueue(tx, READ, {"message_id": message.id})


@dataclass(frozen=True, slots=True)
class MeetingReader:
    """Reads a mail's invitations once more from a mailbox that holds it."""

    db: Database
    mails: Mails
    book: MeetingBook

    async def read(self, tenant_id: UUID, message_id: UUID) -> None:
        """The job. A mail that no mailbox holds any more, or that is not to be read, gives none."""
        async with self.db.read(tenant_id) as tx:
            message = await messages.get_message(tx, message_id)
            places = await mailboxes.list_places(tx, message_id)
        if message is None or message.attention == "set_aside":
            return
        for mailbox_id, gmail_id in places:
            try:
                stored = await (await self.mails.of(tenant_id, mailbox_id)).fetch(gmail_id)
            except (NotFound, Forbidden):
                continue
            invitations = redacted(parse(stored.raw)).invitations
            if invitations:
                await self._keep(tenant_id, message_id, mailbox_id, invitations)
            return

    async def _keep(
        self,
        tenant_id: UUID,
        message_id: UUID,
        mailbox_id: UUID,
        invitations: Sequence[Invitation],
    ) -> None:
        async with self.db.transaction(tenant_id) as tx:
            message = await messages.lock_message(tx, message_id)
            mailbox = await mailboxes.get_mailbox(tx, mailbox_id)
            conversation = (
                await conversations.get_conversation(tx, message.conversation_id)
                if message
                else None
            )
            if message is None or conversation is None or mailbox is None:
                return
            if message.attention == "set_aside":
                return  # forgotten while it was fetched
            zone = await timezone_of(tx, mailbox)
            await keep(tx, invitations, message, conversation, self.book, timezone=zone)
