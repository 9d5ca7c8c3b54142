"""Summaries of past weeks and months."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "summaries",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("source_count", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period in ('week', 'month')", name=op.f("ck_summaries_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_summaries_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_summaries_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_summaries")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "period",
            "starts_on",
            name=op.f("uq_summaries_tenant_id_account_id_period_starts_on"),
        ),
    )
    op.create_index(
        op.f("ix_summaries_tenant_id_account_id_starts_on"),
        "summaries",
        ["tenant_id", "account_id", "starts_on"],
        unique=False,
    )
    op.create_table(
        "summary_leases",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_summary_leases_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_summary_leases_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_summary_leases")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", name=op.f("uq_summary_leases_tenant_id_account_id")
        ),
    )
    secure("summaries")
    secure("summary_leases")


def downgrade() -> None:
    op.drop_table("summary_leases")
    op.drop_index(op.f("ix_summaries_tenant_id_account_id_starts_on"), table_name="summaries")
    op.drop_table("summaries")
