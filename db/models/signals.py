"""Signals, everything detectors have found, the thresholds in force, and the scans that look."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers

OPEN = "status in ('raised', 'acknowledged')"


class Signal(TenantRow):
    """Something that matters about an account, with the evidence it stands on.

    Status: raised → acknowledged → acted, dismissed or cleared (the condition went away); each may
    follow on raised at once. `cause` names what it is about inside the account (a deal, a contact,
    nothing): of one name and cause at most one is open, so nobody is told twice. `evidence` is a
    list of services.types.signals.Evidence as JSON, every piece with the source it stands in.
    """

    __tablename__ = "signals"
    __table_args__ = (
        Index(
            "ix_signals_open_cause",
            "tenant_id",
            "account_id",
            "name",
            "cause",
            unique=True,
            postgresql_where=text(OPEN),
        ),
        Index(None, "tenant_id", "account_id", "raised_at"),
        Index(None, "tenant_id", "raised_at"),
        Index(
            "ix_signals_action",
            "tenant_id",
            "action_id",
            postgresql_where=text("action_id is not null"),
        ),
        refers("account_id", "accounts", required=True),
        refers("deal_id", "deals"),
        refers("contact_id", "contacts"),
        refers("acknowledged_by", "members"),
        refers("snoozed_by", "members"),
        refers("settled_by", "members"),
        refers("action_id", "actions"),
        one_of("kind", "buying", "risk", "engagement_change"),
        one_of("severity", "low", "medium", "high", "critical"),
        one_of("status", "raised", "acknowledged", "acted", "dismissed", "cleared"),
    )

    account_id: Mapped[UUID] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column()
    kind: Mapped[str] = mapped_column()
    name: Mapped[str] = mapped_column()
    cause: Mapped[str] = mapped_column(default="")
    severity: Mapped[str] = mapped_column()
    confidence: Mapped[float] = mapped_column()
    threshold: Mapped[float] = mapped_column()
    """What was in force when it was raised."""
    why: Mapped[str] = mapped_column(default="")
    """Why now, in one sentence of ours."""
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    detectors: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="raised")
    raised_at: Mapped[datetime] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column()
    """When the condition was last found to hold."""
    acknowledged_at: Mapped[datetime | None] = mapped_column()
    acknowledged_by: Mapped[UUID | None] = mapped_column()
    snoozed_until: Mapped[datetime | None] = mapped_column()
    snoozed_by: Mapped[UUID | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by: Mapped[UUID | None] = mapped_column()
    settled_why: Mapped[str] = mapped_column(default="")
    action_id: Mapped[UUID | None] = mapped_column()
    """What was drafted because of it."""
    scan_id: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)


class Detection(TenantRow):
    """What a look at an account found, raised or not: what a replay at another threshold is made
    from. One row a name, cause and change of confidence or evidence (`digest`); what is found again
    after it was gone is a new one. Kept for a quarter after it was gone."""

    __tablename__ = "detections"
    __table_args__ = (
        Index(
            "ix_detections_holding",
            "tenant_id",
            "account_id",
            "name",
            "cause",
            "digest",
            unique=True,
            postgresql_where=text("gone_at is null"),
        ),
        Index("ix_detections_gone", "tenant_id", "account_id", "gone_at"),
        Index(None, "tenant_id", "found_at"),
        refers("account_id", "accounts", required=True),
        refers("signal_id", "signals"),
        one_of("kind", "buying", "risk", "engagement_change"),
        one_of("severity", "low", "medium", "high", "critical"),
    )

    account_id: Mapped[UUID] = mapped_column()
    signal_id: Mapped[UUID | None] = mapped_column()
    """The signal it raised or was counted to; None: it stayed below what is asked for."""
    kind: Mapped[str] = mapped_column()
    name: Mapped[str] = mapped_column()
    cause: Mapped[str] = mapped_column(default="")
    severity: Mapped[str] = mapped_column()
    confidence: Mapped[float] = mapped_column()
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    detectors: Mapped[list[str]] = mapped_column(default=list)
    digest: Mapped[str] = mapped_column()
    found_at: Mapped[datetime] = mapped_column()
    gone_at: Mapped[datetime | None] = mapped_column()
    """When nothing of its name and cause was found any more."""


class SignalThreshold(TenantRow):
    """A move of the confidence that signals of a name need; the newest that wasn't undone is in
    force, and without one the default. `samples` holds the feedback it was moved by."""

    __tablename__ = "signal_thresholds"
    __table_args__ = (
        Index(None, "tenant_id", "name", "created_at"),
        refers("moved_by", "members"),
        refers("undone_by", "members"),
        one_of("source", "feedback", "person"),
    )

    name: Mapped[str] = mapped_column()
    before: Mapped[float] = mapped_column()
    value: Mapped[float] = mapped_column()
    source: Mapped[str] = mapped_column()
    reason: Mapped[str] = mapped_column()
    samples: Mapped[dict[str, Any]] = mapped_column(default=dict)
    moved_by: Mapped[UUID | None] = mapped_column()
    undone_at: Mapped[datetime | None] = mapped_column()
    undone_by: Mapped[UUID | None] = mapped_column()


class SignalWarning(TenantRow):
    """More than half of a name's rated signals were false alarms: said once a name and month (the
    first day of the month, in UTC), with the figures it was said on."""

    __tablename__ = "signal_warnings"
    __table_args__ = (UniqueConstraint("tenant_id", "name", "month"),)

    name: Mapped[str] = mapped_column()
    month: Mapped[date] = mapped_column()
    false_alarms: Mapped[int] = mapped_column()
    rated: Mapped[int] = mapped_column()


class Scan(TenantRow):
    """One look over a tenant's accounts, and what it cost. `due_at` is the moment it belongs to, so
    that two schedulers begin one. Status: running → done, or stopped (`stop_reason`: the budget is
    used up and the rules went on alone, or the next scan came first). A running one whose worker
    died is taken up again where it stood."""

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("tenant_id", "due_at"),
        Index("ix_scans_running", "tenant_id", postgresql_where=text("status = 'running'")),
        one_of("status", "running", "done", "stopped"),
    )

    due_at: Mapped[datetime] = mapped_column()
    status: Mapped[str] = mapped_column(default="running")
    finished_at: Mapped[datetime | None] = mapped_column()
    stop_reason: Mapped[str] = mapped_column(default="")
    model_calls: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    """None as soon as one of its calls has no known price: unpriced is not free."""


class ScanAccount(TenantRow):
    """One account of a scan: queued → done, failed, or skipped (it is no longer ours to look at, or
    the next scan came first). `note` says what couldn't be done: a model that didn't answer, a
    budget that is used up. `reason` says why it is looked at: activity, or the clock."""

    __tablename__ = "scan_accounts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scan_id", "account_id"),
        Index(
            "ix_scan_accounts_queued",
            "tenant_id",
            "scan_id",
            postgresql_where=text("status = 'queued'"),
        ),
        refers("scan_id", "scans", required=True),
        refers("account_id", "accounts", required=True),
        one_of("status", "queued", "done", "failed", "skipped"),
        one_of("reason", "activity", "clock"),
    )

    scan_id: Mapped[UUID] = mapped_column()
    account_id: Mapped[UUID] = mapped_column()
    reason: Mapped[str] = mapped_column()
    status: Mapped[str] = mapped_column(default="queued")
    note: Mapped[str] = mapped_column(default="")
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
    model_calls: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    done_at: Mapped[datetime | None] = mapped_column()
