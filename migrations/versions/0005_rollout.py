"""Who gets messages: enabled members, pauses, cards that were held back, imports from Slack."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("member_imports", "selections")


def upgrade() -> None:
    op.add_column("members", sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("members", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cards", sa.Column("held_rev", sa.Integer(), nullable=True))
    _enable_everybody()
    _create_member_imports()
    _create_selections()
    for table in TABLES:
        secure(table)


def downgrade() -> None:
    op.drop_table("selections")
    op.drop_index(op.f("ix_member_imports_tenant_id_status"), table_name="member_imports")
    op.drop_table("member_imports")
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


def _create_member_imports() -> None:
    op.create_table(
        "member_imports",
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("user_ids", postgresql.JSONB(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("group_name", sa.String(), nullable=True),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        *_row(),
        sa.CheckConstraint(
            "role in ('rep', 'manager', 'executive', 'admin')",
            name=op.f("ck_member_imports_role"),
        ),
        sa.CheckConstraint(
            "status in ('queued', 'done', 'failed')", name=op.f("ck_member_imports_status")
        ),
        _member("member_imports", "requested_by", required=True),
        _member("member_imports", "manager_id"),
        *_keys("member_imports"),
    )
    op.create_index(
        op.f("ix_member_imports_tenant_id_status"),
        "member_imports",
        ["tenant_id", "status"],
        unique=False,
    )


def _create_selections() -> None:
    op.create_table(
        "selections",
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("member_ids", postgresql.JSONB(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        _member("selections", "requested_by", required=True),
        *_keys("selections"),
    )


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _member(table: str, column: str, *, required: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        ["members.tenant_id", "members.id"],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if required else f"SET NULL ({column})",
    )


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f(f"fk_{table}_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )
