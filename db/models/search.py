"""Which texts stand in the vector store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class SearchEntry(TenantRow):
    """A text that can be searched for its meaning, or is to be: `indexed_at` is empty while the
    store lacks it. `digest` is of the text and the embedding model; another one means embed anew.
    The store can be lost: this table and the sources rebuild it."""

    __tablename__ = "search_entries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source", "source_id"),
        Index(
            "ix_search_entries_waiting",
            "tenant_id",
            "created_at",
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
    indexed_at: Mapped[datetime | None] = mapped_column()
