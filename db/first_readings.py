"""SQL of first readings: where they stand, what they counted, and what they are told from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact
from db.models.mailboxes import FirstReading, MailboxMessage
from db.session import ReadTx, Tx

CLAIMED = ("linked", "lead")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """One mail of a customer's conversation, with whose it is."""

    message: Message
    account_id: UUID
    account: str
    contact: str
    is_head: bool


async def add_reading(tx: Tx, reading: FirstReading) -> None:
    tx.session.add(reading)
    await tx.session.flush()


async def get_reading(tx: ReadTx, reading_id: UUID) -> FirstReading | None:
    return await tx.session.get(FirstReading, (tx.tenant_id, reading_id), populate_existing=True)


async def lock_reading(tx: Tx, reading_id: UUID) -> FirstReading | None:
    rows = await tx.session.execute(
        select(FirstReading)
        .where(FirstReading.tenant_id == tx.tenant_id, FirstReading.id == reading_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def is_reading(tx: ReadTx, mailbox_id: UUID) -> bool:
    rows = await tx.session.execute(
        select(FirstReading.id)
        .where(
            FirstReading.tenant_id == tx.tenant_id,
            FirstReading.mailbox_id == mailbox_id,
            FirstReading.status == "reading",
        )
        .limit(1)
    )
    return rows.first() is not None


async def finish_readings(tx: Tx, mailbox_id: UUID, now: datetime) -> list[UUID]:
    """Everything of this mailbox's past is stored; the readings that ended by it."""
    rows = await tx.session.scalars(
        update(FirstReading)
        .where(
            FirstReading.tenant_id == tx.tenant_id,
            FirstReading.mailbox_id == mailbox_id,
            FirstReading.status == "reading",
        )
        .values(status="read", finished_at=now)
        .returning(FirstReading.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)


async def count_mails(tx: ReadTx, mailbox_id: UUID) -> dict[str, int]:
    """What this mailbox has brought: mails, how many of no account, accounts, people."""
    held = (
        select(
            Message.conversation_id,
            Message.contact_id,
            Conversation.account_id,
            Conversation.link,
        )
        .join(
            MailboxMessage,
            (MailboxMessage.tenant_id == Message.tenant_id)
            & (MailboxMessage.message_id == Message.id),
        )
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(Message.tenant_id == tx.tenant_id, MailboxMessage.mailbox_id == mailbox_id)
        .subquery()
    )
    row = (
        await tx.session.execute(
            select(
                func.count().label("mails"),
                func.count().filter(held.c.link.not_in(CLAIMED)).label("of_no_account"),
                func.count(held.c.account_id.distinct()).label("accounts"),
                func.count(held.c.contact_id.distinct()).label("people"),
            ).select_from(held)
        )
    ).one()
    return {
        "mails": row.mails,
        "of_no_account": row.of_no_account,
        "accounts": row.accounts,
        "people": row.people,
    }


async def list_customer_mails(
    tx: ReadTx, mailbox_id: UUID, *, since: datetime, limit: int
) -> Sequence[ReadMail]:
    """People's mails in this mailbox's conversations with accounts, newest first; both sides, so
    that it shows who spoke last."""
    rows = await tx.session.execute(
        select(Message, Account.id, Account.name, Contact.name, Conversation.head_message_id)
        .join(
            MailboxMessage,
            (MailboxMessage.tenant_id == Message.tenant_id)
            & (MailboxMessage.message_id == Message.id),
        )
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .join(
            Account,
            (Account.tenant_id == Conversation.tenant_id) & (Account.id == Conversation.account_id),
        )
        .outerjoin(
            Contact, (Contact.tenant_id == Message.tenant_id) & (Contact.id == Message.contact_id)
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            MailboxMessage.mailbox_id == mailbox_id,
            Message.received_at >= since,
            Message.kind == "human",
            Message.proof != "fail",
            Message.text.is_not(None),
        )
        .order_by(Message.received_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return [
        ReadMail(
            message=message,
            account_id=account_id,
            account=account,
            contact=contact or "",
            is_head=head == message.id,
        )
        for message, account_id, account, contact, head in rows
    ]


async def list_heads(tx: ReadTx, message_ids: Sequence[UUID]) -> dict[UUID, tuple[Message, bool]]:
    """Message id → the message, and whether nobody has written after it."""
    rows = await tx.session.execute(
        select(Message, Conversation.head_message_id)
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(Message.tenant_id == tx.tenant_id, Message.id.in_(message_ids))
    )
    return {message.id: (message, head == message.id) for message, head in rows}


async def ask_for_answers(tx: Tx, message_ids: Sequence[UUID], *, reason: str) -> list[UUID]:
    """These mails, kept quiet for that reason until now, are to be answered: the ones it took."""
    wanted: dict[str, Any] = {"wanted": True}
    rows = await tx.session.scalars(
        update(Message)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.id.in_(message_ids),
            Message.attention == "quiet",
            Message.analysis["quiet_reason"].astext == reason,
        )
        .values(attention="new", analysis=wanted)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)
