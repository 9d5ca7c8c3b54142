"""Questions asked in the direct message, and their answers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATUSES = "'asked', 'answering', 'choosing', 'done', 'stopped', 'failed'"


def upgrade() -> None:
    op.create_table(
        "agent_answers",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread_ts", sa.String(), nullable=False),
        sa.Column("question_ts", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stop_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"status in ({STATUSES})", name=op.f("ck_agent_answers_status")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_agent_answers_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_agent_answers_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_agent_answers_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agent_answers")),
        sa.UniqueConstraint(
            "tenant_id",
            "channel",
            "question_ts",
            name=op.f("uq_agent_answers_tenant_id_channel_question_ts"),
        ),
    )
    op.create_index(
        op.f("ix_agent_answers_tenant_id_channel_thread_ts"),
        "agent_answers",
        ["tenant_id", "channel", "thread_ts"],
    )
    op.create_index(
        op.f("ix_agent_answers_tenant_id_member_id_created_at"),
        "agent_answers",
        ["tenant_id", "member_id", "created_at"],
    )
    op.create_index(
        "ix_agent_answers_open",
        "agent_answers",
        ["tenant_id"],
        postgresql_where=sa.text("status in ('asked', 'answering')"),
    )
    secure("agent_answers")


def downgrade() -> None:
    op.drop_table("agent_answers")
