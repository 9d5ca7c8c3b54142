"""What happened with an account in a past week or month, in a few lines."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Summary(TenantRow):
    """Covers the days from `starts_on` to before `ends_on`. `source_hash` is of everything it was
    made from: while that is the same, it isn't made again. `lines` is a list of {channel, text,
    sources: [{kind, id}], at}; a line without a source is never stored.

    `provisional`: rules wrote it (`model` says so) because no model could be asked; it is made
    again as soon as one can."""

    __tablename__ = "summaries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "period", "starts_on"),
        Index(None, "tenant_id", "account_id", "starts_on"),
        refers("account_id", "accounts", required=True),
        one_of("period", "week", "month"),
    )

    account_id: Mapped[UUID] = mapped_column()
    period: Mapped[str] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    source_hash: Mapped[str] = mapped_column()
    source_count: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    model: Mapped[str] = mapped_column(default="")
    provisional: Mapped[bool] = mapped_column(default=False)
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column()


class SummaryLease(TenantRow):
    """Somebody is making an account's summaries; without a row nobody is."""

    __tablename__ = "summary_leases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id"),
        refers("account_id", "accounts", required=True),
    )

    account_id: Mapped[UUID] = mapped_column()
    lease_token: Mapped[UUID] = mapped_column()
    lease_until: Mapped[datetime] = mapped_column()
