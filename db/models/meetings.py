"""Meetings, what was said in them, and Slack threads that are about an account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Meeting(TenantRow):
    """A meeting with an account, from a calendar invitation in mail or from an imported transcript.
    A series has a row a date. `attendees` is a list of {email, name, status, at}: what each
    answered and when. `cancellations` and `moves` count what happened to it before it was held;
    one that is called off and made again goes on counting."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("tenant_id", "uid"),
        Index(None, "tenant_id", "account_id", "starts_at"),
        Index(None, "tenant_id", "series"),
        Index(None, "tenant_id", "message_id"),
        refers("account_id", "accounts"),
        refers("deal_id", "deals"),
        refers("message_id", "messages"),
        one_of("status", "scheduled", "cancelled"),
        one_of("source", "invitation", "transcript"),
    )

    account_id: Mapped[UUID | None] = mapped_column()
    deal_id: Mapped[UUID | None] = mapped_column()
    message_id: Mapped[UUID | None] = mapped_column()
    """The mail that said so last."""
    uid: Mapped[str] = mapped_column()
    """The invitation's, for a date of a series with that date behind it."""
    series: Mapped[str] = mapped_column(default="")
    """The invitation's UID alone; empty for a meeting known by its transcript only."""
    occurs_at: Mapped[datetime | None] = mapped_column()
    """The date the series gave it, wherever it was moved since; None outside a series."""
    sequence: Mapped[int] = mapped_column(default=0)
    stamp: Mapped[datetime | None] = mapped_column()
    """When its program last wrote it (DTSTAMP): with `sequence`, which of two versions is newer."""
    title: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime | None] = mapped_column()
    all_day: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="scheduled")
    source: Mapped[str] = mapped_column()
    organizer: Mapped[str] = mapped_column(default="")
    attendees: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    cancellations: Mapped[int] = mapped_column(default=0)
    moves: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column()


class Transcript(TenantRow):
    """What was said in a meeting, from a .vtt or .txt file. `turns` is a list of {at (seconds or
    null), speaker, text}; the same file (`sha256`) is imported once."""

    __tablename__ = "transcripts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "sha256"),
        refers("meeting_id", "meetings", required=True),
        refers("account_id", "accounts", required=True),
        refers("imported_by", "members"),
        Index(None, "tenant_id", "meeting_id"),
        Index(
            "ix_transcripts_unread",
            "tenant_id",
            "created_at",
            postgresql_where=text("read_at is null"),
        ),
    )

    meeting_id: Mapped[UUID] = mapped_column()
    account_id: Mapped[UUID] = mapped_column()
    sha256: Mapped[str] = mapped_column()
    file_name: Mapped[str] = mapped_column(default="")
    turns: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    analysis: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What services.analysis stores of a mail, and `findings` and `insights` beside it."""
    read_at: Mapped[datetime | None] = mapped_column()
    """When it was analysed; None: its job is still to come."""
    permalink: Mapped[str | None] = mapped_column()
    imported_by: Mapped[UUID | None] = mapped_column()


class SlackThread(TenantRow):
    """A Slack thread the bot was asked into, about one account; of others nothing is kept."""

    __tablename__ = "slack_threads"
    __table_args__ = (
        UniqueConstraint("tenant_id", "channel", "thread_ts"),
        Index(None, "tenant_id", "account_id", "last_at"),
        refers("account_id", "accounts", required=True),
        refers("followed_by", "members"),
    )

    channel: Mapped[str] = mapped_column()
    thread_ts: Mapped[str] = mapped_column()
    """Of the thread's first message, as Slack names it."""
    account_id: Mapped[UUID] = mapped_column()
    followed_by: Mapped[UUID | None] = mapped_column()
    permalink: Mapped[str | None] = mapped_column()
    last_at: Mapped[datetime] = mapped_column()
    caught_up_at: Mapped[datetime | None] = mapped_column()
    """When what had been written before it was followed was read; None: still to be done."""
    ended_at: Mapped[datetime | None] = mapped_column()
    """When it was let go of: nothing later is read."""


class SlackPost(TenantRow):
    """One message of a followed thread. An edit changes it; of one that was deleted nothing stays
    but that it was (`removed_at`), so that a late copy doesn't bring it back."""

    __tablename__ = "slack_posts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "thread_id", "ts"),
        Index(None, "tenant_id", "thread_id", "posted_at"),
        refers("thread_id", "slack_threads", required=True),
        refers("member_id", "members"),
    )

    thread_id: Mapped[UUID] = mapped_column()
    ts: Mapped[str] = mapped_column()
    slack_user_id: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    member_id: Mapped[UUID | None] = mapped_column()
    text: Mapped[str] = mapped_column(default="")
    edited_at: Mapped[datetime | None] = mapped_column()
    """Which edit of it this is; an older one never overwrites."""
    removed_at: Mapped[datetime | None] = mapped_column()
    posted_at: Mapped[datetime] = mapped_column()
