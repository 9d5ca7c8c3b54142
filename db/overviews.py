"""SQL of what people look at: lists over many tables, each one indexed query."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from db.models.actions import Action
from db.models.cards import Card, Feedback
from db.models.conversations import Conversation, Message
from db.models.mailboxes import Mailbox
from db.models.outcomes import Outcome
from db.session import ReadTx


async def list_unsorted(
    tx: ReadTx, member_id: UUID, limit: int
) -> tuple[Sequence[tuple[Conversation, Message]], int]:
    """Conversations of the member that belong to no account yet, newest first, and how many."""
    where = (
        Conversation.tenant_id == tx.tenant_id,
        Conversation.link == "unlinked",
        Conversation.responder_id == member_id,
        Message.attention == "unlinked",
    )
    joined = select(Conversation, Message).join(
        Message,
        (Message.tenant_id == Conversation.tenant_id)
        & (Message.id == Conversation.head_message_id),
    )
    rows = await tx.session.execute(
        joined.where(*where).order_by(Message.received_at.desc()).limit(limit)
    )
    total = await tx.session.execute(
        select(func.count())
        .select_from(Conversation)
        .join(
            Message,
            (Message.tenant_id == Conversation.tenant_id)
            & (Message.id == Conversation.head_message_id),
        )
        .where(*where)
    )
    return [(conversation, message) for conversation, message in rows], total.scalar_one()


async def list_quiet(
    tx: ReadTx, member_id: UUID, since: datetime, limit: int
) -> tuple[Sequence[tuple[Message, Conversation]], int]:
    """Mail to the member that was kept back since a moment, newest first, and how many."""
    where = (
        Message.tenant_id == tx.tenant_id,
        Message.attention == "quiet",
        Message.received_at >= since,
        Conversation.responder_id == member_id,
    )
    joined = select(Message, Conversation).join(
        Conversation,
        (Conversation.tenant_id == Message.tenant_id)
        & (Conversation.id == Message.conversation_id),
    )
    rows = await tx.session.execute(
        joined.where(*where).order_by(Message.received_at.desc()).limit(limit)
    )
    total = await tx.session.execute(
        select(func.count())
        .select_from(Message)
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(*where)
    )
    return [(message, conversation) for message, conversation in rows], total.scalar_one()


async def list_account_conversations(tx: ReadTx, account_id: UUID) -> Sequence[Conversation]:
    """Oldest first."""
    rows = await tx.session.execute(
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant_id, Conversation.account_id == account_id)
        .order_by(Conversation.created_at, Conversation.id)
    )
    return rows.scalars().all()


async def card_place(tx: ReadTx, subject_id: UUID, member_id: UUID) -> tuple[str, str] | None:
    row = (
        await tx.session.execute(
            select(Card.channel, Card.ts).where(
                Card.tenant_id == tx.tenant_id,
                Card.subject_id == subject_id,
                Card.recipient_id == member_id,
                Card.ts.is_not(None),
            )
        )
    ).first()
    return (row[0], row[1]) if row and row[0] and row[1] else None


async def rating_of(tx: ReadTx, member_id: UUID, target_id: UUID) -> int | None:
    rows = await tx.session.execute(
        select(Feedback.rating).where(
            Feedback.tenant_id == tx.tenant_id,
            Feedback.member_id == member_id,
            Feedback.target == "decision",
            Feedback.target_id == target_id,
        )
    )
    return rows.scalar_one_or_none()


async def complaints_of(tx: ReadTx, member_id: UUID) -> set[UUID]:
    """Messages the member said they should have been told about."""
    rows = await tx.session.execute(
        select(Feedback.target_id).where(
            Feedback.tenant_id == tx.tenant_id,
            Feedback.member_id == member_id,
            Feedback.target == "message",
            Feedback.rating == -1,
        )
    )
    return set(rows.scalars())


async def list_mailboxes(tx: ReadTx, member_id: UUID | None = None) -> Sequence[Mailbox]:
    query = select(Mailbox).where(Mailbox.tenant_id == tx.tenant_id).order_by(Mailbox.address)
    if member_id is not None:
        query = query.where(Mailbox.member_id == member_id)
    return (await tx.session.execute(query)).scalars().all()


async def count_waiting(tx: ReadTx, owner_id: UUID) -> int:
    rows = await tx.session.execute(
        select(func.count())
        .select_from(Action)
        .where(
            Action.tenant_id == tx.tenant_id,
            Action.owner_id == owner_id,
            Action.status == "pending",
        )
    )
    return rows.scalar_one()


async def answer_of(tx: ReadTx, action_id: UUID) -> Outcome | None:
    """What was predicted of the mail's being answered, and what came of it."""
    rows = await tx.session.execute(
        select(Outcome).where(
            Outcome.tenant_id == tx.tenant_id,
            Outcome.action_id == action_id,
            Outcome.kind == "email_engagement",
        )
    )
    return rows.scalar_one_or_none()
