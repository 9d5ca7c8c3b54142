"""Files of ours that somebody asked for in Slack."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class AutonomyExport(TenantRow):
    """The list of actions, or another part's file, for one admin: asked → done, or refused (`why`
    was told). `file_id` is set before the file is shown to anybody: what is found with one is
    settled by asking Slack, so that a command makes one file."""

    __tablename__ = "autonomy_exports"
    __table_args__ = (
        UniqueConstraint("tenant_id", "command_id"),
        Index(
            "ix_autonomy_exports_open",
            "tenant_id",
            "created_at",
            postgresql_where=text("status = 'asked'"),
        ),
        refers("member_id", "members", required=True),
        one_of("status", "asked", "done", "refused"),
    )

    member_id: Mapped[UUID] = mapped_column()
    command_id: Mapped[str] = mapped_column()
    chosen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the list was narrowed to: type, account_id, member_id, which, since, until. Of another
    part's file only its name, as `file`."""
    status: Mapped[str] = mapped_column(default="asked")
    file_id: Mapped[str | None] = mapped_column()
    why: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
