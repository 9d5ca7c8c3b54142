"""Keys under what the audit tells of people, erasures and who was erased, retention's days."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import APP_ROLE, secure

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Nobody changes what was written. Only the tables' owner may delete, and only the entries of the
# workspace it has named in its transaction as the one that is erased; the processes' role never.
REFUSAL = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.tenant_id::text = current_setting('app.erasing', true)
       and exists (select from pg_class where oid = tg_relid and relowner = current_user::regrole)
    then
        return old;
    end if;
    raise exception '% is append-only', tg_table_name;
end $$
"""
BEFORE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin raise exception '% is append-only', tg_table_name; end $$
"""


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _of_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=f"fk_{table}_")


def upgrade() -> None:
    op.create_table(
        "audit_keys",
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        *_row(),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["audit_entries.tenant_id", "audit_entries.id"],
            name="fk_audit_keys_id",
            ondelete="CASCADE",
        ),
        _of_tenant("audit_keys"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_keys"),
    )
    for column in ("subject_id", "actor_id", "key_id"):
        name = f"ix_audit_keys_tenant_id_{column}"
        op.create_index(name, "audit_keys", ["tenant_id", column], unique=False)
    op.create_table(
        "erasures",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        _json("things"),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        _json("counts"),
        _json("waiting"),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.CheckConstraint("kind in ('contact', 'member')", name="ck_erasures_kind"),
        sa.CheckConstraint(
            "status in ('asked', 'running', 'waiting', 'done')", name="ck_erasures_status"
        ),
        _of_tenant("erasures"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_erasures"),
    )
    op.create_index(
        "ix_erasures_open",
        "erasures",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status <> 'done'"),
    )
    op.create_table(
        "erased_addresses",
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        *_row(),
        _of_tenant("erased_addresses"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_erased_addresses"),
        sa.UniqueConstraint(
            "tenant_id",
            "key_version",
            "digest",
            name="uq_erased_addresses_tenant_id_key_version_digest",
        ),
    )
    op.create_table(
        "retention_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        _json("counts"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.CheckConstraint("status in ('running', 'done')", name="ck_retention_runs_status"),
        _of_tenant("retention_runs"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_retention_runs"),
        sa.UniqueConstraint("tenant_id", "day", name="uq_retention_runs_tenant_id_day"),
    )
    for table in ("audit_keys", "erasures", "erased_addresses", "retention_runs"):
        secure(table)
    op.create_table(
        "erased_workspaces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        _json("counts"),
        sa.Column("audit_links", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_erased_workspaces"),
    )
    op.execute(f"grant select on erased_workspaces to {APP_ROLE}")
    op.execute(REFUSAL)


def downgrade() -> None:
    op.execute(BEFORE)
    op.drop_table("erased_workspaces")
    op.drop_table("retention_runs")
    op.drop_table("erased_addresses")
    op.drop_table("erasures")
    op.drop_table("audit_keys")
