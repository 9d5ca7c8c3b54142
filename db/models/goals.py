"""Goals and how they come along."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Goal(TenantRow):
    """What a person, a persona or the whole tenant wants to reach in a period. Money is in
    `currency` and never added across currencies; activity counts things done.

    Status: observing (the first thirty days) → proposed (a target from what was observed) → active
    → met or missed; or dropped by a person. A target set by hand goes straight to active.
    """

    __tablename__ = "goals"
    __table_args__ = (
        Index(None, "tenant_id", "status", "ends_on"),
        Index(None, "tenant_id", "member_id"),
        refers("member_id", "members"),
        refers("persona_id", "personas"),
        refers("created_by", "members"),
        refers("target_by", "members"),
        one_of("kind", "revenue", "pipeline", "activity"),
        one_of("scope", "member", "persona", "tenant"),
        one_of("status", "observing", "proposed", "active", "met", "missed", "dropped"),
    )

    kind: Mapped[str] = mapped_column()
    scope: Mapped[str] = mapped_column()
    member_id: Mapped[UUID | None] = mapped_column()
    persona_id: Mapped[UUID | None] = mapped_column()
    currency: Mapped[str | None] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    """The last day, included."""
    observe_until: Mapped[date | None] = mapped_column()
    status: Mapped[str] = mapped_column()
    baseline: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    """What was reached in the days of observation."""
    proposed: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    target: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    target_by: Mapped[UUID | None] = mapped_column()
    """Whose hand set it; None: nobody's, or what was proposed."""
    created_by: Mapped[UUID | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)


class GoalProgress(TenantRow):
    """How a goal stood at the end of a day."""

    __tablename__ = "goal_progress"
    __table_args__ = (
        UniqueConstraint("tenant_id", "goal_id", "day"),
        refers("goal_id", "goals", required=True),
    )

    goal_id: Mapped[UUID] = mapped_column()
    day: Mapped[date] = mapped_column()
    value: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    forecast: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    """What the period comes to if it goes on like this; None: too little is known."""
