"""Bringing people in: imports from Slack, and the selections an admin looks at before enabling."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class MemberImport(TenantRow):
    """People of the workspace who are to become members, one by one by a job. `results` grows with
    each of them, so that a job that comes again goes on where the last one stopped."""

    __tablename__ = "member_imports"
    __table_args__ = (
        Index(None, "tenant_id", "status"),
        refers("requested_by", "members", required=True),
        refers("manager_id", "members"),
        one_of("role", "rep", "manager", "executive", "admin"),
        one_of("status", "queued", "done", "failed"),
    )

    requested_by: Mapped[UUID] = mapped_column()
    role: Mapped[str] = mapped_column()
    manager_id: Mapped[UUID | None] = mapped_column()
    user_ids: Mapped[list[str]] = mapped_column(default=list)
    group_id: Mapped[str | None] = mapped_column()
    group_name: Mapped[str | None] = mapped_column()
    results: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="queued")
    note: Mapped[str | None] = mapped_column()


class Selection(TenantRow):
    """Members an admin has chosen to look at, and perhaps to enable. What travels in Slack is its
    id alone: many people don't fit into a button."""

    __tablename__ = "selections"
    __table_args__ = (refers("requested_by", "members", required=True),)

    requested_by: Mapped[UUID] = mapped_column()
    member_ids: Mapped[list[str]] = mapped_column(default=list)
    enabled_at: Mapped[datetime | None] = mapped_column()
