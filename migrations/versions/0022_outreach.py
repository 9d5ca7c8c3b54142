"""What calls for outreach, and the hourly look for it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "triggers",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("why_not", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('follow_up_due', 'silence', 'buying_signal', 'recap_due', 'promise_due', 'stage_stuck', 'renewal_window')",
            name=op.f("ck_triggers_kind"),
        ),
        sa.CheckConstraint(
            "status in ('found', 'proposed', 'scheduled', 'acted', 'declined', 'dismissed', 'lapsed')",
            name=op.f("ck_triggers_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_triggers_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_triggers_action_id"),
            ondelete="SET NULL (action_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_triggers_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_triggers_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "goal_id"],
            ["goals.tenant_id", "goals.id"],
            name=op.f("fk_triggers_goal_id"),
            ondelete="SET NULL (goal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_triggers_member_id"),
            ondelete="SET NULL (member_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settled_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_triggers_settled_by"),
            ondelete="SET NULL (settled_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "thread_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_triggers_thread_id"),
            ondelete="SET NULL (thread_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_triggers_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_triggers")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_triggers_tenant_id_key")),
    )
    op.create_table(
        "outreach_checks",
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("taking_up", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_outreach_checks_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outreach_checks")),
        sa.UniqueConstraint(
            "tenant_id", "due_at", name=op.f("uq_outreach_checks_tenant_id_due_at")
        ),
    )
    op.create_index(
        "ix_triggers_open_purpose",
        "triggers",
        ["tenant_id", "account_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("status in ('found', 'proposed', 'scheduled')"),
    )
    op.create_index(
        op.f("ix_triggers_tenant_id_action_id"),
        "triggers",
        ["tenant_id", "action_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_triggers_tenant_id_member_id_created_at"),
        "triggers",
        ["tenant_id", "member_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_triggers_tenant_id_status_created_at"),
        "triggers",
        ["tenant_id", "status", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_triggers_tenant_id_account_id_status"),
        "triggers",
        ["tenant_id", "account_id", "status"],
        unique=False,
    )
    op.create_index(
        "ix_outreach_checks_running",
        "outreach_checks",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    _rated("'message', 'decision', 'conversation', 'signal', 'trigger'")
    secure("triggers")
    secure("outreach_checks")


def _rated(targets: str) -> None:
    """What people may give their word on."""
    op.drop_constraint(op.f("ck_feedback_target"), "feedback", type_="check")
    op.create_check_constraint(op.f("ck_feedback_target"), "feedback", f"target in ({targets})")


def downgrade() -> None:
    # Forced row-level security hides every tenant's rows from the owner, too.
    op.execute("alter table feedback no force row level security")
    op.execute("delete from feedback where target = 'trigger'")
    op.execute("alter table feedback force row level security")
    _rated("'message', 'decision', 'conversation', 'signal'")
    op.drop_index(
        "ix_outreach_checks_running",
        table_name="outreach_checks",
        postgresql_where=sa.text("ended_at is null"),
    )
    op.drop_index(op.f("ix_triggers_tenant_id_account_id_status"), table_name="triggers")
    op.drop_index(op.f("ix_triggers_tenant_id_status_created_at"), table_name="triggers")
    op.drop_index(op.f("ix_triggers_tenant_id_member_id_created_at"), table_name="triggers")
    op.drop_index(op.f("ix_triggers_tenant_id_action_id"), table_name="triggers")
    op.drop_index("ix_triggers_open_purpose", table_name="triggers")
    op.drop_table("outreach_checks")
    op.drop_table("triggers")
