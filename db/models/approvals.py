"""Approval requests, who was asked, what they said, and the rules it was decided under."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers
from db.models.letters import Letter


class ApprovalRuleSet(TenantRow):
    """One applied version of the tenant's rules: the canonical YAML. Never changed."""

    __tablename__ = "approval_rule_sets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "version"),
        refers("applied_by", "members"),
        one_of("source", "default", "file", "modal"),
    )

    version: Mapped[int] = mapped_column()
    source: Mapped[str] = mapped_column()
    text: Mapped[str] = mapped_column()
    gated_types: Mapped[list[str]] = mapped_column(default=list)
    """Action types that a rule names: their drafts need an approval request."""
    applied_by: Mapped[UUID | None] = mapped_column()


class ApprovalRequest(TenantRow):
    """Something that somebody must allow. `payload` is exactly what takes effect, `payload_hash`
    what people decide on, `basis` how the deal stood. Status: pending → approved · rejected ·
    expired · withdrawn · voided, settled once by a conditional update.

    `due_at` is when the present approvers should have decided, `expires_at` when the request ends
    undecided. `carry_status` tells how far an approval has been carried out.
    """

    __tablename__ = "approval_requests"
    __table_args__ = (
        Index(None, "tenant_id", "status", "due_at"),
        Index(None, "tenant_id", "requester_id", "status"),
        Index(None, "tenant_id", "deal_id"),
        Index(None, "tenant_id", "action_id"),
        Index(
            "ix_approval_requests_open_action",
            "tenant_id",
            "action_id",
            unique=True,
            postgresql_where=text("status = 'pending' and action_id is not null"),
        ),
        Index(
            "ix_approval_requests_uncarried",
            "tenant_id",
            postgresql_where=text("carry_status = 'queued'"),
        ),
        refers("requester_id", "members", required=True),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
        refers("action_id", "actions"),
        refers("replaces_id", "approval_requests"),
        refers("settled_by", "members"),
        one_of("status", "pending", "approved", "rejected", "expired", "withdrawn", "voided"),
        one_of("urgency", "low", "normal", "high", "critical"),
        one_of("risk", "low", "medium", "high"),
        one_of("carry_status", "none", "queued", "done", "failed"),
    )

    type: Mapped[str] = mapped_column()
    status: Mapped[str] = mapped_column(default="pending")
    urgency: Mapped[str] = mapped_column(default="normal")
    risk: Mapped[str] = mapped_column(default="low")
    requester_id: Mapped[UUID] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    action_id: Mapped[UUID | None] = mapped_column()
    percentage: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[str] = mapped_column(default="USD")
    reason: Mapped[str] = mapped_column()
    evidence: Mapped[str] = mapped_column(default="")
    competitor: Mapped[str] = mapped_column(default="")
    payload: Mapped[dict[str, Any]] = mapped_column()
    payload_hash: Mapped[str] = mapped_column()
    basis: Mapped[dict[str, Any]] = mapped_column(default=dict)

    rule_version: Mapped[int] = mapped_column()
    rule_id: Mapped[str] = mapped_column()
    route: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The route's periods as seconds: remind_before, escalate, expires_after, read_at_least."""
    route_sentence: Mapped[str] = mapped_column()
    needed: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime | None] = mapped_column()
    level: Mapped[int] = mapped_column(default=0)
    """How many escalation steps have been taken."""
    reminded: Mapped[int] = mapped_column(default=0)
    """How many reminders of the present level have gone out."""
    breached_at: Mapped[datetime | None] = mapped_column()

    auto_template: Mapped[str | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by: Mapped[UUID | None] = mapped_column()
    settled_surface: Mapped[str | None] = mapped_column()
    settled_reason: Mapped[str | None] = mapped_column()
    conditions: Mapped[list[str]] = mapped_column(default=list)
    replaces_id: Mapped[UUID | None] = mapped_column()

    carry_status: Mapped[str] = mapped_column(default="none")
    carry_note: Mapped[str | None] = mapped_column()
    carry_attempts: Mapped[int] = mapped_column(default=0)
    carried_at: Mapped[datetime | None] = mapped_column()


class ApprovalSeat(TenantRow):
    """One voice of a request; `waiting` until it has spoken or the request is settled: by that a
    person's load is counted. `holder_id` was chosen by the rule (or by an escalation, then
    `escalated`), `delegate_id` may speak for them. `chain` records every hand-over: from, to, why,
    at, by."""

    __tablename__ = "approval_seats"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id", "number"),
        Index(None, "tenant_id", "holder_id"),
        Index(None, "tenant_id", "delegate_id"),
        Index(
            "ix_approval_seats_waiting",
            "tenant_id",
            "holder_id",
            "delegate_id",
            postgresql_where=text("waiting"),
        ),
        refers("request_id", "approval_requests", required=True),
        refers("holder_id", "members"),
        refers("delegate_id", "members"),
    )

    request_id: Mapped[UUID] = mapped_column()
    number: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column()
    holder_id: Mapped[UUID | None] = mapped_column()
    delegate_id: Mapped[UUID | None] = mapped_column()
    escalated: Mapped[bool] = mapped_column(default=False)
    waiting: Mapped[bool] = mapped_column(default=True, server_default="true")
    chain: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class ApprovalVote(TenantRow):
    """What one person said on one seat. A person counts once, a seat counts once."""

    __tablename__ = "approval_votes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id", "member_id"),
        UniqueConstraint("tenant_id", "request_id", "seat_id"),
        refers("request_id", "approval_requests", required=True),
        refers("seat_id", "approval_seats", required=True),
        refers("member_id", "members", required=True),
        refers("for_id", "members"),
        one_of("choice", "approve", "reject"),
        one_of("surface", "slack", "link", "reply"),
    )

    request_id: Mapped[UUID] = mapped_column()
    seat_id: Mapped[UUID] = mapped_column()
    member_id: Mapped[UUID] = mapped_column()
    for_id: Mapped[UUID | None] = mapped_column()
    """Whose seat it is, when the voter is the delegate."""
    choice: Mapped[str] = mapped_column()
    reason: Mapped[str] = mapped_column()
    conditions: Mapped[list[str]] = mapped_column(default=list)
    surface: Mapped[str] = mapped_column()
    payload_hash: Mapped[str] = mapped_column()
    rule_version: Mapped[int] = mapped_column()
    seconds: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    """From the delivery to this person to the decision; None when the delivery isn't known."""
    hasty: Mapped[bool] = mapped_column(default=False)


