"""Files of actions asked for in Slack, and actions in the order they came."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "autonomy_exports",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("chosen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('asked', 'done', 'refused')", name=op.f("ck_autonomy_exports_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_autonomy_exports_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_autonomy_exports_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_autonomy_exports")),
        sa.UniqueConstraint(
            "tenant_id", "command_id", name=op.f("uq_autonomy_exports_tenant_id_command_id")
        ),
    )
    op.create_index(
        "ix_autonomy_exports_open",
        "autonomy_exports",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status = 'asked'"),
    )
    op.create_index("ix_actions_created", "actions", ["tenant_id", "created_at", "id"])
    secure("autonomy_exports")


def downgrade() -> None:
    op.drop_index("ix_actions_created", table_name="actions")
    op.drop_index("ix_autonomy_exports_open", table_name="autonomy_exports")
    op.drop_table("autonomy_exports")
