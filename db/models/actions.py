"""What the agent may do, what leaves because of it, and what came of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers
from db.models.autonomy import LEVELS


class Action(TenantRow):
    """Something the agent proposes. Decided once per revision: a new revision asks again.

    Status: pending → approved → done · rejected · voided (overtaken by a newer message) · handled
    (a person did it by hand) · failed. Or held: outreach that is only written down, which no list
    of what waits knows (level shadow).
    """

    __tablename__ = "actions"
    __table_args__ = (
        Index(None, "tenant_id", "status"),
        Index("ix_actions_owner_status", "tenant_id", "owner_id", "status"),
        Index("ix_actions_owner_decided", "tenant_id", "owner_id", "decided_at"),
        Index("ix_actions_owner_created", "tenant_id", "owner_id", "created_at"),
        Index("ix_actions_created", "tenant_id", "created_at", "id"),
        Index(
            "ix_actions_decided",
            "tenant_id",
            "decided_at",
            "status",
            postgresql_where=text("decided_at is not null"),
        ),
        Index("ix_actions_account", "tenant_id", "account_id", "decided_at"),
        Index("ix_actions_deal", "tenant_id", "deal_id", "created_at"),
        Index(None, "tenant_id", "conversation_id"),
        Index(None, "tenant_id", "draft_id", unique=True),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
        refers("conversation_id", "conversations"),
        refers("draft_id", "drafts"),
        refers("owner_id", "members"),
        refers("decided_by", "members"),
        refers("goal_id", "goals"),
        one_of("level", *LEVELS),
        one_of(
            "status",
            "pending",
            "approved",
            "done",
            "rejected",
            "voided",
            "handled",
            "failed",
            "held",
        ),
        one_of("verdict", "autonomous", "approval_required", "hard_stop"),
    )

    type: Mapped[str] = mapped_column()
    status: Mapped[str] = mapped_column(default="pending")
    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    conversation_id: Mapped[UUID | None] = mapped_column()
    draft_id: Mapped[UUID | None] = mapped_column()
    owner_id: Mapped[UUID | None] = mapped_column()
    trigger: Mapped[str] = mapped_column()
    verdict: Mapped[str] = mapped_column()
    reasons: Mapped[list[str]] = mapped_column(default=list)
    confidence: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    """Of a reply, as its text stated it."""
    calibrated: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    """The same by what had come of such statements when it was written: what is shown."""
    confidence_reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[UUID | None] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column()
    decision_reason: Mapped[str | None] = mapped_column()
    decided_surface: Mapped[str | None] = mapped_column()
    decided_revision: Mapped[int | None] = mapped_column()
    decided_hash: Mapped[str | None] = mapped_column()
    level: Mapped[str] = mapped_column(default="approve", server_default="approve")
    """How far its type was trusted when it was proposed; approve where a person asked for it."""
    lineage: Mapped[str] = mapped_column(default="", server_default="")
    """Model, prompts and rules behind it: services/autonomy/lineage.py."""
    goal_id: Mapped[UUID | None] = mapped_column()


class Effect(TenantRow):
    """An outbound side effect: queued → sending → done / cancelled / unknown. The commit that sets
    `sending` is the point of no return; afterwards it is only ever settled by looking."""

    __tablename__ = "effects"
    __table_args__ = (
        Index(None, "tenant_id", "status"),
        Index("ix_effects_status_settled", "tenant_id", "status", "settled_at"),
        UniqueConstraint("tenant_id", "action_id", "revision"),
        refers("action_id", "actions", required=True),
        refers("draft_id", "drafts"),
        refers("undo_by", "members"),
        one_of("kind", "send_draft"),
        one_of("status", "queued", "sending", "done", "cancelled", "unknown"),
    )

    action_id: Mapped[UUID] = mapped_column()
    draft_id: Mapped[UUID | None] = mapped_column()
    kind: Mapped[str] = mapped_column()
    revision: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(default="queued")
    due_at: Mapped[datetime] = mapped_column()
    claimed_at: Mapped[datetime | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    looks: Mapped[int] = mapped_column(default=0)
    undo_at: Mapped[datetime | None] = mapped_column()
    """When somebody asked for it back; whether that came in time is what `status` says."""
    undo_by: Mapped[UUID | None] = mapped_column()
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
