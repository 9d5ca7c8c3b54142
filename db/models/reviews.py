"""What people say at length about what we made, and what they were asked to say."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


def _score(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} between 1 and 5", name=column)


class Review(TenantRow):
    """A member's scores from 1 to 5 for one thing, and their words; the last one stands."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "target", "target_id"),
        refers("member_id", "members", required=True),
        one_of("target", "message", "decision", "conversation"),
        _score("overall"),
        _score("accuracy"),
        _score("tone"),
        _score("usefulness"),
    )

    member_id: Mapped[UUID] = mapped_column()
    target: Mapped[str] = mapped_column()
    target_id: Mapped[UUID] = mapped_column()
    overall: Mapped[int] = mapped_column()
    accuracy: Mapped[int | None] = mapped_column()
    tone: Mapped[int | None] = mapped_column()
    usefulness: Mapped[int | None] = mapped_column()
    words: Mapped[str] = mapped_column(default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column()


class FeedbackPrompt(TenantRow):
    """A member was asked how something was: never twice about the same, and few times a week."""

    __tablename__ = "feedback_prompts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id", "target", "target_id"),
        refers("member_id", "members", required=True),
        one_of("target", "message", "decision", "conversation"),
    )

    member_id: Mapped[UUID] = mapped_column()
    target: Mapped[str] = mapped_column()
    target_id: Mapped[UUID] = mapped_column()
    answered_at: Mapped[datetime | None] = mapped_column()
