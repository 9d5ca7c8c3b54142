"""Who gets messages: enabled members, pauses, and cards that were held back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("members", sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("members", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cards", sa.Column("held_rev", sa.Integer(), nullable=True))
    _enable_everybody()


def downgrade() -> None:
    op.drop_column("cards", "held_rev")
    op.drop_column("members", "paused_until")
    op.drop_column("members", "enabled_at")


def _enable_everybody() -> None:
    """Whoever is a member today goes on getting what they get. Row-level security holds for the
    owner as well, so each tenant is opened by itself, and what was written is counted."""
    bind = op.get_bind()
    tenants = bind.execute(sa.text("select tenant_id from workspace_directory")).scalars().all()
    for tenant_id in tenants:
        bind.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"), {"tenant": str(tenant_id)}
        )
        of_tenant = {"tenant": tenant_id}
        there = bind.execute(
            sa.text("select count(*) from members where tenant_id = :tenant"), of_tenant
        ).scalar_one()
        written = bind.execute(
            sa.text("update members set enabled_at = created_at where tenant_id = :tenant"),
            of_tenant,
        ).rowcount
        if written != there:
            raise RuntimeError(f"{written} of {there} members were enabled")
    bind.execute(sa.text("select set_config('app.tenant_id', '', true)"))
