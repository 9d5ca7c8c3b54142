"""Drafts that answer nothing, notes, and messages taken from Slack."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

PURPOSES = ("outreach", "follow_up", "update", "escalation", "reply")


def upgrade() -> None:
    _add_columns()
    _create_captures()
    _create_notes()
    secure("captures")
    secure("notes")


def downgrade() -> None:
    op.drop_index(op.f("ix_notes_tenant_id_account_id_created_at"), table_name="notes")
    op.drop_table("notes")
    op.drop_index(op.f("ix_captures_tenant_id_status"), table_name="captures")
    op.drop_table("captures")
    op.drop_constraint(op.f("ck_drafts_purpose"), "drafts", type_="check")
    op.drop_constraint(op.f("fk_drafts_contact_id"), "drafts", type_="foreignkey")
    for column in ("source", "instruction", "contact_id", "purpose"):
        op.drop_column("drafts", column)


def _add_columns() -> None:
    op.add_column("drafts", sa.Column("purpose", sa.String(), nullable=True))
    op.add_column("drafts", sa.Column("contact_id", sa.Uuid(), nullable=True))
    op.add_column(
        "drafts", sa.Column("instruction", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "drafts",
        sa.Column("source", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.create_foreign_key(
        op.f("fk_drafts_contact_id"),
        "drafts",
        "contacts",
        ["tenant_id", "contact_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (contact_id)",
    )
    op.create_check_constraint(op.f("ck_drafts_purpose"), "drafts", _one_of("purpose", *PURPOSES))


def _create_captures() -> None:
    op.create_table(
        "captures",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("permalink", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("view_id", sa.String(), nullable=True),
        sa.Column("reading_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        *_row("captures"),
        _refers("captures", "member_id", "members", required=True),
        _refers("captures", "account_id", "accounts"),
        _refers("captures", "contact_id", "contacts"),
        sa.CheckConstraint(
            _one_of("kind", "compose", "reply", "qualify", "log"), name=op.f("ck_captures_kind")
        ),
        sa.CheckConstraint(
            _one_of("status", "open", "reading", "read", "failed", "done"),
            name=op.f("ck_captures_status"),
        ),
    )
    op.create_index(op.f("ix_captures_tenant_id_status"), "captures", ["tenant_id", "status"])


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("permalink", sa.String(), nullable=True),
        sa.Column("qualification", postgresql.JSONB(), nullable=False),
        *_row("notes"),
        _refers("notes", "account_id", "accounts", required=True),
        _refers("notes", "deal_id", "deals"),
        _refers("notes", "author_id", "members"),
        sa.CheckConstraint(_one_of("kind", "log", "qualification"), name=op.f("ck_notes_kind")),
        sa.UniqueConstraint(
            "tenant_id",
            "deal_id",
            "kind",
            "source_key",
            name=op.f("uq_notes_tenant_id_deal_id_kind_source_key"),
        ),
    )
    op.create_index(
        op.f("ix_notes_tenant_id_account_id_created_at"),
        "notes",
        ["tenant_id", "account_id", "created_at"],
    )


def _row(table: str) -> tuple[sa.Column[Any] | sa.Constraint, ...]:
    """What every tenant row is made of."""
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f(f"fk_{table}_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _refers(
    table: str, column: str, target: str, *, required: bool = False
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if required else f"SET NULL ({column})",
    )


def _one_of(column: str, *values: str) -> str:
    words = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({words})"
