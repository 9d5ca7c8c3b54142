"""What was received, what was done, what it cost: append-only or close to it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TenantRow, one_of, refers


class InboundEvent(TenantRow):
    """Something received once, however often it was sent. `scope` keeps one mailbox's ids from
    swallowing another's; the same id with another body is set aside."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scope", "source", "external_id"),
        Index(None, "tenant_id", "status"),
        one_of("status", "received", "done", "set_aside", "failed"),
    )

    scope: Mapped[str] = mapped_column()
    source: Mapped[str] = mapped_column()
    external_id: Mapped[str] = mapped_column()
    body_sha256: Mapped[str] = mapped_column()
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="received")
    note: Mapped[str | None] = mapped_column()
    taken_at: Mapped[datetime | None] = mapped_column()
    """When somebody last took it up again, after whoever received it had died."""


class AuditEntry(TenantRow):
    """Who did what, and why. Append-only: triggers refuse update, delete and truncate. `body` is
    the exact bytes that are chained (canonical JSON); `position` orders entries of one tenant."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "tenant_id", "subject_id"),
        Index(None, "tenant_id", "position", unique=True),
        Index(
            "ix_audit_entries_alarming",
            "tenant_id",
            "verb",
            "created_at",
            postgresql_where=text("verb in ('kill_switch.engaged', 'text.suspicious')"),
        ),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    verb: Mapped[str] = mapped_column()
    subject_id: Mapped[UUID | None] = mapped_column()
    body: Mapped[bytes] = mapped_column(LargeBinary)


class AuditKey(TenantRow):
    """The key of what one audit entry tells of somebody; `id` is the entry's. Sealed by the vault,
    `key_id` says with which of its keys. Erasing whom it is about destroys it: those who act
    (`actor_id`) and the thing it tells of (`subject_id`: a contact, an action, a request …)."""

    __tablename__ = "audit_keys"
    __table_args__ = (
        Index(None, "tenant_id", "subject_id"),
        Index(None, "tenant_id", "actor_id"),
        Index(None, "tenant_id", "key_id"),
        refers("id", "audit_entries", required=True),
    )

    subject_id: Mapped[UUID | None] = mapped_column()
    actor_id: Mapped[UUID | None] = mapped_column()
    key_id: Mapped[str] = mapped_column()
    key: Mapped[bytes] = mapped_column(LargeBinary)


class AuditLink(Base):
    """The chain over a tenant's entries: hash = sha256(previous hash ‖ entry id ‖ body)."""

    __tablename__ = "audit_links"
    __table_args__ = (
        Index(None, "tenant_id", "entry_id"),
        refers("entry_id", "audit_entries", required=True),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column()
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column()


class ModelCall(TenantRow):
    """One call of a language model. `cost_usd` is empty when the model has no known price."""

    __tablename__ = "model_calls"
    __table_args__ = (
        Index(None, "tenant_id", "created_at"),
        refers("conversation_id", "conversations"),
        one_of("status", "ok", "failed"),
    )

    purpose: Mapped[str] = mapped_column()
    model: Mapped[str] = mapped_column()
    status: Mapped[str] = mapped_column()
    conversation_id: Mapped[UUID | None] = mapped_column()
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    latency_ms: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=1)
