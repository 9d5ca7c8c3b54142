"""Which texts the vector store holds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

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
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
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
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("indexed_at is null"),
    )
    secure("search_entries")


def downgrade() -> None:
    op.drop_index(
        "ix_search_entries_waiting",
        table_name="search_entries",
        postgresql_where=sa.text("indexed_at is null"),
    )
    op.drop_index(op.f("ix_search_entries_tenant_id_account_id"), table_name="search_entries")
    op.drop_table("search_entries")
