"""Connected mailboxes and where each message lies in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Mailbox(TenantRow):
    """A connected Gmail mailbox. `history_id` is the cursor, advanced with the messages it brought;
    `wanted_history_id` is the furthest a push has hinted at. `via` says what opens it: a file given
    on the command line, its owner's consent at Google, or the workspace's service account."""

    __tablename__ = "mailboxes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "address"),
        Index(None, "tenant_id", "member_id"),
        refers("member_id", "members"),
        refers("connected_by", "members"),
        one_of("status", "connected", "reconnect", "disconnected"),
        one_of("via", "file", "consent", "delegation"),
    )

    member_id: Mapped[UUID | None] = mapped_column()
    address: Mapped[str] = mapped_column()
    aliases: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Other addresses its person may send from, as Gmail has verified them."""
    aliases_at: Mapped[datetime | None] = mapped_column()
    """When Gmail was last asked for them."""
    is_system: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="connected")
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    history_id: Mapped[int | None] = mapped_column(BigInteger)
    wanted_history_id: Mapped[int | None] = mapped_column(BigInteger)
    last_message_at: Mapped[datetime | None] = mapped_column()
    synced_at: Mapped[datetime | None] = mapped_column()
    watch_expires_at: Mapped[datetime | None] = mapped_column()
    via: Mapped[str] = mapped_column(default="file", server_default="file")
    connected_at: Mapped[datetime | None] = mapped_column()
    """When the present connection began; renewed credentials don't begin another one."""
    connected_by: Mapped[UUID | None] = mapped_column()
    """Who connected it, where that isn't its member."""
    reconnect_since: Mapped[datetime | None] = mapped_column()
    reconnect_reason: Mapped[str | None] = mapped_column()
    watch_since: Mapped[datetime | None] = mapped_column()
    """Since when pushes have been asked for without a gap."""
    watch_tried_at: Mapped[datetime | None] = mapped_column()
    watch_trouble: Mapped[str | None] = mapped_column()
    push_seen_at: Mapped[datetime | None] = mapped_column()
    push_missed: Mapped[int] = mapped_column(default=0, server_default="0")
    """Mails in a row that the poll found and no push had told of, the first of them at
    `push_missed_since`."""
    push_missed_since: Mapped[datetime | None] = mapped_column()
    push_silent_since: Mapped[datetime | None] = mapped_column()
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


class ConnectAttempt(TenantRow):
    """Somebody is at Google to connect a mailbox. Only hashes of what comes back are kept; the PKCE
    verifier is sealed. Coming back takes the row away, so that it happens once."""

    __tablename__ = "connect_attempts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "state_hash"),
        refers("member_id", "members", required=True),
        one_of("purpose", "own", "system"),
    )

    member_id: Mapped[UUID] = mapped_column()
    purpose: Mapped[str] = mapped_column()
    state_hash: Mapped[bytes] = mapped_column(LargeBinary)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    verifier: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column()


class Delegation(TenantRow):
    """The service account that opens mailboxes of this workspace without anybody's consent."""

    __tablename__ = "delegations"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    client_email: Mapped[str] = mapped_column()
    client_id: Mapped[str] = mapped_column()
    key: Mapped[bytes] = mapped_column(LargeBinary)
    failures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Address → why it could not be opened, of the last time everybody was connected."""


class FirstReading(TenantRow):
    """What a newly connected mailbox held, and what its owner says about that. Status: reading →
    read (all is stored) → told (what was noticed is written down and shown)."""

    __tablename__ = "first_readings"
    __table_args__ = (
        Index(None, "tenant_id", "mailbox_id"),
        refers("mailbox_id", "mailboxes", required=True),
        refers("member_id", "members"),
        one_of("status", "reading", "read", "told"),
        one_of("answer", "yes", "no"),
    )

    mailbox_id: Mapped[UUID] = mapped_column()
    member_id: Mapped[UUID | None] = mapped_column()
    """Whom it is told; nobody when an admin connected the mailbox for them."""
    since: Mapped[datetime] = mapped_column()
    status: Mapped[str] = mapped_column(default="reading")
    finished_at: Mapped[datetime | None] = mapped_column()
    numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waiting: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    noticed: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    answer: Mapped[str | None] = mapped_column()
    answer_text: Mapped[str | None] = mapped_column()
    answered_at: Mapped[datetime | None] = mapped_column()
    drafts_asked_at: Mapped[datetime | None] = mapped_column()
