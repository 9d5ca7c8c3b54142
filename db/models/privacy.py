"""Who was erased, how far that is, whom we must not learn of again, and what is kept how long."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TenantRow, one_of


class Erasure(TenantRow):
    """Somebody is erased: asked → running → waiting (for the vector store, Gmail or Slack to be
    done with their part) → done. `step` and `cursor` say where a job that died goes on.

    `person` is sealed: the address and names to look for, and is emptied when it is done. `digest`
    is a keyed hash of the address. `things` are the ids of what was about them, kept so long as it
    runs. What stays is the proof: kinds, counts and times."""

    __tablename__ = "erasures"
    __table_args__ = (
        Index(
            "ix_erasures_open",
            "tenant_id",
            "created_at",
            postgresql_where=text("status <> 'done'"),
        ),
        one_of("kind", "contact", "member"),
        one_of("status", "asked", "running", "waiting", "done"),
    )

    kind: Mapped[str] = mapped_column()
    status: Mapped[str] = mapped_column(default="asked")
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int] = mapped_column()
    person: Mapped[bytes | None] = mapped_column(LargeBinary)
    things: Mapped[dict[str, Any]] = mapped_column(default=dict)
    step: Mapped[str] = mapped_column(default="")
    cursor: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waiting: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What others still have to do, with numbers."""
    looked_at: Mapped[datetime | None] = mapped_column()
    """When it was last taken up."""
    settled_at: Mapped[datetime | None] = mapped_column()


class ErasedAddress(TenantRow):
    """Nobody with this address is learned of again: no sync, no file brings them back. Only a keyed
    hash is kept; `key_version` names the key."""

    __tablename__ = "erased_addresses"
    __table_args__ = (UniqueConstraint("tenant_id", "key_version", "digest"),)

    key_version: Mapped[int] = mapped_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    erasure_id: Mapped[UUID] = mapped_column()


class RetentionRun(TenantRow):
    """One day's look for what has been kept long enough: `sort` is the one that is worked on,
    `counts` what went, by sort."""

    __tablename__ = "retention_runs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "day"),
        one_of("status", "running", "done"),
    )

    day: Mapped[date] = mapped_column()
    status: Mapped[str] = mapped_column(default="running")
    sort: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ended_at: Mapped[datetime | None] = mapped_column()


class ErasedWorkspace(Base):
    """All that stays of a workspace that was erased: when, how many rows of each table went, and
    the last link of its audit. No name, no Slack id."""

    __tablename__ = "erased_workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """What the tenant's id was."""
    erased_at: Mapped[datetime] = mapped_column()
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    audit_links: Mapped[int] = mapped_column(default=0)
    audit_head: Mapped[bytes | None] = mapped_column(LargeBinary)
