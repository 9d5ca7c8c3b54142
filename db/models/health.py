"""How an account is, and how it was."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class HealthRecord(TenantRow):
    """An account's health and lifecycle from `created_at` until the next record; None is not known.
    `reasons` is a list of {kind, words, points, source, source_id}, `unknown` what could not be
    judged; `source` of the row says who set it: computed, or given by a file or a person, which a
    computed one never overwrites within a day."""

    __tablename__ = "health_records"
    __table_args__ = (
        Index(None, "tenant_id", "account_id", "created_at"),
        refers("account_id", "accounts", required=True),
        CheckConstraint("health between 0 and 100", name="health"),
        one_of("lifecycle", "prospect", "demo", "onboarding", "active", "at_risk", "churned"),
        one_of("source", "computed", "given"),
    )

    account_id: Mapped[UUID] = mapped_column()
    health: Mapped[int | None] = mapped_column()
    before: Mapped[int | None] = mapped_column()
    """The health until then: how far it fell is what others react to."""
    lifecycle: Mapped[str | None] = mapped_column()
    lifecycle_why: Mapped[str] = mapped_column(default="")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    unknown: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(default="computed")
