"""What the text of a revision amounts to is kept beside it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0032"
down_revision: str | None = "0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # Nothing is filled in: where it is missing, a text is looked at when somebody decides on it.
    op.add_column(
        "draft_revisions",
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("draft_revisions", "content")
