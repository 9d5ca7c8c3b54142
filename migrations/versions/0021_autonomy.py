"""How far the copilot is trusted, and what policy said of each text."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DRAFT_STATUSES = (
    "preparing",
    "ready",
    "sending",
    "sent",
    "rejected",
    "voided",
    "sent_by_hand",
    "discarded",
    "failed",
)
ACTION_STATUSES = ("pending", "approved", "done", "rejected", "voided", "handled", "failed")


def upgrade() -> None:
    op.create_table(
        "earned_levels",
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("earned", sa.String(), nullable=False),
        sa.Column("ceiling", sa.String(), nullable=True),
        sa.Column("lineage", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("weighed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ceiling in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
            name=op.f("ck_earned_levels_ceiling"),
        ),
        sa.CheckConstraint(
            "earned in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
            name=op.f("ck_earned_levels_earned"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_earned_levels_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_earned_levels")),
        sa.UniqueConstraint(
            "tenant_id", "action_type", name=op.f("uq_earned_levels_tenant_id_action_type")
        ),
    )
    op.create_table(
        "promotions",
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lineage", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "after in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
            name=op.f("ck_promotions_after"),
        ),
        sa.CheckConstraint(
            "before in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
            name=op.f("ck_promotions_before"),
        ),
        sa.CheckConstraint(
            "status in ('pending', 'approved', 'declined', 'withdrawn')",
            name=op.f("ck_promotions_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_promotions_decided_by"),
            ondelete="SET NULL (decided_by)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_promotions_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promotions")),
    )
    op.create_table(
        "level_moves",
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("promotion_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('promoted', 'demoted', 'reset', 'limited', 'stopped', 'released', "
            "'narrowed')",
            name=op.f("ck_level_moves_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "moved_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_level_moves_moved_by"),
            ondelete="SET NULL (moved_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_level_moves_promotion_id"),
            ondelete="SET NULL (promotion_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_level_moves_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_level_moves")),
    )
    op.create_table(
        "narrowings",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("ceiling", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ceiling in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
            name=op.f("ck_narrowings_ceiling"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_narrowings_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_narrowings_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_narrowings_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_narrowings")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "account_id",
            "action_type",
            name=op.f("uq_narrowings_tenant_id_member_id_account_id_action_type"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "judgements",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("would", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lineage", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_reason", sa.String(), nullable=False),
        sa.Column(
            "declared", sa.String(), sa.Computed("types ->> 0", persisted=True), nullable=True
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision in ('held', 'suggested', 'asked', 'queued', 'stopped')",
            name=op.f("ck_judgements_decision"),
        ),
        sa.CheckConstraint(
            "level in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
            name=op.f("ck_judgements_level"),
        ),
        sa.CheckConstraint(
            "verdict in ('autonomous', 'approval_required', 'hard_stop')",
            name=op.f("ck_judgements_verdict"),
        ),
        sa.CheckConstraint("would in ('send', 'ask', 'stop')", name=op.f("ck_judgements_would")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_judgements_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "undone_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_judgements_undone_by"),
            ondelete="SET NULL (undone_by)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_judgements_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_judgements")),
        sa.UniqueConstraint(
            "tenant_id",
            "action_id",
            "revision",
            name=op.f("uq_judgements_tenant_id_action_id_revision"),
        ),
    )
    op.create_index(
        "ix_promotions_pending",
        "promotions",
        ["tenant_id", "action_type"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        op.f("ix_promotions_tenant_id_created_at"),
        "promotions",
        ["tenant_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_level_moves_tenant_id_action_type_created_at"),
        "level_moves",
        ["tenant_id", "action_type", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_narrowings_tenant_id_account_id"),
        "narrowings",
        ["tenant_id", "account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_judgements_tenant_id_created_at"),
        "judgements",
        ["tenant_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_judgements_tenant_id_declared_level_created_at"),
        "judgements",
        ["tenant_id", "declared", "level", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_tenant_id_target_id"),
        "feedback",
        ["tenant_id", "target_id"],
        unique=False,
    )
    op.add_column(
        "kill_switches",
        sa.Column(
            "stopped_types",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )
    op.add_column(
        "actions", sa.Column("level", sa.String(), server_default="approve", nullable=False)
    )
    op.add_column("actions", sa.Column("lineage", sa.String(), server_default="", nullable=False))
    op.add_column("actions", sa.Column("goal_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_actions_level"),
        "actions",
        "level in ('off', 'shadow', 'suggest', 'approve', 'undo_window', 'autonomous')",
    )
    op.create_foreign_key(
        op.f("fk_actions_goal_id"),
        "actions",
        "goals",
        ["tenant_id", "goal_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (goal_id)",
    )
    op.add_column(
        "draft_revisions",
        sa.Column("held", sa.Boolean(), server_default="false", nullable=False),
    )
    _allow("drafts", DRAFT_STATUSES, "held")
    _allow("actions", ACTION_STATUSES, "held")
    secure("earned_levels")
    secure("promotions")
    secure("level_moves")
    secure("narrowings")
    secure("judgements")


def downgrade() -> None:
    _allow("actions", ACTION_STATUSES)
    _allow("drafts", DRAFT_STATUSES)
    op.drop_column("draft_revisions", "held")
    op.drop_constraint(op.f("ck_actions_level"), "actions", type_="check")
    op.drop_constraint(op.f("fk_actions_goal_id"), "actions", type_="foreignkey")
    op.drop_column("actions", "goal_id")
    op.drop_column("actions", "lineage")
    op.drop_column("actions", "level")
    op.drop_column("kill_switches", "stopped_types")
    op.drop_index(op.f("ix_judgements_tenant_id_created_at"), table_name="judgements")
    op.drop_index(
        op.f("ix_judgements_tenant_id_declared_level_created_at"), table_name="judgements"
    )
    op.drop_index(op.f("ix_feedback_tenant_id_target_id"), table_name="feedback")
    op.drop_index(op.f("ix_narrowings_tenant_id_account_id"), table_name="narrowings")
    op.drop_index(op.f("ix_level_moves_tenant_id_action_type_created_at"), table_name="level_moves")
    op.drop_index(op.f("ix_promotions_tenant_id_created_at"), table_name="promotions")
    op.drop_index("ix_promotions_pending", table_name="promotions")
    op.drop_table("judgements")
    op.drop_table("narrowings")
    op.drop_table("level_moves")
    op.drop_table("promotions")
    op.drop_table("earned_levels")


def _allow(table: str, statuses: Sequence[str], *more: str) -> None:
    """The table's statuses are these from now on."""
    allowed = ", ".join(f"'{status}'" for status in (*statuses, *more))
    op.drop_constraint(op.f(f"ck_{table}_status"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_status"), table, f"status in ({allowed})")