class ApprovalQuestion(TenantRow):
    """A question of an approver; the answer lands on every card of the request."""

    __tablename__ = "approval_questions"
    __table_args__ = (
        Index(None, "tenant_id", "request_id"),
        refers("request_id", "approval_requests", required=True),
        refers("asked_by", "members"),
        refers("answered_by", "members"),
    )

    request_id: Mapped[UUID] = mapped_column()
    asked_by: Mapped[UUID | None] = mapped_column()
    question: Mapped[str] = mapped_column()
    answered_by: Mapped[UUID | None] = mapped_column()
    answered_at: Mapped[datetime | None] = mapped_column()
    answer: Mapped[str | None] = mapped_column()


class ApprovalMail(Letter):
    """One mail to one person about one request. Its `token_hash` also names the signed link in it;
    the rows of kind `digest` are the links in a digest's mail."""

    __tablename__ = "approval_mails"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id", "member_id", "kind", "number"),
        UniqueConstraint("tenant_id", "token_hash"),
        Index(
            "ix_approval_mails_unsent",
            "tenant_id",
            postgresql_where=text("status in ('queued', 'sending')"),
        ),
        refers("request_id", "approval_requests", required=True),
        refers("member_id", "members", required=True),
        one_of("kind", "request", "reminder", "confirm", "outcome", "urgent", "digest"),
        one_of("status", "queued", "sending", "sent", "none", "failed", "unknown"),
    )

    request_id: Mapped[UUID] = mapped_column()
    payload_hash: Mapped[str] = mapped_column()
    rule_version: Mapped[int] = mapped_column()

    @property
    def subject_id(self) -> UUID:
        """What it is about."""
        return self.request_id


class Absence(TenantRow):
    """A member's time out of office, and who decides for them."""

    __tablename__ = "absences"
    __table_args__ = (
        Index(None, "tenant_id", "member_id", "ends_at"),
        refers("member_id", "members", required=True),
        refers("delegate_id", "members"),
    )

    member_id: Mapped[UUID] = mapped_column()
    delegate_id: Mapped[UUID | None] = mapped_column()
    starts_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column()
    cancelled_at: Mapped[datetime | None] = mapped_column()


class Concession(TenantRow):
    """What was granted to an account by an approved request: written once, by the request's job."""

    __tablename__ = "concessions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id"),
        Index(None, "tenant_id", "account_id"),
        refers("request_id", "approval_requests", required=True),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
    )

    request_id: Mapped[UUID] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    type: Mapped[str] = mapped_column()
    percentage: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[str] = mapped_column()
    conditions: Mapped[list[str]] = mapped_column(default=list)


class Device(TenantRow):
    """A browser on which a member signed in with Slack, to act on links in mails. Only the hash of
    its secret is kept."""

    __tablename__ = "devices"
    __table_args__ = (
        Index(None, "tenant_id", "member_id"),
        refers("member_id", "members", required=True),
    )

    member_id: Mapped[UUID] = mapped_column()
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()


class SignIn(TenantRow):
    """A sign-in that was begun: its state comes back once."""

    __tablename__ = "sign_ins"
    __table_args__ = (UniqueConstraint("tenant_id", "nonce_hash"),)

    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()
