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
    → met or missed; or dropped, by a person or because nobody is left to reach it. A target set by
    hand goes straight to active.
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
    timezone: Mapped[str] = mapped_column(default="UTC")
    """Where its days begin and end, for good: that of its person, else of whoever made it."""
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    """The last day, included."""
    observe_from: Mapped[date | None] = mapped_column()
    observe_until: Mapped[date | None] = mapped_column()
    """The first and the last day of watching, both included; None: it began with a target."""
    status: Mapped[str] = mapped_column()
    baseline: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    """What was reached in the days of observation."""
    proposed: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    target: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    target_by: Mapped[UUID | None] = mapped_column()
    """Whose hand set it; None: nobody's, or what was proposed."""
    created_by: Mapped[UUID | None] = mapped_column()
    note: Mapped[str] = mapped_column(default="")
    """What a reader has to know beside the figures: too little to propose from, why it ended."""
    behind_at: Mapped[datetime | None] = mapped_column()
    """When it first fell behind its present target: told once."""
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
    value: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    """None: things happened, and none of them has a known amount."""
    forecast: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    """What the period comes to if it goes on like this; None: too little is known."""


class GoalChange(TenantRow):
    """Something became of a goal: never changed after it is written. Amounts are None where there
    was none."""

    __tablename__ = "goal_changes"
    __table_args__ = (
        Index(None, "tenant_id", "goal_id", "created_at"),
        refers("goal_id", "goals", required=True),
        refers("changed_by", "members"),
        one_of("what", "made", "watched", "proposed", "target", "accepted", "dropped", "settled"),
    )

    goal_id: Mapped[UUID] = mapped_column()
    version: Mapped[int] = mapped_column()
    what: Mapped[str] = mapped_column()
    before: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    after: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    changed_by: Mapped[UUID | None] = mapped_column()
    """None: the copilot did, by its rules."""
    why: Mapped[str] = mapped_column(default="")
