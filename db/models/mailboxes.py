"""Connected mailboxes and where each message lies in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Mailbox(TenantRow):
    """A connected Gmail mailbox. `history_id` is the cursor, advanced with the messages it brought;
    `wanted_history_id` is the furthest a push has hinted at."""

    __tablename__ = "mailboxes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "address"),
        refers("member_id", "members"),
        one_of("status", "connected", "reconnect", "disconnected"),
    )

    member_id: Mapped[UUID | None] = mapped_column()
    address: Mapped[str] = mapped_column()
    aliases: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Other addresses its person may send from, as Gmail has verified them."""
    is_system: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="connected")
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    history_id: Mapped[int | None] = mapped_column(BigInteger)
    wanted_history_id: Mapped[int | None] = mapped_column(BigInteger)
    last_message_at: Mapped[datetime | None] = mapped_column()
    synced_at: Mapped[datetime | None] = mapped_column()
    watch_expires_at: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()


class MailboxMessage(TenantRow):
    """One message as one mailbox holds it. The same message in two mailboxes is two rows here and
    one row in `messages`."""

    __tablename__ = "mailbox_messages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "mailbox_id", "gmail_message_id"),
        Index(None, "tenant_id", "mailbox_id", "gmail_thread_id"),
        Index(None, "tenant_id", "message_id"),
        refers("mailbox_id", "mailboxes", required=True),
        refers("message_id", "messages", required=True),
    )

    mailbox_id: Mapped[UUID] = mapped_column()
    message_id: Mapped[UUID] = mapped_column()
    gmail_message_id: Mapped[str] = mapped_column()
    gmail_thread_id: Mapped[str] = mapped_column()
