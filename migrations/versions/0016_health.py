"""How accounts are, and how they were."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "health_records",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("health", sa.Integer(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("lifecycle", sa.String(), nullable=True),
        sa.Column("lifecycle_why", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unknown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "lifecycle in ('prospect', 'demo', 'onboarding', 'active', 'at_risk', 'churned')",
            name=op.f("ck_health_records_lifecycle"),
        ),
        sa.CheckConstraint(
            "source in ('computed', 'given')", name=op.f("ck_health_records_source")
        ),
        sa.CheckConstraint("health between 0 and 100", name=op.f("ck_health_records_health")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_health_records_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_health_records_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_health_records")),
    )
    op.create_index(
        op.f("ix_health_records_tenant_id_account_id_created_at"),
        "health_records",
        ["tenant_id", "account_id", "created_at"],
        unique=False,
    )
    secure("health_records")


def downgrade() -> None:
    op.drop_index(
        op.f("ix_health_records_tenant_id_account_id_created_at"), table_name="health_records"
    )
    op.drop_table("health_records")
