"""Pacing of what leaves for Slack and Gmail, and bursts rolled up."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COLUMNS = ("not_before", "rolled_up_at", "asked_for_at")
SHOWN = "ix_cards_tenant_id_recipient_id_kind_first_shown_at"


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("cards", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index(SHOWN, "cards", ["tenant_id", "recipient_id", "kind", "first_shown_at"])
    op.add_column(
        "mailboxes",
        sa.Column(
            "aliases",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )
    op.add_column("mailboxes", sa.Column("aliases_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "paces",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_paces_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_paces")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_paces_tenant_id")),
    )
    secure("paces")


def downgrade() -> None:
    op.drop_table("paces")
    op.drop_column("mailboxes", "aliases_at")
    op.drop_column("mailboxes", "aliases")
    op.drop_index(SHOWN, table_name="cards")
    for name in COLUMNS:
        op.drop_column("cards", name)
