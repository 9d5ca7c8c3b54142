"""Figures counted in advance, pages made from them, and who may read them over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, refers


class LearningDay(TenantRow):
    """What became of one member's actions of one type that were proposed on one day (UTC).
    `member_id` None: whose it was isn't known. Counted anew by a job whenever `learning_marks`
    says so: nobody adds to it. What each column counts: db/analytics.COUNTED.

    `member_id` is no foreign key: the figures of somebody who is gone stay, and emptying it might
    make two rows of a day equal."""

    __tablename__ = "learning_days"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "day", "member_id", "action_type", postgresql_nulls_not_distinct=True
        ),
        Index(None, "tenant_id", "member_id", "day"),
    )

    day: Mapped[date] = mapped_column()
    member_id: Mapped[UUID | None] = mapped_column()
    action_type: Mapped[str] = mapped_column()
    proposed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    edited: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    handled: Mapped[int] = mapped_column(default=0)
    overtaken: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    by_itself: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)
    negative: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)
    undelivered: Mapped[int] = mapped_column(default=0)
    open: Mapped[int] = mapped_column(default=0)
    timed: Mapped[int] = mapped_column(default=0)
    """Decisions whose time is known, and their seconds from shown to decided."""
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    answers_timed: Mapped[int] = mapped_column(default=0)
    """Mails whose time is known, and their seconds from the customer's mail to our answer."""
    answer_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    """Thumbs up and down."""
    requests: Mapped[int] = mapped_column(default=0)
    """Of them, those that waited for somebody else's approval."""
    changed_at: Mapped[datetime] = mapped_column()
    """When a count last found other figures than stood here."""


class LearningMark(TenantRow):
    """A day whose figures have to be counted anew. Whoever changes what is counted adds a row of
    their own, so that no click waits for another; the job that counts takes them away."""

    __tablename__ = "learning_marks"
    __table_args__ = (Index(None, "tenant_id", "day"),)

    day: Mapped[date] = mapped_column()


class LearningState(TenantRow):
    """Which figures a tenant has: `version` grows whenever a count changed some. No row: nothing
    was ever counted."""

    __tablename__ = "learning_states"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    version: Mapped[int] = mapped_column(BigInteger)
    shown_version: Mapped[int] = mapped_column(BigInteger)
    """What the Home tabs were last wanted anew for, and when."""
    shown_at: Mapped[datetime] = mapped_column()


class LearningPage(TenantRow):
    """A page of figures made from the days, kept five minutes unless the figures change: it counts
    for the `version` it was made from."""

    __tablename__ = "learning_pages"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    key: Mapped[str] = mapped_column()
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column(BigInteger)


class ApiToken(TenantRow):
    """A bearer token for /api: only its hash is kept. It acts as the member who made it, reads
    what they may read, and ends with them."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        refers("member_id", "members", required=True),
        refers("revoked_by", "members"),
    )

    member_id: Mapped[UUID] = mapped_column()
    name: Mapped[str] = mapped_column()
    token_hash: Mapped[str] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    last_used_at: Mapped[datetime | None] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()
    revoked_by: Mapped[UUID | None] = mapped_column()
