"""What the Home tab remembers: visits, and when it was last published; and the ways to what it shows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.security import secure

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES = (
    ("ix_accounts_tenant_id_owner_id", "accounts", ("owner_id",)),
    ("ix_account_owners_tenant_id_member_id", "account_owners", ("member_id",)),
    ("ix_actions_owner_decided", "actions", ("owner_id", "decided_at")),
    ("ix_actions_owner_status", "actions", ("owner_id", "status")),
    ("ix_conversations_account_last", "conversations", ("account_id", "last_message_at")),
    ("ix_conversations_responder_last", "conversations", ("responder_id", "last_message_at")),
    ("ix_deals_tenant_id_owner_id", "deals", ("owner_id",)),
    ("ix_effects_status_settled", "effects", ("status", "settled_at")),
    ("ix_members_tenant_id_manager_id", "members", ("manager_id",)),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "home_visits",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_home_visits_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_home_visits_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_home_visits")),
        sa.UniqueConstraint(
            "tenant_id", "member_id", name=op.f("uq_home_visits_tenant_id_member_id")
        ),
    )
    secure("home_visits")
    op.add_column("deals", sa.Column("stage_changed_at", sa.DateTime(timezone=True)))
    for name, table, columns in INDEXES:
        op.create_index(name, table, ["tenant_id", *columns])
    op.create_index(
        "ix_conversations_unlinked",
        "conversations",
        ["tenant_id", "responder_id"],
        postgresql_where=sa.text("link = 'unlinked'"),
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_unlinked", table_name="conversations")
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_column("deals", "stage_changed_at")
    op.drop_table("home_visits")
