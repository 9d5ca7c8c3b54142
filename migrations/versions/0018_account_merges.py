"""Accounts that became part of another, and what was taken along."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_accounts_merged_into_id"),
        "accounts",
        "accounts",
        ["tenant_id", "merged_into_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (merged_into_id)",
    )
    op.create_index(
        "ix_accounts_merged",
        "accounts",
        ["tenant_id", "merged_into_id"],
        unique=False,
        postgresql_where=sa.text("merged_into_id is not null"),
    )
    op.create_table(
        "account_merges",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("split_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                ["accounts.tenant_id", "accounts.id"],
                name=op.f(f"fk_account_merges_{column}"),
                ondelete="CASCADE",
            )
            for column in ("source_id", "target_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                ["members.tenant_id", "members.id"],
                name=op.f(f"fk_account_merges_{column}"),
                ondelete=f"SET NULL ({column})",
            )
            for column in ("merged_by", "split_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_account_merges_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account_merges")),
    )
    op.create_index(
        "ix_account_merges_standing",
        "account_merges",
        ["tenant_id", "source_id"],
        unique=True,
        postgresql_where=sa.text("split_at is null"),
    )
    op.create_index(
        op.f("ix_account_merges_tenant_id_target_id"),
        "account_merges",
        ["tenant_id", "target_id"],
        unique=False,
    )
    secure("account_merges")


def downgrade() -> None:
    op.drop_table("account_merges")
    op.drop_index("ix_accounts_merged", table_name="accounts")
    op.drop_constraint(op.f("fk_accounts_merged_into_id"), "accounts", type_="foreignkey")
    op.drop_column("accounts", "merged_into_id")
