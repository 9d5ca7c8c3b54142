"""Which texts stand in the vector store, and what people asked to have found."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class SearchEntry(TenantRow):
    """A text that can be searched for its meaning, or is to be: `indexed_at` is empty while the
    store lacks it. `digest` is of the text, its account and the embedding model; another one means
    embed anew. `words` are its words as they stand, for when the store is down and beside it.
    The store can be lost: this table and the sources rebuild it."""

    __tablename__ = "search_entries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source", "source_id"),
        Index(
            "ix_search_entries_waiting",
            "tenant_id",
            "wanted_at",
            postgresql_where=text("indexed_at is null"),
        ),
        Index(None, "tenant_id", "account_id"),
        refers("account_id", "accounts", required=True),
        one_of("source", "message", "transcript", "slack_post", "note", "summary"),
    )

    source: Mapped[str] = mapped_column()
    source_id: Mapped[UUID] = mapped_column()
    account_id: Mapped[UUID] = mapped_column()
    digest: Mapped[str] = mapped_column(default="")
    passages: Mapped[int] = mapped_column(default=0)
    """How many of them the store holds."""
    words: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)
    wanted_at: Mapped[datetime] = mapped_column()
    """When it was last said to have changed: what was read before that is overtaken."""
    indexed_at: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()


class Find(TenantRow):
    """What a member asked to have found with the slash command, until the answer is there.
    `response_url` is Slack's way back to them, good for half an hour and dropped when it was used.
    """

    __tablename__ = "finds"
    __table_args__ = (
        UniqueConstraint("tenant_id", "command_id"),
        Index(
            "ix_finds_open", "tenant_id", "created_at", postgresql_where=text("settled_at is null")
        ),
        Index(None, "tenant_id", "member_id", "created_at"),
        refers("member_id", "members", required=True),
    )

    member_id: Mapped[UUID] = mapped_column()
    command_id: Mapped[str] = mapped_column()
    words: Mapped[str] = mapped_column()
    response_url: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column()
    found: Mapped[int | None] = mapped_column()
    """How many passages were shown; None: it could not be told any more."""
