"""Connecting Gmail by OAuth, its health, and what the first reading found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("connect_attempts", "delegations", "first_readings")
MOMENTS = (
    "connected_at",
    "reconnect_since",
    "watch_since",
    "watch_tried_at",
    "push_seen_at",
    "push_missed_since",
    "push_silent_since",
)
WORDS = ("reconnect_reason", "watch_trouble")


def upgrade() -> None:
    _add_columns()
    _create_attempts()
    _create_delegations()
    _create_readings()
    for table in TABLES:
        secure(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_first_readings_tenant_id_mailbox_id"), table_name="first_readings")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_mailboxes_connected_by"), "mailboxes", type_="foreignkey")
    op.drop_constraint(op.f("ck_mailboxes_via"), "mailboxes", type_="check")
    for column in ("via", "connected_by", "push_missed", *MOMENTS, *WORDS):
        op.drop_column("mailboxes", column)


def _add_columns() -> None:
    for name in MOMENTS:
        op.add_column("mailboxes", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in WORDS:
        op.add_column("mailboxes", sa.Column(name, sa.String(), nullable=True))
    op.add_column("mailboxes", sa.Column("via", sa.String(), nullable=False, server_default="file"))
    op.add_column(
        "mailboxes", sa.Column("push_missed", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("mailboxes", sa.Column("connected_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_mailboxes_via"), "mailboxes", "via in ('file', 'consent', 'delegation')"
    )
    op.create_foreign_key(
        op.f("fk_mailboxes_connected_by"),
        "mailboxes",
        "members",
        ["tenant_id", "connected_by"],
        ["tenant_id", "id"],
        ondelete="SET NULL (connected_by)",
    )


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f(f"fk_{table}_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _refers(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
        ondelete=ondelete,
    )


def _create_attempts() -> None:
    table = "connect_attempts"
    op.create_table(
        table,
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *_row(),
        sa.CheckConstraint(
            "purpose in ('own', 'system')", name=op.f("ck_connect_attempts_purpose")
        ),
        _refers(table, "member_id", "members", "CASCADE"),
        *_keys(table),
        sa.UniqueConstraint(
            "tenant_id", "state_hash", name=op.f("uq_connect_attempts_tenant_id_state_hash")
        ),
    )


def _create_delegations() -> None:
    table = "delegations"
    op.create_table(
        table,
        sa.Column("client_email", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_row(),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_delegations_tenant_id")),
    )


def _create_readings() -> None:
    table = "first_readings"
    moments = ("finished_at", "answered_at", "drafts_asked_at")
    op.create_table(
        table,
        sa.Column("mailbox_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("waiting", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("noticed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_text", sa.String(), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in moments),
        *_row(),
        sa.CheckConstraint(
            "status in ('reading', 'read', 'told')", name=op.f("ck_first_readings_status")
        ),
        sa.CheckConstraint("answer in ('yes', 'no')", name=op.f("ck_first_readings_answer")),
        _refers(table, "mailbox_id", "mailboxes", "CASCADE"),
        _refers(table, "member_id", "members", "SET NULL (member_id)"),
        *_keys(table),
    )
    op.create_index(
        op.f("ix_first_readings_tenant_id_mailbox_id"),
        table,
        ["tenant_id", "mailbox_id"],
        unique=False,
    )
