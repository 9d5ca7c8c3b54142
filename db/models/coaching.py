"""What works, as far as the figures show it; what people change again and again; reports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class CoachingFinding(TenantRow):
    """A difference that held up against chance, for one member or (None) for everybody. Only what
    is above the evidence thresholds is ever stored; a night's look replaces all of a reader's."""

    __tablename__ = "coaching_findings"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "pattern", postgresql_nulls_not_distinct=True),
        refers("member_id", "members", required=True),
    )

    member_id: Mapped[UUID | None] = mapped_column()
    pattern: Mapped[str] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    effect: Mapped[float] = mapped_column()
    """The difference of two shares, between -1 and 1, with its interval."""
    low: Mapped[float] = mapped_column()
    high: Mapped[float] = mapped_column()
    p_value: Mapped[float] = mapped_column()
    q_value: Mapped[float] = mapped_column()
    """The p-value after the control for looking at many patterns at once."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """services.types.coaching.Compared as JSON."""
    made_at: Mapped[datetime] = mapped_column()


class CoachingLook(TenantRow):
    """What the last night's look over one member's mails came to, or (None) over everybody's; the
    next one replaces it.

    `counts`: pattern → account → [threads with, answered, threads without, answered]. `tests`:
    pattern → the p-value of each comparison that had evidence enough to be made, whatever came of
    it. `missing`: pattern → how many threads its smaller side lacks. `examples`: pattern → the
    newest messages, with and without. `deeds`: services.types.coaching.Deed as JSON, by its key."""

    __tablename__ = "coaching_looks"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", postgresql_nulls_not_distinct=True),
        refers("member_id", "members", required=True),
    )

    member_id: Mapped[UUID | None] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    threads: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tests: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    examples: Mapped[dict[str, Any]] = mapped_column(default=dict)
    deeds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime] = mapped_column()


class CoachingNight(TenantRow):
    """One night's look over a tenant's members, in the order of their ids: `cursor` is the last one
    that was done. When all are, everybody's figures are made of theirs, and it has ended."""

    __tablename__ = "coaching_nights"
    __table_args__ = (
        UniqueConstraint("tenant_id", "night"),
        Index("ix_coaching_nights_running", "tenant_id", postgresql_where=text("ended_at is null")),
    )

    night: Mapped[date] = mapped_column()
    cursor: Mapped[UUID | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    looked: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()


class CoachingRefusal(TenantRow):
    """A member called a finding not helpful: the pattern isn't shown to them for a while. It says
    nothing about the copilot's texts, so it is no feedback."""

    __tablename__ = "coaching_refusals"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "pattern"),
        refers("member_id", "members", required=True),
    )

    member_id: Mapped[UUID] = mapped_column()
    pattern: Mapped[str] = mapped_column()
    refused_at: Mapped[datetime] = mapped_column()


class EditHabit(TenantRow):
    """The same change that a member makes to drafts again and again, and what they said when they
    were asked whether it should become a rule. What nobody was asked about holds no word of any
    mail: `key` and `sought` (what a text must hold to offer the change) are digests. With the
    question come `before` and `after`, as templates without names or figures.

    Status: seen → asked → accepted · declined; accepted → removed."""

    __tablename__ = "edit_habits"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "key"),
        Index(None, "tenant_id", "member_id", "status"),
        refers("member_id", "members", required=True),
        one_of("change", "cut", "add", "replace"),
        one_of("status", "seen", "asked", "accepted", "declined", "removed"),
    )

    member_id: Mapped[UUID] = mapped_column()
    key: Mapped[str] = mapped_column()
    """Of what makes two changes the same one."""
    sought: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="und", server_default="und")
    change: Mapped[str] = mapped_column()
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="seen")
    times: Mapped[int] = mapped_column(default=0)
    """Different conversations in which it was made, at the last look."""
    asked_at: Mapped[datetime | None] = mapped_column()
    accepted_at: Mapped[datetime | None] = mapped_column()
    """Since when the rule holds, or last held."""
    decided_at: Mapped[datetime | None] = mapped_column()


class EditSighting(TenantRow):
    """What one mail says of a habit: the member made the change (`made`), or could have and didn't
    (`left`); or the rule made it (`applied`) and the member put it back (`undone`)."""

    __tablename__ = "edit_sightings"
    __table_args__ = (
        UniqueConstraint("tenant_id", "habit_id", "action_id"),
        Index(None, "tenant_id", "action_id"),
        one_of("came", "made", "left", "applied", "undone"),
        refers("habit_id", "edit_habits", required=True),
        refers("action_id", "actions", required=True),
    )

    habit_id: Mapped[UUID] = mapped_column()
    action_id: Mapped[UUID] = mapped_column()
    came: Mapped[str] = mapped_column()


class Report(TenantRow):
    """The figures of one past week or month, as they were told: `member_id` None for the whole
    tenant's. Made once; `body` keeps each figure with its formula, sample and range."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "period", "starts_on", "member_id", postgresql_nulls_not_distinct=True
        ),
        refers("member_id", "members", required=True),
        one_of("period", "week", "month"),
    )

    period: Mapped[str] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    member_id: Mapped[UUID | None] = mapped_column()
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime] = mapped_column()


class ReportWish(TenantRow):
    """Days whose figures somebody asked for, until they are counted. `response_url` is Slack's way
    back to them, good for half an hour and dropped when it was used; empty where nobody waits."""

    __tablename__ = "report_wishes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "command_id"),
        Index(
            "ix_report_wishes_open",
            "tenant_id",
            "created_at",
            postgresql_where=text("settled_at is null"),
        ),
        refers("member_id", "members", required=True),
        one_of("period", "week", "month"),
    )

    member_id: Mapped[UUID] = mapped_column()
    command_id: Mapped[str] = mapped_column()
    period: Mapped[str] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    response_url: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column()


class ReportMail(TenantRow):
    """A report on its way to one member: queued → sending → sent · failed · unknown."""

    __tablename__ = "report_mails"
    __table_args__ = (
        UniqueConstraint("tenant_id", "report_id", "recipient_id"),
        Index(None, "tenant_id", "status"),
        refers("report_id", "reports", required=True),
        refers("recipient_id", "members", required=True),
        one_of("status", "queued", "sending", "sent", "failed", "unknown"),
    )

    report_id: Mapped[UUID] = mapped_column()
    recipient_id: Mapped[UUID] = mapped_column()
    status: Mapped[str] = mapped_column(default="queued")
    asked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its reader asked for it: then their wish to get none by mail doesn't count."""
    sent_at: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
    failure: Mapped[str] = mapped_column(default="", server_default="")
