"""What was predicted of an action, what came of it, and which actions had a part in it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers

KINDS = ("email_engagement", "deal_progression", "meeting_outcome", "escalation_result")


class Outcome(TenantRow):
    """A prediction (event, horizon, stated probability) and what was observed. `edited` marks mail
    that a person changed before it left: a stratum of its own.

    Status: pending → positive · negative · ambiguous (a person may label it) · undelivered ·
    expired (the window closed empty, which scores 0). Only ambiguous and undelivered have no
    `score`."""

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "action_id", "kind"),
        Index(None, "tenant_id", "conversation_id", "status"),
        Index("ix_outcomes_member_status", "tenant_id", "member_id", "status"),
        Index("ix_outcomes_resolved", "tenant_id", "resolved_at"),
        Index("ix_outcomes_account", "tenant_id", "account_id", "created_at"),
        Index("ix_outcomes_deal", "tenant_id", "deal_id", "kind"),
        Index(
            "ix_outcomes_open",
            "tenant_id",
            "kind",
            "window_ends_at",
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_outcomes_uncounted",
            "tenant_id",
            "id",
            postgresql_where=text("teaches and counted is distinct from score"),
        ),
        Index(
            "ix_outcomes_unscored",
            "tenant_id",
            "action_type",
            "kind",
            "lineage",
            "status",
            postgresql_where=text("status in ('ambiguous', 'undelivered')"),
        ),
        refers("action_id", "actions", required=True),
        refers("conversation_id", "conversations"),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
        refers("member_id", "members"),
        refers("labelled_by", "members"),
        refers("signal_message_id", "messages"),
        refers("late_message_id", "messages"),
        one_of("status", "pending", "positive", "negative", "ambiguous", "undelivered", "expired"),
        one_of("kind", *KINDS),
        one_of("source", "automatic", "human"),
    )

    action_id: Mapped[UUID] = mapped_column()
    conversation_id: Mapped[UUID | None] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    member_id: Mapped[UUID | None] = mapped_column()
    """Whose action it was."""
    action_type: Mapped[str] = mapped_column(default="", server_default="")
    lineage: Mapped[str] = mapped_column(default="", server_default="")
    """Model, prompts and rules behind the prediction: services/autonomy/lineage.py."""
    kind: Mapped[str] = mapped_column()
    event: Mapped[str] = mapped_column()
    predicted: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    """As stated, before any calibration: learning rests on this one."""
    calibrated: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    """As it was shown and used when the prediction was made."""
    edited: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="pending")
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    """What came of it between 0 and 1; None while open, and where it is left out."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Which signal resolved it, in words of ours."""
    window_ends_at: Mapped[datetime] = mapped_column()
    extended: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often an absence notice moved the window's end."""
    resolved_at: Mapped[datetime | None] = mapped_column()
    source: Mapped[str] = mapped_column(default="automatic")
    signal_message_id: Mapped[UUID | None] = mapped_column()
    late_at: Mapped[datetime | None] = mapped_column()
    """When the event came after all, too late to count."""
    late_message_id: Mapped[UUID | None] = mapped_column()
    labelled_by: Mapped[UUID | None] = mapped_column()
    labelled_at: Mapped[datetime | None] = mapped_column()
    teaches: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether it enters the bins: of predictions that one event settles together, the deal's next
    stage or the account's next meeting, only the first does."""
    counted: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    """The score that stands in the calibration's bins for this outcome; None: none does. What is
    in the bins is counted once and can be taken out again."""


class OutcomeCredit(TenantRow):
    """One action's part in something that happened; the parts of one event sum to 1."""

    __tablename__ = "outcome_credits"
    __table_args__ = (
        UniqueConstraint("tenant_id", "event_kind", "event_id", "action_id"),
        Index(None, "tenant_id", "action_id"),
        Index(None, "tenant_id", "conversation_id", "happened_at"),
        refers("action_id", "actions", required=True),
        refers("conversation_id", "conversations"),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
        refers("member_id", "members"),
        one_of("event_kind", "reply", "stage", "meeting"),
    )

    event_kind: Mapped[str] = mapped_column()
    event_id: Mapped[UUID] = mapped_column()
    happened_at: Mapped[datetime] = mapped_column()
    action_id: Mapped[UUID] = mapped_column()
    conversation_id: Mapped[UUID | None] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    member_id: Mapped[UUID | None] = mapped_column()
    weight: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    score: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=1, server_default="1")
    """How good the event was: 1 forward, 0 back."""
