"""Conversations: finding the one a message belongs to, making it, and its head."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from db.models.conversations import Conversation, Message
from db.models.mailboxes import MailboxMessage
from db.session import ReadTx, Tx


async def lock_threads(tx: Tx, roots: Sequence[str]) -> None:
    """Keep every other transaction of the tenant out of these threads until this one ends. All at
    once and in one order, so that two mailboxes can't wait for each other."""
    for key in sorted({f"{tx.tenant_id}|{root}" for root in roots}):
        await tx.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def get_conversation(tx: ReadTx, conversation_id: UUID) -> Conversation | None:
    return await tx.session.get(
        Conversation, (tx.tenant_id, conversation_id), populate_existing=True
    )


async def find_by_references(tx: ReadTx, message_ids: Sequence[str]) -> Conversation | None:
    """The conversation of the nearest of these messages; the list runs from the first to the
    last."""
    rows = await tx.session.execute(
        select(Message.rfc_message_id, Message.conversation_id).where(
            Message.tenant_id == tx.tenant_id, Message.rfc_message_id.in_(message_ids)
        )
    )
    known = {row.rfc_message_id: row.conversation_id for row in rows}
    nearest = next((known[name] for name in reversed(message_ids) if name in known), None)
    return await get_conversation(tx, nearest) if nearest else None


async def find_by_thread(tx: ReadTx, mailbox_id: UUID, thread_id: str) -> Conversation | None:
    """The conversation that this Gmail thread of this mailbox holds."""
    conversation_id = (
        await tx.session.scalars(
            select(Message.conversation_id)
            .join(
                MailboxMessage,
                (MailboxMessage.tenant_id == Message.tenant_id)
                & (MailboxMessage.message_id == Message.id),
            )
            .where(
                MailboxMessage.tenant_id == tx.tenant_id,
                MailboxMessage.mailbox_id == mailbox_id,
                MailboxMessage.gmail_thread_id == thread_id,
            )
            .order_by(Message.received_at.desc())
            .limit(1)
        )
    ).first()
    return await get_conversation(tx, conversation_id) if conversation_id else None


async def add_conversation(tx: Tx, conversation: Conversation) -> None:
    tx.session.add(conversation)
    await tx.session.flush()


async def set_head(tx: Tx, conversation_id: UUID, message_id: UUID, received_at: datetime) -> bool:
    """Make this the newest message, unless a newer one is there already."""
    row = await tx.session.execute(
        update(Conversation)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.id == conversation_id,
            or_(
                Conversation.last_message_at.is_(None),
                Conversation.last_message_at <= received_at,
            ),
        )
        .values(head_message_id=message_id, last_message_at=received_at)
        .returning(Conversation.id)
    )
    return row.first() is not None


async def list_responders(tx: ReadTx, conversation_ids: Sequence[UUID]) -> list[UUID]:
    """Who answers these conversations, each person once."""
    rows = await tx.session.scalars(
        select(Conversation.responder_id)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.id.in_(conversation_ids),
            Conversation.responder_id.is_not(None),
        )
        .distinct()
    )
    return sorted(member_id for member_id in rows if member_id is not None)


async def lock_conversation(tx: Tx, conversation_id: UUID) -> Conversation | None:
    rows = await tx.session.execute(
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant_id, Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def set_conversation(tx: Tx, conversation_id: UUID, **values: Any) -> None:
    """Change the conversation; every change is a new version."""
    await tx.session.execute(
        update(Conversation)
        .where(Conversation.tenant_id == tx.tenant_id, Conversation.id == conversation_id)
        .values(version=Conversation.version + 1, **values)
        .execution_options(synchronize_session="fetch")
    )
