"""Mailboxes: credentials, cursor, the lease that keeps their work in one place at a time, and what
they hold."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from db.models.conversations import Message
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.tenants import Member
from db.session import ReadTx, Tx

OPEN_DRAFTS = ("preparing", "ready")


async def get_mailbox(tx: ReadTx, mailbox_id: UUID) -> Mailbox | None:
    return await tx.session.get(Mailbox, (tx.tenant_id, mailbox_id), populate_existing=True)


async def find_by_address(tx: ReadTx, address: str) -> Mailbox | None:
    return (
        await tx.session.scalars(
            select(Mailbox).where(Mailbox.tenant_id == tx.tenant_id, Mailbox.address == address)
        )
    ).first()


async def list_mailboxes(tx: ReadTx, *, status: str = "connected") -> list[Mailbox]:
    return list(
        await tx.session.scalars(
            select(Mailbox)
            .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.status == status)
            .order_by(Mailbox.id)
        )
    )


async def find_system(tx: ReadTx) -> tuple[UUID, str] | None:
    """The connected mailbox that is everybody's, with its address; two columns, because everything
    a page says of mail asks for it."""
    query = (
        select(Mailbox.id, Mailbox.address)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.is_system.is_(True),
            Mailbox.status == "connected",
        )
        .order_by(Mailbox.id)
        .limit(1)
    )
    row = (await tx.session.execute(query)).first()
    return (row.id, row.address) if row else None


async def list_via(tx: ReadTx, via: str) -> list[Mailbox]:
    """What is opened in this way and not disconnected."""
    return list(
        await tx.session.scalars(
            select(Mailbox)
            .where(
                Mailbox.tenant_id == tx.tenant_id,
                Mailbox.via == via,
                Mailbox.status != "disconnected",
            )
            .order_by(Mailbox.id)
        )
    )


async def list_without_mailbox(tx: ReadTx) -> list[Member]:
    """Active members whose own address isn't connected, by name."""
    connected = select(Mailbox.address).where(
        Mailbox.tenant_id == tx.tenant_id, Mailbox.status == "connected"
    )
    return list(
        await tx.session.scalars(
            select(Member)
            .where(
                Member.tenant_id == tx.tenant_id,
                Member.active,
                func.lower(Member.email).not_in(connected),
            )
            .order_by(Member.name, Member.id)
        )
    )


async def add_mailbox(tx: Tx, mailbox: Mailbox) -> None:
    tx.session.add(mailbox)
    await tx.session.flush()


async def set_wanted(tx: Tx, mailbox_id: UUID, history_id: int) -> bool:
    """Remember how far a push has hinted; False when that tells nothing new."""
    row = await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            Mailbox.status == "connected",
            or_(Mailbox.wanted_history_id.is_(None), Mailbox.wanted_history_id < history_id),
            or_(Mailbox.history_id.is_(None), Mailbox.history_id < history_id),
        )
        .values(wanted_history_id=history_id)
        .returning(Mailbox.id)
    )
    return row.first() is not None


async def claim_lease(
    tx: Tx, mailbox_id: UUID, *, token: UUID, now: datetime, until: datetime
) -> bool:
    """Take the mailbox's lease if nobody holds it."""
    row = await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            or_(Mailbox.lease_until.is_(None), Mailbox.lease_until <= now),
        )
        .values(lease_token=token, lease_until=until)
        .returning(Mailbox.id)
    )
    return row.first() is not None


async def keep_lease(tx: Tx, mailbox_id: UUID, *, token: UUID, until: datetime | None) -> bool:
    """Hold the lease until then, or give it back with None; False when it is somebody else's."""
    row = await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            Mailbox.lease_token == token,
        )
        .values(lease_until=until, lease_token=token if until else None)
        .returning(Mailbox.id)
    )
    return row.first() is not None


