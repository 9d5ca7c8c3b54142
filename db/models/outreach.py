"""What calls for something to be done about an account, and the hourly look for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers

OPEN = "status in ('found', 'proposed', 'scheduled')"


class Trigger(TenantRow):
    """Something calls for outreach. `key` names what (kind, subject, occasion): the same is found
    once however often it is looked for.

    Status: found → proposed (a card asks) or scheduled (a mail is being written, or leaves by
    itself) → acted; or declined (the copilot decided not to, `why_not` says why), dismissed (a
    person said no), lapsed (it no longer holds). Of one account and `purpose` at most one is open.
    What was declined or has lapsed and holds again is found again: it is the same row.
    """

    __tablename__ = "triggers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index(
            "ix_triggers_open_purpose",
            "tenant_id",
            "account_id",
            "purpose",
            unique=True,
            postgresql_where=text(OPEN),
        ),
        Index(None, "tenant_id", "status", "created_at"),
        Index(None, "tenant_id", "member_id", "created_at"),
        Index(None, "tenant_id", "action_id"),
        Index(None, "tenant_id", "account_id", "status"),
        Index(
            "ix_triggers_newest",
            "tenant_id",
            text("coalesce(settled_at, weighed_at, created_at)"),
        ),
        refers("account_id", "accounts", required=True),
        refers("deal_id", "deals"),
        refers("contact_id", "contacts"),
        refers("member_id", "members"),
        refers("goal_id", "goals"),
        refers("action_id", "actions"),
        refers("thread_id", "conversations"),
        refers("settled_by", "members"),
        one_of(
            "kind",
            "follow_up_due",
            "silence",
            "buying_signal",
            "recap_due",
            "promise_due",
            "stage_stuck",
            "renewal_window",
        ),
        one_of(
            "status", "found", "proposed", "scheduled", "acted", "declined", "dismissed", "lapsed"
        ),
    )

    kind: Mapped[str] = mapped_column()
    name: Mapped[str] = mapped_column(default="")
    """The signal's, where it was found in one."""
    key: Mapped[str] = mapped_column()
    account_id: Mapped[UUID] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column()
    """Whom a mail would go to: chosen by code among the account's confirmed contacts."""
    member_id: Mapped[UUID | None] = mapped_column()
    """Who looks after it, and is asked."""
    goal_id: Mapped[UUID | None] = mapped_column()
    subject_id: Mapped[UUID | None] = mapped_column()
    """What it was found in: a signal, a meeting, a message, a deal."""
    why: Mapped[str] = mapped_column(default="")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    purpose: Mapped[str] = mapped_column()
    """What would be done about it, in one word of ours: two reasons for one purpose are one."""
    action_type: Mapped[str] = mapped_column()
    action_id: Mapped[UUID | None] = mapped_column()
    thread_id: Mapped[UUID | None] = mapped_column()
    """The conversation a mail would continue."""
    status: Mapped[str] = mapped_column(default="found")
    why_not: Mapped[str] = mapped_column(default="")
    """Why nothing was done; of what is still open, what it waits for."""
    level: Mapped[str] = mapped_column(default="")
    """How far its type was trusted when something was made of it: what tells one that a person is
    shown from one that is only written down."""
    due_at: Mapped[datetime | None] = mapped_column()
    """A person has put it off until then."""
    seen_at: Mapped[datetime] = mapped_column()
    """When it was last found to hold."""
    weighed_at: Mapped[datetime | None] = mapped_column()
    """When it was last asked what becomes of it."""
    proposed_at: Mapped[datetime | None] = mapped_column()
    """When it was proposed, or its mail begun: what the caps count."""
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)


class OutreachCheck(TenantRow):
    """One hour's look for triggers over a tenant's accounts, in the order of their ids: `cursor` is
    the last one that was done. When all are, what was found is taken up (`taking_up`), and then it
    has ended. `failed`: accounts that could not be looked at."""

    __tablename__ = "outreach_checks"
    __table_args__ = (
        UniqueConstraint("tenant_id", "due_at"),
        Index("ix_outreach_checks_running", "tenant_id", postgresql_where=text("ended_at is null")),
    )

    due_at: Mapped[datetime] = mapped_column()
    cursor: Mapped[UUID | None] = mapped_column()
    taking_up: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column()
    looked: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
