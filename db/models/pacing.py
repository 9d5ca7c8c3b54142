"""How much has left of late for one conversation, workspace or mailbox, over all processes."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow


class Pace(TenantRow):
    """One limit that others set us. `free_at` is when all that was let through will have been
    earned at the allowed rate (the theoretical arrival time of the generic cell rate algorithm)."""

    __tablename__ = "paces"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    key: Mapped[str] = mapped_column()
    free_at: Mapped[datetime] = mapped_column()
