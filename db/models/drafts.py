"""Drafts and their immutable revisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Draft(TenantRow):
    """A communication being prepared. `revision` numbers the current revision; Gmail holds number
    `gmail_revision` under the stable `gmail_draft_id`.

    Status: preparing → ready ⇄ (new revisions) → sending → sent, or: rejected, voided (a newer
    message came), sent_by_hand, discarded (deleted in Gmail), failed. Or held: the type's level
    has the copilot prepare nothing that is shown, so that the text, if one was written, is seen by
    nobody and stands in nobody's Gmail; it is written when a person wants it.

    A mail that somebody asked for answers no message: it has a `purpose`, the `contact_id` it goes
    to, the person's `instruction`, and the `source` it was asked on (a Slack message), if any.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index(None, "tenant_id", "conversation_id"),
        Index(None, "tenant_id", "mailbox_id", "gmail_draft_id"),
        Index(
            "ix_drafts_open",
            "tenant_id",
            "status",
            postgresql_where=text("status in ('preparing', 'ready')"),
        ),
        refers("conversation_id", "conversations", required=True),
        refers("message_id", "messages"),
        refers("mailbox_id", "mailboxes"),
        refers("contact_id", "contacts"),
        one_of("purpose", "outreach", "follow_up", "update", "escalation", "reply"),
        one_of(
            "status",
            "preparing",
            "ready",
            "sending",
            "sent",
            "rejected",
            "voided",
            "sent_by_hand",
            "discarded",
            "failed",
            "held",
        ),
    )

    conversation_id: Mapped[UUID] = mapped_column()
    message_id: Mapped[UUID | None] = mapped_column()
    mailbox_id: Mapped[UUID | None] = mapped_column()
    status: Mapped[str] = mapped_column(default="preparing")
    revision: Mapped[int] = mapped_column(default=0)
    gmail_draft_id: Mapped[str | None] = mapped_column()
    gmail_message_id: Mapped[str | None] = mapped_column()
    gmail_thread_id: Mapped[str | None] = mapped_column()
    gmail_revision: Mapped[int | None] = mapped_column()
    purpose: Mapped[str | None] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column()
    instruction: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What it was asked on; `wanted_by` names the member who had it written."""
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()


class DraftRevision(TenantRow):
    """What would leave, word for word; never changed after it is written. `content_hash` is what
    people decide on; `author` is model, member or gmail (edited there by hand: then `raw` holds the
    mail as Gmail had it, formatting and attachments included)."""

    __tablename__ = "draft_revisions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "draft_id", "number"),
        Index(
            "ix_draft_revisions_persona",
            "tenant_id",
            "persona_id",
            postgresql_where=text("persona_id is not null"),
        ),
        refers("draft_id", "drafts", required=True),
        refers("author_id", "members"),
        refers("persona_id", "personas"),
        one_of("author", "model", "member", "gmail"),
    )

    draft_id: Mapped[UUID] = mapped_column()
    number: Mapped[int] = mapped_column()
    author: Mapped[str] = mapped_column()
    author_id: Mapped[UUID | None] = mapped_column()
    model: Mapped[str | None] = mapped_column()
    instruction: Mapped[str | None] = mapped_column()
    sender: Mapped[str] = mapped_column()
    sender_name: Mapped[str] = mapped_column(default="")
    to: Mapped[list[str]] = mapped_column()
    cc: Mapped[list[str]] = mapped_column(default=list)
    bcc: Mapped[list[str]] = mapped_column(default=list)
    reply_to: Mapped[str | None] = mapped_column()
    subject: Mapped[str] = mapped_column()
    text: Mapped[str] = mapped_column()
    in_reply_to: Mapped[str | None] = mapped_column()
    refs: Mapped[list[str]] = mapped_column(default=list)
    thread_head_id: Mapped[UUID | None] = mapped_column()
    attachments: Mapped[list[str]] = mapped_column(default=list)
    content_hash: Mapped[str] = mapped_column()
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    """What the check saw when it was written; approving over it takes a word of its own."""
    content: Mapped[dict[str, Any] | None] = mapped_column()
    """What the text amounts to (services/content.py: to_keep): it is written once, so it is looked
    at once."""
    persona_id: Mapped[UUID | None] = mapped_column()
    """In whose style it was written, and with which version of it."""
    persona_version: Mapped[int | None] = mapped_column()
    held: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Written to be judged and compared, and shown to nobody: db/drafts.get_revision leaves it
    out."""
