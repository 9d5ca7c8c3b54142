"""Undo, what a draft's check found, reviews and feedback prompts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.security import secure

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TARGET = "target in ('message', 'decision', 'conversation')"


def upgrade() -> None:
    op.add_column(
        "draft_revisions", sa.Column("findings", JSONB(), server_default="[]", nullable=False)
    )
    op.add_column("effects", sa.Column("undo_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("effects", sa.Column("undo_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_effects_undo_by",
        "effects",
        "members",
        ["tenant_id", "undo_by"],
        ["tenant_id", "id"],
        ondelete="SET NULL (undo_by)",
    )
    op.create_table(
        "reviews",
        *_said(),
        sa.Column("overall", sa.Integer(), nullable=False),
        sa.Column("accuracy", sa.Integer(), nullable=True),
        sa.Column("tone", sa.Integer(), nullable=True),
        sa.Column("usefulness", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False, server_default=""),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *[
            sa.CheckConstraint(f"{name} between 1 and 5", name=op.f(f"ck_reviews_{name}"))
            for name in ("overall", "accuracy", "tone", "usefulness")
        ],
        *_keys("reviews"),
    )
    op.create_table(
        "feedback_prompts",
        *_said(),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("feedback_prompts"),
    )
    for table in ("reviews", "feedback_prompts"):
        secure(table)


def downgrade() -> None:
    op.drop_table("feedback_prompts")
    op.drop_table("reviews")
    op.drop_constraint("fk_effects_undo_by", "effects")
    op.drop_column("effects", "undo_by")
    op.drop_column("effects", "undo_at")
    op.drop_column("draft_revisions", "findings")


def _said() -> list[sa.Column[object]]:
    """Whose word it is, and on what."""
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(TARGET, name=op.f(f"ck_{table}_target")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f(f"fk_{table}_")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f(f"fk_{table}_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "target",
            "target_id",
            name=op.f(f"uq_{table}_tenant_id_member_id_target_target_id"),
        ),
    ]
