"""Installing by OAuth: single-use states, token rotation, paused workspaces."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.security import grant

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COLUMNS = (
    "bot_grant",
    "token_lease",
    "token_lease_until",
    "paused_at",
    "paused_why",
    "admin_wanted",
)


def upgrade() -> None:
    op.add_column("tenants", sa.Column("bot_grant", sa.LargeBinary(), nullable=True))
    op.add_column("tenants", sa.Column("token_lease", sa.Uuid(), nullable=True))
    op.add_column(
        "tenants", sa.Column("token_lease_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("tenants", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tenants", sa.Column("paused_why", sa.String(), nullable=True))
    op.add_column(
        "tenants",
        sa.Column("admin_wanted", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _pause_the_disconnected()
    op.create_table(
        "install_states",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_install_states")),
    )
    op.create_index(op.f("ix_install_states_expires_at"), "install_states", ["expires_at"])
    grant("install_states")


def _pause_the_disconnected() -> None:
    """A workspace that Slack had taken back before one could be paused is paused since then."""
    connection = op.get_bind()
    tenants = connection.execute(sa.text("select tenant_id from workspace_directory")).scalars()
    for tenant_id in tenants.all():
        connection.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"),
            {"tenant": str(tenant_id)},
        )
        changed = connection.execute(
            sa.text(
                "update tenants set paused_at = installed_at, paused_why = 'the app was removed' "
                "where bot_token is null and installed_at is not null"
            )
        )
        if changed.rowcount > 1:
            raise RuntimeError(f"more than one tenant was changed for {tenant_id}")
    connection.execute(sa.text("select set_config('app.tenant_id', '', true)"))


def downgrade() -> None:
    op.drop_table("install_states")
    for column in COLUMNS:
        op.drop_column("tenants", column)
