"""Goals and how they come along."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.security import secure

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "goals",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("persona_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("observe_from", sa.Date(), nullable=True),
        sa.Column("observe_until", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("proposed", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("target", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("target_by", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("behind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('revenue', 'pipeline', 'activity')", name=op.f("ck_goals_kind")
        ),
        sa.CheckConstraint("scope in ('member', 'persona', 'tenant')", name=op.f("ck_goals_scope")),
        sa.CheckConstraint(
            "status in ('observing', 'proposed', 'active', 'met', 'missed', 'dropped')",
            name=op.f("ck_goals_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_goals_created_by"),
            ondelete="SET NULL (created_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_goals_member_id"),
            ondelete="SET NULL (member_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "persona_id"],
            ["personas.tenant_id", "personas.id"],
            name=op.f("fk_goals_persona_id"),
            ondelete="SET NULL (persona_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "target_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_goals_target_by"),
            ondelete="SET NULL (target_by)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_goals_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goals")),
    )
    op.create_table(
        "goal_progress",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("forecast", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "goal_id"],
            ["goals.tenant_id", "goals.id"],
            name=op.f("fk_goal_progress_goal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_goal_progress_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goal_progress")),
        sa.UniqueConstraint(
            "tenant_id", "goal_id", "day", name=op.f("uq_goal_progress_tenant_id_goal_id_day")
        ),
    )
    op.create_table(
        "goal_changes",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("after", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what in ('made', 'watched', 'proposed', 'target', 'accepted', 'dropped', 'settled')",
            name=op.f("ck_goal_changes_what"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_goal_changes_changed_by"),
            ondelete="SET NULL (changed_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "goal_id"],
            ["goals.tenant_id", "goals.id"],
            name=op.f("fk_goal_changes_goal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_goal_changes_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goal_changes")),
    )
    op.create_index(
        op.f("ix_goal_changes_tenant_id_goal_id_created_at"),
        "goal_changes",
        ["tenant_id", "goal_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goals_tenant_id_member_id"), "goals", ["tenant_id", "member_id"], unique=False
    )
    op.create_index(
        op.f("ix_goals_tenant_id_status_ends_on"),
        "goals",
        ["tenant_id", "status", "ends_on"],
        unique=False,
    )
    secure("goals")
    secure("goal_progress")
    secure("goal_changes")


def downgrade() -> None:
    op.drop_index(op.f("ix_goals_tenant_id_status_ends_on"), table_name="goals")
    op.drop_index(op.f("ix_goals_tenant_id_member_id"), table_name="goals")
    op.drop_table("goal_changes")
    op.drop_table("goal_progress")
    op.drop_table("goals")
