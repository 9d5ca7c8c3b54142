"""Cards (projections of state onto people's surfaces), feedback, and commands already answered."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Card(TenantRow):
    """What one person is shown about one subject. Services bump `wanted_rev`; the card's job
    delivers and writes `delivered_rev`. `post_token` names the post in Slack's metadata, so that a
    lost answer is found instead of posted again."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "subject_id", "recipient_id"),
        Index(None, "tenant_id", "subject_id"),
        Index(None, "tenant_id", "channel", "ts"),
        Index(None, "tenant_id", "recipient_id", "kind", "first_shown_at"),
        Index(
            "ix_cards_behind",
            "tenant_id",
            "id",
            postgresql_where=text("wanted_rev > delivered_rev"),
        ),
        refers("recipient_id", "members", required=True),
    )

    kind: Mapped[str] = mapped_column()
    subject_id: Mapped[UUID] = mapped_column()
    recipient_id: Mapped[UUID] = mapped_column()
    surface: Mapped[str] = mapped_column(default="slack")
    channel: Mapped[str | None] = mapped_column()
    ts: Mapped[str | None] = mapped_column()
    posting_since: Mapped[datetime | None] = mapped_column()
    wanted_rev: Mapped[int] = mapped_column(default=0)
    delivered_rev: Mapped[int] = mapped_column(default=0)
    fresh_rev: Mapped[int] = mapped_column(default=0, server_default="0")
    """The revision that is to stand in a new message: an update in place notifies nobody."""
    held_rev: Mapped[int | None] = mapped_column()
    """The revision at which it was held back (services/reach); None: it never was. 0: the person
    asked for it, so nothing holds it back any more."""
    shown: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str | None] = mapped_column()
    first_shown_at: Mapped[datetime | None] = mapped_column()
    """When the person could see it first: how long a decision took is counted from here."""
    not_before: Mapped[datetime | None] = mapped_column()
    """The turn its post has been given among those for the same conversation and workspace."""
    rolled_up_at: Mapped[datetime | None] = mapped_column()
    """Since when it stands in its reader's roll-up instead of in a message of its own."""
    asked_for_at: Mapped[datetime | None] = mapped_column()
    """When its reader asked to see it: it is not rolled up again."""
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()


class Feedback(TenantRow):
    """A member's word on something we made: the last word stands, the audit keeps the others."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "target", "target_id"),
        Index(None, "tenant_id", "target_id"),
        refers("member_id", "members", required=True),
        one_of("target", "message", "decision", "conversation", "signal", "trigger"),
        one_of("source", "button", "reaction", "command"),
    )

    member_id: Mapped[UUID] = mapped_column()
    target: Mapped[str] = mapped_column()
    target_id: Mapped[UUID] = mapped_column()
    rating: Mapped[int] = mapped_column()
    reason: Mapped[str | None] = mapped_column()
    source: Mapped[str] = mapped_column(default="button")
    changed_at: Mapped[datetime] = mapped_column()


class CommandResult(TenantRow):
    """A command that has been carried out, by the id its sender gave it (trigger_id,
    root_view_id, Idempotency-Key): a repeat gets the same answer and does nothing."""

    __tablename__ = "command_results"
    __table_args__ = (UniqueConstraint("tenant_id", "command_id"),)

    command_id: Mapped[str] = mapped_column()
    verb: Mapped[str] = mapped_column()
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Digest(TenantRow):
    """One digest of one member and day: made once, whichever sweep came first."""

    __tablename__ = "digests"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "day", "request"),
        Index(
            "ix_digests_unsent",
            "tenant_id",
            postgresql_where=text("mail_status in ('queued', 'sending')"),
        ),
        refers("member_id", "members", required=True),
        one_of("mail_status", "none", "queued", "sending", "sent", "failed", "unknown"),
    )

    member_id: Mapped[UUID] = mapped_column()
    day: Mapped[date] = mapped_column()
    request: Mapped[str] = mapped_column(default="daily")
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mail_status: Mapped[str] = mapped_column(default="none")
    mail_note: Mapped[str | None] = mapped_column()
