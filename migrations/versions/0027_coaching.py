"""Findings that held up against chance, and changes people make again and again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LOOKS = ("coaching_looks", "coaching_nights", "coaching_refusals")


def upgrade() -> None:
    op.create_table(
        "coaching_findings",
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("effect", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("p_value", sa.Double(), nullable=False),
        sa.Column("q_value", sa.Double(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_coaching_findings_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_coaching_findings_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coaching_findings")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "pattern",
            name=op.f("uq_coaching_findings_tenant_id_member_id_pattern"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    _create_looks()
    op.create_table(
        "edit_habits",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sought", sa.String(), server_default="", nullable=False),
        sa.Column("language", sa.String(), server_default="und", nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "change in ('cut', 'add', 'replace')", name=op.f("ck_edit_habits_change")
        ),
        sa.CheckConstraint(
            "status in ('seen', 'asked', 'accepted', 'declined', 'removed')",
            name=op.f("ck_edit_habits_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_edit_habits_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_edit_habits_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edit_habits")),
        sa.UniqueConstraint(
            "tenant_id", "member_id", "key", name=op.f("uq_edit_habits_tenant_id_member_id_key")
        ),
    )
    op.create_index(
        op.f("ix_edit_habits_tenant_id_member_id_status"),
        "edit_habits",
        ["tenant_id", "member_id", "status"],
        unique=False,
    )
    op.create_table(
        "edit_sightings",
        sa.Column("habit_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "came in ('made', 'left', 'applied', 'undone')", name=op.f("ck_edit_sightings_came")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_edit_sightings_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "habit_id"],
            ["edit_habits.tenant_id", "edit_habits.id"],
            name=op.f("fk_edit_sightings_habit_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_edit_sightings_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edit_sightings")),
        sa.UniqueConstraint(
            "tenant_id",
            "habit_id",
            "action_id",
            name=op.f("uq_edit_sightings_tenant_id_habit_id_action_id"),
        ),
    )
    op.create_index(
        op.f("ix_edit_sightings_tenant_id_action_id"),
        "edit_sightings",
        ["tenant_id", "action_id"],
        unique=False,
    )
    secure("coaching_findings")
    secure("edit_habits")
    secure("edit_sightings")


def _create_looks() -> None:
    op.create_table(
        "coaching_looks",
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tests", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("examples", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deeds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_coaching_looks_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_coaching_looks_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coaching_looks")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            name=op.f("uq_coaching_looks_tenant_id_member_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "coaching_nights",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_coaching_nights_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coaching_nights")),
        sa.UniqueConstraint("tenant_id", "night", name=op.f("uq_coaching_nights_tenant_id_night")),
    )
    op.create_index(
        "ix_coaching_nights_running",
        "coaching_nights",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "coaching_refusals",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_coaching_refusals_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_coaching_refusals_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coaching_refusals")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "pattern",
            name=op.f("uq_coaching_refusals_tenant_id_member_id_pattern"),
        ),
    )
    for table in LOOKS:
        secure(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_edit_sightings_tenant_id_action_id"), table_name="edit_sightings")
    op.drop_table("edit_sightings")
    op.drop_index(op.f("ix_edit_habits_tenant_id_member_id_status"), table_name="edit_habits")
    op.drop_table("edit_habits")
    for table in reversed(LOOKS):
        op.drop_table(table)
    op.drop_table("coaching_findings")
