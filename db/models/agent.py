"""Questions asked in the direct message, and their answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class AgentAnswer(TenantRow):
    """One question of a member and what was answered, once however often the event came.

    Status: asked → answering → done · stopped (by the member) · failed, or choosing: it waits for
    the member to say which account is meant, and is asked again with it. `pages` are the ts of the
    messages the answer stands in, in order; `whole` says that `text` is all of it, so that whoever
    takes over from a process that died only shows it.
    """

    __tablename__ = "agent_answers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "channel", "question_ts"),
        Index(None, "tenant_id", "channel", "thread_ts"),
        Index(None, "tenant_id", "member_id", "created_at"),
        Index(
            "ix_agent_answers_open",
            "tenant_id",
            postgresql_where=text("status in ('asked', 'answering')"),
        ),
        refers("member_id", "members", required=True),
        refers("account_id", "accounts"),
        one_of("status", "asked", "answering", "choosing", "done", "stopped", "failed"),
    )

    member_id: Mapped[UUID] = mapped_column()
    channel: Mapped[str] = mapped_column()
    thread_ts: Mapped[str] = mapped_column()
    question_ts: Mapped[str] = mapped_column()
    question: Mapped[str] = mapped_column()
    seen: Mapped[list[str]] = mapped_column(default=list)
    """Messages the member was looking at when they asked, as `channel/ts`, the nearest first."""
    account_id: Mapped[UUID | None] = mapped_column()
    choices: Mapped[list[str]] = mapped_column(default=list)
    """Accounts the member may choose from while it is `choosing`."""
    status: Mapped[str] = mapped_column(default="asked")
    stop_asked_at: Mapped[datetime | None] = mapped_column()
    pages: Mapped[list[str]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(default="")
    whole: Mapped[bool] = mapped_column(default=False)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    model: Mapped[str | None] = mapped_column()
    note: Mapped[str | None] = mapped_column()
    attempts: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
