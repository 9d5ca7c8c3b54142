"""SQL of what a conversation has come to: its analysis, its history, who holds its mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update

from db.models.conversations import Conversation, Message
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.tenants import Member
from db.session import ReadTx, Tx


async def get_message(tx: ReadTx, message_id: UUID) -> Message | None:
    return await tx.session.get(Message, (tx.tenant_id, message_id))


async def lock_message(tx: Tx, message_id: UUID) -> Message | None:
    rows = await tx.session.execute(
        select(Message)
        .where(Message.tenant_id == tx.tenant_id, Message.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def get_conversation(tx: ReadTx, conversation_id: UUID) -> Conversation | None:
    return await tx.session.get(Conversation, (tx.tenant_id, conversation_id))


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


async def set_message(tx: Tx, message_id: UUID, **values: Any) -> None:
    await tx.session.execute(
        update(Message)
        .where(Message.tenant_id == tx.tenant_id, Message.id == message_id)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )


async def list_history(
    tx: ReadTx, conversation_id: UUID, *, before: datetime, limit: int
) -> Sequence[Message]:
    """The newest messages before a moment, oldest first."""
    rows = await tx.session.execute(
        select(Message)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            Message.received_at < before,
        )
        .order_by(Message.received_at.desc())
        .limit(limit)
    )
    return list(reversed(rows.scalars().all()))


async def list_candidates(tx: ReadTx, message: Message) -> Sequence[tuple[Mailbox, Member]]:
    """Connected mailboxes that hold the message or are named in its To or Cc, with their members:
    the second copy of a mail may come a moment later, and nobody's turn should hang on that."""
    recipients = message.recipients
    named = [str(a).lower() for a in (*recipients.get("to", ()), *recipients.get("cc", ()))]
    holds = select(MailboxMessage.mailbox_id).where(
        MailboxMessage.tenant_id == tx.tenant_id, MailboxMessage.message_id == message.id
    )
    rows = await tx.session.execute(
        select(Mailbox, Member)
        .join(Member, (Member.tenant_id == Mailbox.tenant_id) & (Member.id == Mailbox.member_id))
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.is_system.is_(False),
            Member.active,
            or_(Mailbox.id.in_(holds), Mailbox.address.in_(named)),
        )
        .order_by(Mailbox.created_at, Mailbox.id)
    )
    return [(mailbox, member) for mailbox, member in rows]


async def mailbox_of_member(tx: ReadTx, member_id: UUID) -> Mailbox | None:
    rows = await tx.session.execute(
        select(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.member_id == member_id,
            Mailbox.status == "connected",
            Mailbox.is_system.is_(False),
        )
        .order_by(Mailbox.created_at)
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def thread_in_mailbox(tx: ReadTx, conversation_id: UUID, mailbox_id: UUID) -> str | None:
    """The Gmail thread of the conversation in this mailbox, if it holds any of its messages."""
    rows = await tx.session.execute(
        select(MailboxMessage.gmail_thread_id)
        .join(
            Message,
            (Message.tenant_id == MailboxMessage.tenant_id)
            & (Message.id == MailboxMessage.message_id),
        )
        .where(
            MailboxMessage.tenant_id == tx.tenant_id,
            MailboxMessage.mailbox_id == mailbox_id,
            Message.conversation_id == conversation_id,
        )
        .order_by(Message.received_at.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def known_gmail_ids(tx: ReadTx, conversation_id: UUID, mailbox_id: UUID) -> set[str]:
    """Gmail's ids of every message of the conversation that this mailbox is known to hold."""
    rows = await tx.session.execute(
        select(MailboxMessage.gmail_message_id)
        .join(
            Message,
            (Message.tenant_id == MailboxMessage.tenant_id)
            & (Message.id == MailboxMessage.message_id),
        )
        .where(
            MailboxMessage.tenant_id == tx.tenant_id,
            MailboxMessage.mailbox_id == mailbox_id,
            Message.conversation_id == conversation_id,
        )
    )
    return set(rows.scalars())


async def list_unprocessed(tx: ReadTx) -> Sequence[tuple[UUID, datetime]]:
    """Inbound messages nobody has looked at yet: for the sweep."""
    rows = await tx.session.execute(
        select(Message.id, Message.created_at).where(
            Message.tenant_id == tx.tenant_id, Message.attention == "new"
        )
    )
    return [(message_id, created_at) for message_id, created_at in rows]


async def list_messages(tx: ReadTx, conversation_id: UUID) -> Sequence[Message]:
    """All messages, oldest first."""
    rows = await tx.session.execute(
        select(Message)
        .where(Message.tenant_id == tx.tenant_id, Message.conversation_id == conversation_id)
        .order_by(Message.received_at)
    )
    return rows.scalars().all()


async def forget_messages(tx: Tx, conversation_id: UUID) -> None:
    """Keep that they were there (so that they aren't read again) and nothing of what they said."""
    await tx.session.execute(
        update(Message)
        .where(Message.tenant_id == tx.tenant_id, Message.conversation_id == conversation_id)
        .values(
            subject="",
            text=None,
            sender={},
            recipients={},
            analysis={},
            attachments=[],
            attention="set_aside",
            notes=["ignored by a person"],
        )
        .execution_options(synchronize_session="fetch")
    )


async def list_places(tx: ReadTx, message_id: UUID) -> Sequence[tuple[UUID, str]]:
    """(mailbox, Gmail message) of every mailbox that holds the message."""
    rows = await tx.session.execute(
        select(MailboxMessage.mailbox_id, MailboxMessage.gmail_message_id).where(
            MailboxMessage.tenant_id == tx.tenant_id, MailboxMessage.message_id == message_id
        )
    )
    return [(mailbox, gmail) for mailbox, gmail in rows]


async def newest_word(tx: ReadTx, conversation_id: UUID) -> Message | None:
    """The newest thing a person said in the conversation, on either side. An absence, a bounce or a
    sender who failed authentication is none: no answer waits for it, and none is stale because of
    it."""
    rows = await tx.session.execute(
        select(Message)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            or_(
                Message.direction == "outbound",
                and_(Message.kind == "human", Message.proof != "fail"),
            ),
        )
        .order_by(Message.received_at.desc(), Message.id.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def list_overtaken_asks(
    tx: ReadTx, conversation_id: UUID, *, reason: str
) -> list[dict[str, Any]]:
    """What mails asked that were kept back because a newer one came, since the last answer."""
    answered = (
        select(func.max(Message.received_at))
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            Message.direction == "outbound",
        )
        .scalar_subquery()
    )
    rows = await tx.session.execute(
        select(Message.analysis)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            Message.attention == "quiet",
            Message.proof != "fail",
            Message.analysis["quiet_reason"].astext == reason,
            or_(answered.is_(None), Message.received_at > answered),
        )
        .order_by(Message.received_at)
    )
    return [ask for analysis in rows.scalars() for ask in analysis.get("asks", ())]
