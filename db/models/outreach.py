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
        refers("account_id", "accounts", required=True),
        refers("deal_id", "deals"),
        refers("contact_id", "contacts"),
        refers("member_id", "members"),
        refers("goal_id", "goals"),
        refers("action_id", "actions"),
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
    status: Mapped[str] = mapped_column(default="found")
    why_not: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)


class OutreachCheck(TenantRow):
    """One hour's look for triggers over a tenant's accounts, in the order of their ids: `cursor` is
    the last one that was done."""

    __tablename__ = "outreach_checks"
    __table_args__ = (UniqueConstraint("tenant_id", "due_at"),)

    due_at: Mapped[datetime] = mapped_column()
    cursor: Mapped[UUID | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    looked: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
