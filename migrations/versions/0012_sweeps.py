"""What the sweep looks for every minute lies in indexes of its own, however much is done already."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES = (
    ("ix_cards_undelivered", "cards", ("tenant_id",), "wanted_rev > delivered_rev"),
    ("ix_digests_unsent", "digests", ("tenant_id",), "mail_status in ('queued', 'sending')"),
    ("ix_drafts_open", "drafts", ("tenant_id", "status"), "status in ('preparing', 'ready')"),
    ("ix_draft_letters_unsent", "draft_letters", ("tenant_id",), "status in ('queued', 'sending')"),
    (
        "ix_approval_mails_unsent",
        "approval_mails",
        ("tenant_id",),
        "status in ('queued', 'sending')",
    ),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, list(columns), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