async def list_open_drafts(
    tx: ReadTx, mailbox_id: UUID, *, threads: Sequence[str], messages: Sequence[str]
) -> list[UUID]:
    """Drafts still being prepared that lie in these Gmail threads, or are these messages."""
    return list(
        await tx.session.scalars(
            select(Draft.id)
            .where(
                Draft.tenant_id == tx.tenant_id,
                Draft.mailbox_id == mailbox_id,
                Draft.status.in_(OPEN_DRAFTS),
                or_(Draft.gmail_thread_id.in_(threads), Draft.gmail_message_id.in_(messages)),
            )
            .order_by(Draft.id)
        )
    )


async def list_conversation_drafts(tx: ReadTx, conversation_id: UUID) -> list[UUID]:
    """Drafts still being prepared for this conversation, and those that are held."""
    return list(
        await tx.session.scalars(
            select(Draft.id)
            .where(
                Draft.tenant_id == tx.tenant_id,
                Draft.conversation_id == conversation_id,
                Draft.status.in_((*OPEN_DRAFTS, "held")),
            )
            .order_by(Draft.id)
        )
    )


async def set_credentials(tx: Tx, mailbox_id: UUID, *, token: UUID, sealed: bytes) -> bool:
    """Keep new credentials, if the lease is still this one's."""
    row = await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            Mailbox.lease_token == token,
        )
        .values(credentials=sealed)
        .returning(Mailbox.id)
    )
    return row.first() is not None


async def set_cursor(tx: Tx, mailbox_id: UUID, history_id: int, now: datetime) -> None:
    """Everything up to this history id is stored."""
    await tx.session.execute(
        update(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id == mailbox_id)
        .values(history_id=history_id, synced_at=now)
    )


async def set_last_message(tx: Tx, mailbox_id: UUID, received_at: datetime) -> None:
    """Remember the newest message stored; an older one changes nothing."""
    await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            or_(Mailbox.last_message_at.is_(None), Mailbox.last_message_at < received_at),
        )
        .values(last_message_at=received_at)
    )


async def begin_incident(tx: Tx, mailbox_id: UUID, *, at: datetime, reason: str) -> bool:
    """The mailbox has to be connected again. False when that is known already, or when it isn't
    connected any more: an incident is told once."""
    row = await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            Mailbox.status == "connected",
        )
        .values(status="reconnect", reconnect_since=at, reconnect_reason=reason)
        .returning(Mailbox.id)
    )
    return row.first() is not None


async def lock_mailbox(tx: Tx, mailbox_id: UUID) -> Mailbox | None:
    """The row, held until the transaction ends."""
    rows = await tx.session.execute(
        select(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id == mailbox_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def list_places_of(
    tx: ReadTx, mailbox_id: UUID, gmail_message_ids: Sequence[str]
) -> list[UUID]:
    """Our messages behind these ids of Gmail's."""
    return list(
        await tx.session.scalars(
            select(MailboxMessage.message_id).where(
                MailboxMessage.tenant_id == tx.tenant_id,
                MailboxMessage.mailbox_id == mailbox_id,
                MailboxMessage.gmail_message_id.in_(gmail_message_ids),
            )
        )
    )


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
            or_(
                Mailbox.id.in_(holds),
                Mailbox.address.in_(named),
                Mailbox.aliases.bool_op("?|")(cast(named, ARRAY(Text))),
            ),
        )
        .order_by(Mailbox.created_at, Mailbox.id)
    )
    return [(mailbox, member) for mailbox, member in rows]


async def set_aliases(tx: Tx, mailbox_id: UUID, aliases: Sequence[str], now: datetime) -> None:
    await tx.session.execute(
        update(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id == mailbox_id)
        .values(aliases=list(aliases), aliases_at=now)
        .execution_options(synchronize_session=False)
    )


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


async def list_places(tx: ReadTx, message_id: UUID) -> Sequence[tuple[UUID, str]]:
    """(mailbox, Gmail message) of every mailbox that holds the message."""
    rows = await tx.session.execute(
        select(MailboxMessage.mailbox_id, MailboxMessage.gmail_message_id).where(
            MailboxMessage.tenant_id == tx.tenant_id, MailboxMessage.message_id == message_id
        )
    )
    return [(mailbox, gmail) for mailbox, gmail in rows]
