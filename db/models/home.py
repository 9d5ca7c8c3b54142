"""What the Home tab remembers of its member."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, refers


class HomeVisit(TenantRow):
    """When a member looked at their Home tab: once a member. `since` is when the visit before the
    present one ended; what happened from there on is news. `published_at` is when a publish was
    last begun: two of them never follow each other too closely."""

    __tablename__ = "home_visits"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id"),
        refers("member_id", "members", required=True),
    )

    member_id: Mapped[UUID] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column()
    since: Mapped[datetime | None] = mapped_column()
    published_at: Mapped[datetime | None] = mapped_column()
