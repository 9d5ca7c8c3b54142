"""Personas, who writes with which, and what was written with one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "personas",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("formality", sa.Float(), nullable=False),
        sa.Column("aggressiveness", sa.Float(), nullable=False),
        sa.Column("technical_depth", sa.Float(), nullable=False),
        sa.Column("relationship_focus", sa.Float(), nullable=False),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("examples", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("instructions", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active_version", sa.Integer(), nullable=True),
        sa.Column("preview", sa.String(), server_default="none", nullable=False),
        sa.Column("preview_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previews", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('draft', 'active', 'deleted')", name=op.f("ck_personas_status")
        ),
        sa.CheckConstraint(
            "preview in ('none', 'asked', 'ready', 'failed')", name=op.f("ck_personas_preview")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_personas_created_by"),
            ondelete="SET NULL (created_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settled_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_personas_settled_by"),
            ondelete="SET NULL (settled_by)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_personas_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_personas")),
    )
    op.create_table(
        "persona_members",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_persona_members_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "persona_id"],
            ["personas.tenant_id", "personas.id"],
            name=op.f("fk_persona_members_persona_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_persona_members_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_persona_members")),
        sa.UniqueConstraint(
            "tenant_id", "member_id", name=op.f("uq_persona_members_tenant_id_member_id")
        ),
    )
    op.create_index(
        "ix_personas_name",
        "personas",
        ["tenant_id", "name_key"],
        unique=True,
        postgresql_where=sa.text("status <> 'deleted'"),
    )
    op.create_index(
        "ix_personas_asked",
        "personas",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("preview = 'asked'"),
    )
    op.create_index(
        op.f("ix_persona_members_tenant_id_persona_id"),
        "persona_members",
        ["tenant_id", "persona_id"],
        unique=False,
    )
    op.add_column("draft_revisions", sa.Column("persona_id", sa.Uuid(), nullable=True))
    op.add_column("draft_revisions", sa.Column("persona_version", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_draft_revisions_persona_id"),
        "draft_revisions",
        "personas",
        ["tenant_id", "persona_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (persona_id)",
    )
    op.create_index(
        "ix_draft_revisions_persona",
        "draft_revisions",
        ["tenant_id", "persona_id"],
        unique=False,
        postgresql_where=sa.text("persona_id is not null"),
    )
    secure("personas")
    secure("persona_members")


def downgrade() -> None:
    op.drop_index("ix_draft_revisions_persona", table_name="draft_revisions")
    op.drop_constraint(op.f("fk_draft_revisions_persona_id"), "draft_revisions", type_="foreignkey")
    op.drop_column("draft_revisions", "persona_version")
    op.drop_column("draft_revisions", "persona_id")
    op.drop_index(op.f("ix_persona_members_tenant_id_persona_id"), table_name="persona_members")
    op.drop_index("ix_personas_asked", table_name="personas")
    op.drop_index("ix_personas_name", table_name="personas")
    op.drop_table("persona_members")
    op.drop_table("personas")
