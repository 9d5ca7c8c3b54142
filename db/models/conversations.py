"""Conversations and their messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Conversation(TenantRow):
    """A thread of messages with one responder. `qualification` is the merged BANT/MEDDIC state
    (services.merge writes it), changed only together with `version`. `head_message_id` is the
    newest message of either side: an answer written before it is stale."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(None, "tenant_id", "account_id"),
        Index("ix_conversations_account_last", "tenant_id", "account_id", "last_message_at"),
        Index(None, "tenant_id", "deal_id"),
        Index(None, "tenant_id", "responder_id"),
        Index("ix_conversations_responder_last", "tenant_id", "responder_id", "last_message_at"),
        Index(
            "ix_conversations_unlinked",
            "tenant_id",
            "responder_id",
            postgresql_where=text("link = 'unlinked'"),
        ),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
        refers("responder_id", "members"),
        refers("responder_mailbox_id", "mailboxes"),
        one_of("link", "linked", "unlinked", "lead", "ignored"),
    )

    subject: Mapped[str] = mapped_column(default="")
    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    responder_id: Mapped[UUID | None] = mapped_column()
    responder_mailbox_id: Mapped[UUID | None] = mapped_column()
    link: Mapped[str] = mapped_column(default="unlinked")
    qualification: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    head_message_id: Mapped[UUID | None] = mapped_column()
    last_message_at: Mapped[datetime | None] = mapped_column()


class Message(TenantRow):
    """One mail, whoever wrote it. `text` and `analysis` stay empty while the conversation belongs
    to no account: then only headers are kept.

    `attention` says what became of it: `new` not looked at yet · `card` a person was asked ·
    `quiet` it updated the picture only (`analysis.quiet_reason` says why) · `unlinked` waits for
    link, lead or ignore · `set_aside` can't be worked on (`notes` say why) · `ours` written by us.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "rfc_message_id"),
        Index(None, "tenant_id", "conversation_id", "received_at"),
        Index(None, "tenant_id", "attention", "received_at"),
        refers("conversation_id", "conversations", required=True),
        refers("contact_id", "contacts"),
        one_of("direction", "inbound", "outbound"),
        one_of("attention", "new", "card", "quiet", "unlinked", "set_aside", "ours"),
    )

    conversation_id: Mapped[UUID] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column()
    rfc_message_id: Mapped[str] = mapped_column()
    direction: Mapped[str] = mapped_column()
    kind: Mapped[str] = mapped_column()
    proof: Mapped[str] = mapped_column()
    sender: Mapped[dict[str, Any]] = mapped_column()
    recipients: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subject: Mapped[str] = mapped_column(default="")
    in_reply_to: Mapped[str | None] = mapped_column()
    refs: Mapped[list[str]] = mapped_column(default=list)
    text: Mapped[str | None] = mapped_column()
    language: Mapped[str] = mapped_column(default="und")
    sent_at: Mapped[datetime | None] = mapped_column()
    received_at: Mapped[datetime] = mapped_column()
    attention: Mapped[str] = mapped_column(default="new")
    analysis: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[list[str]] = mapped_column(default=list)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    body_sha256: Mapped[str] = mapped_column(default="")
