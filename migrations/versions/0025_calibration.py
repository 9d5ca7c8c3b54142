"""How stated probabilities compare with what happened, and what was adjusted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calibration_bins",
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lineage", sa.String(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("half", sa.Integer(), nullable=False),
        sa.Column("bin", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("predicted_sum", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("score_sum", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("square_sum", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("predicted_square_sum", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("product_sum", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('email_engagement', 'deal_progression', 'meeting_outcome', 'escalation_result')",
            name=op.f("ck_calibration_bins_kind"),
        ),
        sa.CheckConstraint("bin between 0 and 9", name=op.f("ck_calibration_bins_bin")),
        sa.CheckConstraint("half between 0 and 1", name=op.f("ck_calibration_bins_half")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_calibration_bins_count")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_calibration_bins_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calibration_bins")),
        sa.UniqueConstraint(
            "tenant_id",
            "action_type",
            "kind",
            "lineage",
            "edited",
            "half",
            "bin",
            name="uq_calibration_bins_key",
        ),
    )
    op.create_table(
        "calibrations",
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lineage", sa.String(), nullable=False),
        sa.Column("scale", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("threshold", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("curve", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('email_engagement', 'deal_progression', 'meeting_outcome', 'escalation_result')",
            name=op.f("ck_calibrations_kind"),
        ),
        sa.CheckConstraint("scale between 0.5 and 1.5", name=op.f("ck_calibrations_scale")),
        sa.CheckConstraint("threshold between 0.5 and 0.9", name=op.f("ck_calibrations_threshold")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_calibrations_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calibrations")),
        sa.UniqueConstraint(
            "tenant_id",
            "action_type",
            "kind",
            "lineage",
            name=op.f("uq_calibrations_tenant_id_action_type_kind_lineage"),
        ),
    )
    op.create_table(
        "calibration_moves",
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("samples", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "calibration_id"],
            ["calibrations.tenant_id", "calibrations.id"],
            name=op.f("fk_calibration_moves_calibration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "undone_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_calibration_moves_undone_by"),
            ondelete="SET NULL (undone_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_calibration_moves_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calibration_moves")),
    )
    op.create_index(
        op.f("ix_calibration_moves_tenant_id_calibration_id_created_at"),
        "calibration_moves",
        ["tenant_id", "calibration_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_calibration_moves_number",
        "calibration_moves",
        ["tenant_id", "calibration_id", "version"],
        unique=True,
    )
    op.create_index(
        "ix_outcomes_left_out",
        "outcomes",
        ["tenant_id", "action_type", "kind", "lineage"],
        unique=False,
        postgresql_where=sa.text("status in ('ambiguous', 'undelivered')"),
    )
    secure("calibration_bins")
    secure("calibrations")
    secure("calibration_moves")


def downgrade() -> None:
    op.drop_index("ix_outcomes_left_out", table_name="outcomes")
    op.drop_index("uq_calibration_moves_number", table_name="calibration_moves")
    op.drop_index(
        op.f("ix_calibration_moves_tenant_id_calibration_id_created_at"),
        table_name="calibration_moves",
    )
    op.drop_table("calibration_moves")
    op.drop_table("calibrations")
    op.drop_table("calibration_bins")
