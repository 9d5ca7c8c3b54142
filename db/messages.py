"""Messages, and where they lie in each mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.conversations import Conversation, Message
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.records import InboundEvent
from db.session import ReadTx, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A mailbox that holds a message, and whose it is."""

    mailbox_id: UUID
    address: str
    member_id: UUID | None
    gmail_message_id: str
    gmail_thread_id: str


async def get_message(tx: ReadTx, message_id: UUID) -> Message | None:
    return await tx.session.get(Message, (tx.tenant_id, message_id), populate_existing=True)


async def find_by_rfc_id(tx: ReadTx, rfc_message_id: str) -> Message | None:
    return (
        await tx.session.scalars(
            select(Message).where(
                Message.tenant_id == tx.tenant_id, Message.rfc_message_id == rfc_message_id
            )
        )
    ).first()


async def add_message(tx: Tx, message: Message) -> None:
    tx.session.add(message)
    await tx.session.flush()


async def add_mailbox_message(tx: Tx, row: MailboxMessage) -> None:
    """Where the message lies in one mailbox; the same place twice is once."""
    await tx.session.execute(
        insert(MailboxMessage)
        .values(
            tenant_id=row.tenant_id,
            id=row.id,
            created_at=row.created_at,
            mailbox_id=row.mailbox_id,
            message_id=row.message_id,
            gmail_message_id=row.gmail_message_id,
            gmail_thread_id=row.gmail_thread_id,
        )
        .on_conflict_do_nothing()
    )


async def list_holdings(tx: ReadTx, message_id: UUID) -> list[Holding]:
    """Every connected mailbox that holds the message, first come first."""
    rows = await tx.session.execute(
        select(
            Mailbox.id,
            Mailbox.address,
            Mailbox.member_id,
            MailboxMessage.gmail_message_id,
            MailboxMessage.gmail_thread_id,
        )
        .join(
            MailboxMessage,
            (MailboxMessage.tenant_id == Mailbox.tenant_id)
            & (MailboxMessage.mailbox_id == Mailbox.id),
        )
        .where(Mailbox.tenant_id == tx.tenant_id, MailboxMessage.message_id == message_id)
        .order_by(MailboxMessage.created_at, MailboxMessage.id)
    )
    return [
        Holding(
            mailbox_id=row.id,
            address=row.address,
            member_id=row.member_id,
            gmail_message_id=row.gmail_message_id,
            gmail_thread_id=row.gmail_thread_id,
        )
        for row in rows
    ]


async def list_received(
    tx: ReadTx, mailbox_id: UUID, gmail_message_ids: Sequence[str]
) -> frozenset[str]:
    """Which of these Gmail messages the mailbox has brought already, set aside ones included."""
    rows = await tx.session.scalars(
        select(InboundEvent.external_id).where(
            InboundEvent.tenant_id == tx.tenant_id,
            InboundEvent.scope == str(mailbox_id),
            InboundEvent.source == "gmail",
            InboundEvent.external_id.in_(gmail_message_ids),
        )
    )
    return frozenset(rows)


async def claim_unanswered(tx: Tx, mailbox_id: UUID, *, since: datetime, reason: str) -> list[UUID]:
    """Human messages that were kept quiet for this reason although they came since then and nobody
    has written after them: they count as new from now on."""
    waiting = (
        select(Message.id)
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.head_message_id == Message.id),
        )
        .join(
            MailboxMessage,
            (MailboxMessage.tenant_id == Message.tenant_id)
            & (MailboxMessage.message_id == Message.id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            MailboxMessage.mailbox_id == mailbox_id,
            Message.received_at >= since,
            Message.attention == "quiet",
            Message.analysis["quiet_reason"].astext == reason,
        )
    )
    rows = await tx.session.scalars(
        update(Message)
        .where(Message.tenant_id == tx.tenant_id, Message.id.in_(waiting))
        .values(attention="new", analysis={})
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)
