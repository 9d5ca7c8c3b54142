"""Messages, and where they lie in each mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, union, update
from sqlalchemy.dialects.postgresql import insert

from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact
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
        # What it orders a machine to do beneath its text is known from the mail itself alone.
        .values(
            attention="new",
            analysis=func.jsonb_strip_nulls(
                func.jsonb_build_object("suspicious", Message.analysis["suspicious"])
            ),
        )
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)


async def lock_message(tx: Tx, message_id: UUID) -> Message | None:
    rows = await tx.session.execute(
        select(Message)
        .where(Message.tenant_id == tx.tenant_id, Message.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


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


async def holds_orders(tx: ReadTx, conversation_id: UUID) -> bool:
    """Whether any mail of the thread tries to give orders to a machine."""
    rows = await tx.session.scalars(
        select(Message.id)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            Message.analysis["suspicious"]["injection"].astext == "true",
        )
        .limit(1)
    )
    return rows.first() is not None


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


async def forget_labelled(tx: Tx, message_ids: Sequence[UUID], *, note: str) -> set[UUID]:
    """Keep that these were there and nothing of what they said; the conversations they stand in.
    Those that were forgotten before change nothing."""
    rows = await tx.session.scalars(
        update(Message)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.id.in_(message_ids),
            or_(Message.attention != "set_aside", Message.text.is_not(None)),
        )
        .values(
            subject="",
            text=None,
            sender={},
            recipients={},
            analysis={},
            attachments=[],
            attention="set_aside",
            notes=[note],
        )
        .returning(Message.conversation_id)
        .execution_options(synchronize_session=False)
    )
    return set(rows)


async def list_accounts_of(tx: ReadTx, message_ids: Sequence[UUID]) -> list[UUID]:
    """The accounts these mails are about."""
    found = await tx.session.scalars(
        select(Conversation.account_id)
        .join(
            Message,
            (Message.tenant_id == Conversation.tenant_id)
            & (Message.conversation_id == Conversation.id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.id.in_(message_ids),
            Conversation.account_id.is_not(None),
        )
        .distinct()
    )
    return [one for one in found if one is not None]


async def list_of_excluded(tx: ReadTx, *, limit: int) -> list[UUID]:
    """Mails that are kept though their account or their contact is excluded by now. Asked from the
    excluded ones, who are few, to their mails."""
    accounts = select(Account.id).where(Account.tenant_id == tx.tenant_id, Account.excluded)
    people = select(Contact.id, Contact.account_id).where(
        Contact.tenant_id == tx.tenant_id, Contact.excluded, Contact.account_id.is_not(None)
    )
    theirs = people.subquery()
    kept = (
        select(Message.id)
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            or_(Message.attention != "set_aside", Message.text.is_not(None)),
        )
    )
    found = union(
        kept.where(Conversation.account_id.in_(accounts)),
        kept.where(
            Conversation.account_id.in_(select(theirs.c.account_id)),
            Message.contact_id.in_(select(theirs.c.id)),
        ),
    )
    return list(await tx.session.scalars(found.limit(limit)))


async def newest_word(tx: ReadTx, conversation_id: UUID) -> Message | None:
    """The newest thing a person said in the conversation, on either side. An absence, a bounce, a
    sender who failed authentication or whom nobody knows is none: no answer waits for it, and none
    is stale because of it."""
    rows = await tx.session.execute(
        select(Message)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            or_(
                Message.direction == "outbound",
                and_(
                    Message.kind == "human",
                    Message.proof != "fail",
                    Message.contact_id.is_not(None),
                ),
            ),
        )
        .order_by(Message.received_at.desc(), Message.id.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def answered_since(tx: ReadTx, conversation_id: UUID, message_id: UUID | None) -> bool:
    """Whether one of us has written in the conversation after this mail."""
    asked = (
        select(Message.received_at)
        .where(Message.tenant_id == tx.tenant_id, Message.id == message_id)
        .scalar_subquery()
    )
    found = await tx.session.scalar(
        select(Message.id)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            Message.direction == "outbound",
            Message.received_at > asked,
        )
        .limit(1)
    )
    return found is not None


async def newest_inbound(tx: ReadTx, conversation_id: UUID) -> Message | None:
    """The newest thing the other side wrote themselves, whoever they can prove to be."""
    rows = await tx.session.scalars(
        select(Message)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == conversation_id,
            Message.direction == "inbound",
            Message.kind == "human",
        )
        .order_by(Message.received_at.desc(), Message.id.desc())
        .limit(1)
    )
    return rows.one_or_none()


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
