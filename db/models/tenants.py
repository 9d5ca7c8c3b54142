"""The tenant, its members and its kill switch."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TenantRow, one_of, refers


class Tenant(Base):
    """A Slack workspace. `settings` holds what admins may tune."""

    __tablename__ = "tenants"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column()
    team_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column()
    bot_user_id: Mapped[str] = mapped_column()
    bot_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    installed_at: Mapped[datetime | None] = mapped_column()
    """When the present token came: an uninstall that happened before it is old news."""
    bot_grant: Mapped[bytes | None] = mapped_column(LargeBinary)
    """With token rotation: the sealed token with what renews it, and the ones before."""
    token_lease: Mapped[UUID | None] = mapped_column()
    token_lease_until: Mapped[datetime | None] = mapped_column()
    paused_at: Mapped[datetime | None] = mapped_column()
    """Since when Slack refuses us: what is meant for Slack, and what would leave, waits."""
    paused_why: Mapped[str | None] = mapped_column()
    admin_wanted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Installed by somebody Slack doesn't call an admin: the first one of those becomes ours."""


class KillSwitch(TenantRow):
    """One row a tenant. Locked FOR SHARE by every claim, so a flip waits for claims in flight and
    every later claim sees it. `engaged` stops everything, `stopped_types` these action types."""

    __tablename__ = "kill_switches"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    engaged: Mapped[bool] = mapped_column(default=False)
    stopped_types: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    changed_by: Mapped[UUID | None] = mapped_column()
    changed_at: Mapped[datetime | None] = mapped_column()


class Member(TenantRow):
    """A person in the tenant. `slack_user_id` is bound once; afterwards it is the identity."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        UniqueConstraint("tenant_id", "slack_user_id"),
        Index(None, "tenant_id", "manager_id"),
        refers("manager_id", "members"),
        one_of("role", "rep", "manager", "executive", "admin"),
        one_of("function", "sales", "onboarding", "support", "success"),
    )

    email: Mapped[str] = mapped_column()
    name: Mapped[str] = mapped_column()
    role: Mapped[str] = mapped_column()
    function: Mapped[str] = mapped_column(default="sales")
    titles: Mapped[list[str]] = mapped_column(default=list)
    phone: Mapped[str | None] = mapped_column()
    """In international form, for urgent messages only."""
    timezone: Mapped[str] = mapped_column(default="UTC")
    manager_id: Mapped[UUID | None] = mapped_column()
    slack_user_id: Mapped[str | None] = mapped_column()
    dm_channel: Mapped[str | None] = mapped_column()
    active: Mapped[bool] = mapped_column(default=True)
    enabled_at: Mapped[datetime | None] = mapped_column()
    """Since when they are shown things unasked; None: imported, and nobody has enabled them yet."""
    paused_until: Mapped[datetime | None] = mapped_column()
    """Until then they want nothing unasked."""
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
