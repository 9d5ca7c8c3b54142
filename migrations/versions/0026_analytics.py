"""Figures counted by day, pages made from them, and bearer tokens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "learning_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("overtaken", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("by_itself", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.Column("negative", sa.Integer(), nullable=False),
        sa.Column("ambiguous", sa.Integer(), nullable=False),
        sa.Column("undelivered", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("answers_timed", sa.Integer(), nullable=False),
        sa.Column("answer_seconds", sa.BigInteger(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_learning_days_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_learning_days")),
        sa.UniqueConstraint(
            "tenant_id",
            "day",
            "member_id",
            "action_type",
            name=op.f("uq_learning_days_tenant_id_day_member_id_action_type"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_learning_days_tenant_id_member_id_day"),
        "learning_days",
        ["tenant_id", "member_id", "day"],
        unique=False,
    )
    op.create_table(
        "learning_marks",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_learning_marks_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_learning_marks")),
    )
    op.create_index(
        op.f("ix_learning_marks_tenant_id_day"),
        "learning_marks",
        ["tenant_id", "day"],
        unique=False,
    )
    op.create_table(
        "learning_states",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("shown_version", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_learning_states_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_learning_states")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_learning_states_tenant_id")),
    )
    op.create_table(
        "learning_pages",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_learning_pages_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_learning_pages")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_learning_pages_tenant_id_key")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_api_tokens_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "revoked_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_api_tokens_revoked_by"),
            ondelete="SET NULL (revoked_by)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_api_tokens_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint(
            "tenant_id", "token_hash", name=op.f("uq_api_tokens_tenant_id_token_hash")
        ),
    )
    secure("learning_days")
    secure("learning_marks")
    secure("learning_states")
    secure("learning_pages")
    secure("api_tokens")


def downgrade() -> None:
    op.drop_index(op.f("ix_learning_days_tenant_id_member_id_day"), table_name="learning_days")
    op.drop_table("learning_days")
    op.drop_table("api_tokens")
    op.drop_table("learning_pages")
    op.drop_table("learning_states")
    op.drop_index(op.f("ix_learning_marks_tenant_id_day"), table_name="learning_marks")
    op.drop_table("learning_marks")
