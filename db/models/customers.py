"""Accounts, who looks after them, contacts and deals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Account(TenantRow):
    """A company. `domain` is its mail domain, lower case and IDNA-normal; two accounts may share
    one, and then mail doesn't link by it."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        Index(None, "tenant_id", "domain"),
        Index(None, "tenant_id", "owner_id"),
        Index(
            "ix_accounts_merged",
            "tenant_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id is not null"),
        ),
        refers("owner_id", "members"),
        refers("merged_into_id", "accounts"),
    )

    name: Mapped[str] = mapped_column()
    domain: Mapped[str | None] = mapped_column()
    industry: Mapped[str | None] = mapped_column()
    owner_id: Mapped[UUID | None] = mapped_column()
    health: Mapped[int | None] = mapped_column()
    lifecycle: Mapped[str | None] = mapped_column()
    renewal_date: Mapped[date | None] = mapped_column()
    excluded: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[UUID | None] = mapped_column()
    """The account it became part of, always one that stands itself: a merge takes what was merged
    into its source along. db/merged.py leaves such accounts out of every query."""


class AccountMerge(TenantRow):
    """One account became part of another, and maybe was split off again. `moved` holds, table by
    table, the ids that were taken along: a split gives back exactly those that are still where they
    were taken to. `changed` holds what had to become another on the way: the target's `owner_id`
    where it had none, and `deals`, id → [name before, name after]."""

    __tablename__ = "account_merges"
    __table_args__ = (
        Index(
            "ix_account_merges_standing",
            "tenant_id",
            "source_id",
            unique=True,
            postgresql_where=text("split_at is null"),
        ),
        Index(None, "tenant_id", "target_id"),
        refers("source_id", "accounts", required=True),
        refers("target_id", "accounts", required=True),
        refers("merged_by", "members"),
        refers("split_by", "members"),
    )

    source_id: Mapped[UUID] = mapped_column()
    target_id: Mapped[UUID] = mapped_column()
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    merged_at: Mapped[datetime] = mapped_column()
    merged_by: Mapped[UUID | None] = mapped_column()
    """None: somebody with the command line."""
    split_at: Mapped[datetime | None] = mapped_column()
    split_by: Mapped[UUID | None] = mapped_column()


class AccountOwner(TenantRow):
    """Who looks after an account for one function (sales, onboarding, support, success)."""

    __tablename__ = "account_owners"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "function"),
        Index(None, "tenant_id", "member_id"),
        refers("account_id", "accounts", required=True),
        refers("member_id", "members", required=True),
        one_of("function", "sales", "onboarding", "support", "success"),
    )

    account_id: Mapped[UUID] = mapped_column()
    member_id: Mapped[UUID] = mapped_column()
    function: Mapped[str] = mapped_column()


class Contact(TenantRow):
    """A person at an account. One learned from mail stays `observed` until a person or the CRM
    confirms it: only confirmed contacts may be written to."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        Index(None, "tenant_id", "account_id"),
        refers("account_id", "accounts"),
        one_of("status", "observed", "confirmed"),
    )

    account_id: Mapped[UUID | None] = mapped_column()
    email: Mapped[str] = mapped_column()
    name: Mapped[str] = mapped_column(default="")
    title: Mapped[str | None] = mapped_column()
    status: Mapped[str] = mapped_column(default="observed")
    excluded: Mapped[bool] = mapped_column(default=False)
    undeliverable: Mapped[bool] = mapped_column(default=False)


class Deal(TenantRow):
    """A deal of an account. `version` guards changes that were decided on an older sight of it."""

    __tablename__ = "deals"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "name"),
        Index(None, "tenant_id", "owner_id"),
        refers("account_id", "accounts", required=True),
        refers("owner_id", "members"),
        one_of(
            "stage",
            "initial",
            "discovery",
            "qualification",
            "evaluation",
            "negotiation",
            "stalled",
            "closed_won",
            "closed_lost",
        ),
    )

    account_id: Mapped[UUID] = mapped_column()
    name: Mapped[str] = mapped_column()
    stage: Mapped[str] = mapped_column(default="initial")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[str] = mapped_column(default="USD")
    close_date: Mapped[date | None] = mapped_column()
    owner_id: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    stage_changed_at: Mapped[datetime | None] = mapped_column()
    """When it came into its stage; None: nobody saw it move."""


class DealChange(TenantRow):
    """A deal's stage, amount or close date became another; values as text, empty for none. What a
    deal did before we knew it isn't here."""

    __tablename__ = "deal_changes"
    __table_args__ = (
        Index(None, "tenant_id", "deal_id", "created_at"),
        Index(
            "ix_deal_changes_stages",
            "tenant_id",
            "created_at",
            postgresql_where=text("field = 'stage'"),
        ),
        refers("deal_id", "deals", required=True),
        one_of("field", "stage", "amount", "close_date"),
    )

    deal_id: Mapped[UUID] = mapped_column()
    field: Mapped[str] = mapped_column()
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")
