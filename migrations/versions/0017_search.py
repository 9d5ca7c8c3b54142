"""Which texts the vector store holds, and what people asked to have found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('message', 'transcript', 'slack_post', 'note', 'summary')",
            name=op.f("ck_search_entries_source"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_search_entries_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_search_entries_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint(
            "tenant_id",
            "source",
            "source_id",
            name=op.f("uq_search_entries_tenant_id_source_source_id"),
        ),
    )
    op.create_index(
        op.f("ix_search_entries_tenant_id_account_id"),
        "search_entries",
        ["tenant_id", "account_id"],
        unique=False,
    )
    op.create_index(
        "ix_search_entries_waiting",
        "search_entries",
        ["tenant_id", "wanted_at"],
        unique=False,
        postgresql_where=sa.text("indexed_at is null"),
    )
    secure("search_entries")
    op.create_table(
        "finds",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("response_url", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_finds_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_finds_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_finds")),
        sa.UniqueConstraint("tenant_id", "command_id", name=op.f("uq_finds_tenant_id_command_id")),
    )
    op.create_index(
        op.f("ix_finds_tenant_id_member_id_created_at"),
        "finds",
        ["tenant_id", "member_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_finds_open",
        "finds",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("settled_at is null"),
    )
    secure("finds")


def downgrade() -> None:
    op.drop_table("finds")
    op.drop_index(
        "ix_search_entries_waiting",
        table_name="search_entries",
        postgresql_where=sa.text("indexed_at is null"),
    )
    op.drop_index(op.f("ix_search_entries_tenant_id_account_id"), table_name="search_entries")
    op.drop_table("search_entries")
