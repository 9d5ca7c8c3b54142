"""What was last looked at, account by account, and that the model's budget runs out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, refers


class AccountLook(TenantRow):
    """Whether an account is to be looked at for signals, and when it was. Whoever changes something
    about it bumps `wanted_rev`; the look stores the revision it saw, so a burst makes one look and
    a change during a look makes another one."""

    __tablename__ = "account_looks"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id"),
        Index(
            "ix_account_looks_wanted",
            "tenant_id",
            "wanted_at",
            postgresql_where=text("wanted_rev > looked_rev"),
        ),
        refers("account_id", "accounts", required=True),
    )

    account_id: Mapped[UUID] = mapped_column()
    wanted_rev: Mapped[int] = mapped_column(default=0)
    looked_rev: Mapped[int] = mapped_column(default=0)
    wanted_at: Mapped[datetime] = mapped_column()
    looked_at: Mapped[datetime | None] = mapped_column()
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the model has read and what it made of it (services/signals/model_memory): it isn't
    asked again while there is nothing it hasn't read."""
    model_calls: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    """All the account's looks together, in a scan or not; None as soon as one had no known price
    (and before the first)."""
    lease_token: Mapped[UUID | None] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()


class BudgetNotice(TenantRow):
    """The admins were told, once a month and share, that so many per cent of the month's model
    budget are used."""

    __tablename__ = "budget_notices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "month", "share"),
        CheckConstraint("share between 1 and 100", name="share"),
    )

    month: Mapped[date] = mapped_column()
    """Its first day, UTC."""
    share: Mapped[int] = mapped_column()
    spent_usd: Mapped[Decimal] = mapped_column(Numeric(14, 8))
    budget_usd: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    unpriced_calls: Mapped[int] = mapped_column(default=0)
