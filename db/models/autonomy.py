"""How far the copilot is trusted, what moved that, and what policy said of each text."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers

LEVELS = ("off", "shadow", "suggest", "approve", "undo_window", "autonomous")


class EarnedLevel(TenantRow):
    """How far one action type is trusted in this tenant. No row: the type's first level
    (services/autonomy/levels.py), and no limit. `ceiling` is the organisation's limit, set by an
    admin; what is in force is the lower of the two. `lineage` names the model, prompts and rules
    the level was earned with: with others it starts again."""

    __tablename__ = "earned_levels"
    __table_args__ = (
        UniqueConstraint("tenant_id", "action_type"),
        one_of("earned", *LEVELS),
        one_of("ceiling", *LEVELS),
    )

    action_type: Mapped[str] = mapped_column()
    earned: Mapped[str] = mapped_column()
    ceiling: Mapped[str | None] = mapped_column()
    lineage: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime] = mapped_column()
    """When `earned` became what it is: evidence from before counts for nothing."""
    version: Mapped[int] = mapped_column(default=1)
    weighed_at: Mapped[datetime | None] = mapped_column()
    """When its evidence was looked at last."""
    weighed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it was then (services/types/earning.Evidence.as_json): the page shows this, so that
    whoever opens it never waits for years of cases to be read. Empty: nothing since the level."""


class LevelMove(TenantRow):
    """Something moved what an action type may do: never changed after it is written.

    `before` and `after` are the level in force in the tenant, `off` while a type is stopped. Of a
    narrowing they are the member's own limit, '' for none, on the `account_id` in `evidence`, if
    it is for one account; its `action_type` may be '' for all."""

    __tablename__ = "level_moves"
    __table_args__ = (
        Index(None, "tenant_id", "action_type", "created_at"),
        refers("moved_by", "members"),
        refers("promotion_id", "promotions"),
        one_of(
            "kind", "promoted", "demoted", "reset", "limited", "stopped", "released", "narrowed"
        ),
    )

    action_type: Mapped[str] = mapped_column()
    kind: Mapped[str] = mapped_column()
    before: Mapped[str] = mapped_column()
    after: Mapped[str] = mapped_column()
    moved_by: Mapped[UUID | None] = mapped_column()
    """None: the rule did it by itself, which only demotes and resets."""
    promotion_id: Mapped[UUID | None] = mapped_column()
    why: Mapped[str] = mapped_column(default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Promotion(TenantRow):
    """A higher level proposed for an action type, with the evidence: pending → approved or declined
    by a person, or withdrawn because it no longer holds. One pending at a time per type."""

    __tablename__ = "promotions"
    __table_args__ = (
        Index(
            "ix_promotions_pending",
            "tenant_id",
            "action_type",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index(None, "tenant_id", "created_at"),
        refers("decided_by", "members"),
        one_of("status", "pending", "approved", "declined", "withdrawn"),
        one_of("before", *LEVELS),
        one_of("after", *LEVELS),
    )

    action_type: Mapped[str] = mapped_column()
    before: Mapped[str] = mapped_column()
    after: Mapped[str] = mapped_column()
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lineage: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="pending")
    decided_by: Mapped[UUID | None] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column()
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class Narrowing(TenantRow):
    """A member trusts the copilot less than the tenant does: for one account or all of theirs, for
    one action type or all ('')."""

    __tablename__ = "narrowings"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "member_id",
            "account_id",
            "action_type",
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "tenant_id", "account_id"),
        refers("member_id", "members", required=True),
        refers("account_id", "accounts", required=True),
        one_of("ceiling", *LEVELS),
    )

    member_id: Mapped[UUID] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    action_type: Mapped[str] = mapped_column(default="")
    ceiling: Mapped[str] = mapped_column()


class Judgement(TenantRow):
    """What policy said of one revision of an action when it was written, and what was done because
    of it. `would` is what the copilot would do by itself if its level alone forbade nothing: what
    shadow mode is compared by.

    `decision`: held (only written down) · suggested · asked (a person decides) · queued (leaves by
    itself) · stopped (policy never lets it leave). `revision` 0: of the wish to write, before there
    is a text. `undone_at`: a person called off what was queued, `undone_reason` says why, in their
    word; that stays, whatever becomes of the text.
    """

    __tablename__ = "judgements"
    __table_args__ = (
        UniqueConstraint("tenant_id", "action_id", "revision"),
        Index(None, "tenant_id", "created_at"),
        Index(None, "tenant_id", "declared", "level", "created_at"),
        refers("action_id", "actions", required=True),
        refers("undone_by", "members"),
        one_of("level", *LEVELS),
        one_of("verdict", "autonomous", "approval_required", "hard_stop"),
        one_of("decision", "held", "suggested", "asked", "queued", "stopped"),
        one_of("would", "send", "ask", "stop"),
    )

    action_id: Mapped[UUID] = mapped_column()
    revision: Mapped[int] = mapped_column()
    level: Mapped[str] = mapped_column()
    verdict: Mapped[str] = mapped_column()
    decision: Mapped[str] = mapped_column()
    would: Mapped[str] = mapped_column()
    reasons: Mapped[list[str]] = mapped_column(default=list)
    rules: Mapped[list[str]] = mapped_column(default=list)
    types: Mapped[list[str]] = mapped_column(default=list)
    lineage: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None] = mapped_column()
    undone_by: Mapped[UUID | None] = mapped_column()
    undone_reason: Mapped[str] = mapped_column(default="")
    declared: Mapped[str | None] = mapped_column(Computed("types ->> 0", persisted=True))
    """The type it was meant as, which is the first: row-level security lets no index look into
    JSON."""
