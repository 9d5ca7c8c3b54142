"""Personas: how the copilot sounds for whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Persona(TenantRow):
    """A way of writing: four dials from 0 to 1, examples, a region, instructions. Style only. A
    changed persona is a new `version` and has to be previewed and activated anew; until then what
    was active (`active`, the same fields as JSON) goes on.

    Status: draft → active → deleted. Deleted ones stay for what was written with them.
    """

    __tablename__ = "personas"
    __table_args__ = (
        Index(
            "ix_personas_name",
            "tenant_id",
            "name_key",
            unique=True,
            postgresql_where=text("status <> 'deleted'"),
        ),
        Index(
            "ix_personas_asked",
            "tenant_id",
            postgresql_where=text("preview = 'asked'"),
        ),
        refers("created_by", "members"),
        refers("settled_by", "members"),
        one_of("status", "draft", "active", "deleted"),
        one_of("preview", "none", "asked", "ready", "failed"),
    )

    name: Mapped[str] = mapped_column()
    name_key: Mapped[str] = mapped_column()
    """The name as two of them are compared: without case and spaces."""
    formality: Mapped[float] = mapped_column(default=0.5)
    aggressiveness: Mapped[float] = mapped_column(default=0.5)
    technical_depth: Mapped[float] = mapped_column(default=0.5)
    relationship_focus: Mapped[float] = mapped_column(default=0.5)
    region: Mapped[str | None] = mapped_column()
    examples: Mapped[list[str]] = mapped_column(default=list)
    instructions: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    active: Mapped[dict[str, Any]] = mapped_column(default=dict)
    active_version: Mapped[int | None] = mapped_column()
    preview: Mapped[str] = mapped_column(default="none", server_default="none")
    preview_at: Mapped[datetime | None] = mapped_column()
    """When samples of `version` were asked for last."""
    previews: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """A mail and a chat message written with `version`, by which model, or why there is none."""
    created_by: Mapped[UUID | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by: Mapped[UUID | None] = mapped_column()
    """Who deleted it, and when."""


class PersonaMember(TenantRow):
    """Who writes with which persona: one each."""

    __tablename__ = "persona_members"
    __table_args__ = (
        UniqueConstraint("tenant_id", "member_id"),
        Index(None, "tenant_id", "persona_id"),
        refers("member_id", "members", required=True),
        refers("persona_id", "personas", required=True),
    )

    member_id: Mapped[UUID] = mapped_column()
    persona_id: Mapped[UUID] = mapped_column()
