"""What people take up from Slack, and the notes that stay with a deal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Capture(TenantRow):
    """A Slack message (or words of a command) that somebody took up, and what was made of it. Forms
    carry its id and nothing of its text. `view_id` is the window that waits for the result. Of one
    taken up for its file (`transcript`) or its thread (`follow`) no text is kept: `result` says
    which file or thread.

    Status: open → reading → read or failed · done (carried out).
    """

    __tablename__ = "captures"
    __table_args__ = (
        Index(None, "tenant_id", "status"),
        refers("member_id", "members", required=True),
        refers("account_id", "accounts"),
        refers("contact_id", "contacts"),
        one_of("kind", "compose", "reply", "qualify", "log", "transcript", "follow"),
        one_of("status", "open", "reading", "read", "failed", "done"),
    )

    member_id: Mapped[UUID] = mapped_column()
    kind: Mapped[str] = mapped_column()
    status: Mapped[str] = mapped_column(default="open")
    text: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    source_key: Mapped[str] = mapped_column(default="")
    """The message's channel and time: the same message is the same source."""
    permalink: Mapped[str | None] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column()
    view_id: Mapped[str | None] = mapped_column()
    reading_since: Mapped[datetime | None] = mapped_column()
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Note(TenantRow):
    """Something a person put down about a deal. `qualification` is what its text proves (the form
    services.merge stores), folded into the account's own."""

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "deal_id", "kind", "source_key"),
        Index(None, "tenant_id", "account_id", "created_at"),
        refers("account_id", "accounts", required=True),
        refers("deal_id", "deals"),
        refers("author_id", "members"),
        one_of("kind", "log", "qualification"),
    )

    account_id: Mapped[UUID] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    author_id: Mapped[UUID | None] = mapped_column()
    kind: Mapped[str] = mapped_column()
    text: Mapped[str] = mapped_column()
    said_by: Mapped[str] = mapped_column(default="")
    """Who wrote the words, as Slack names them."""
    comment: Mapped[str] = mapped_column(default="")
    source_key: Mapped[str] = mapped_column()
    permalink: Mapped[str | None] = mapped_column()
    qualification: Mapped[dict[str, Any]] = mapped_column(default=dict)
