"""Approvals: rules, requests, seats, votes, mails and links, absences, and what was granted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = (
    "sign_ins",
    "absences",
    "approval_rule_sets",
    "devices",
    "approval_requests",
    "approval_mails",
    "approval_questions",
    "approval_seats",
    "concessions",
    "approval_votes",
)


def upgrade() -> None:
    _add_columns()
    _create_tables()
    for table in TABLES:
        secure(table)


def downgrade() -> None:
    op.drop_column("tenants", "installed_at")
    op.drop_column("members", "phone")
    op.drop_column("cards", "first_shown_at")
    op.drop_column("cards", "fresh_rev")
    op.drop_column("inbound_events", "taken_at")
    op.drop_table("approval_votes")
    op.drop_index(op.f("ix_concessions_tenant_id_account_id"), table_name="concessions")
    op.drop_table("concessions")
    op.drop_index("ix_approval_seats_waiting", table_name="approval_seats")
    op.drop_index(op.f("ix_approval_seats_tenant_id_holder_id"), table_name="approval_seats")
    op.drop_index(op.f("ix_approval_seats_tenant_id_delegate_id"), table_name="approval_seats")
    op.drop_table("approval_seats")
    op.drop_index(
        op.f("ix_approval_questions_tenant_id_request_id"), table_name="approval_questions"
    )
    op.drop_table("approval_questions")
    op.drop_table("approval_mails")
    op.drop_index(
        op.f("ix_approval_requests_tenant_id_status_due_at"), table_name="approval_requests"
    )
    op.drop_index(
        op.f("ix_approval_requests_tenant_id_requester_id_status"), table_name="approval_requests"
    )
    op.drop_index(op.f("ix_approval_requests_tenant_id_deal_id"), table_name="approval_requests")
    op.drop_index(op.f("ix_approval_requests_tenant_id_action_id"), table_name="approval_requests")
    op.drop_index(
        "ix_approval_requests_uncarried",
        table_name="approval_requests",
        postgresql_where=sa.text("carry_status = 'queued'"),
    )
    op.drop_index(
        "ix_approval_requests_open_action",
        table_name="approval_requests",
        postgresql_where=sa.text("status = 'pending' and action_id is not null"),
    )
    op.drop_table("approval_requests")
    op.drop_index(op.f("ix_devices_tenant_id_member_id"), table_name="devices")
    op.drop_table("devices")
    op.drop_table("approval_rule_sets")
    op.drop_index(op.f("ix_absences_tenant_id_member_id_ends_at"), table_name="absences")
    op.drop_table("absences")
    op.drop_table("sign_ins")


def _add_columns() -> None:
    op.add_column("cards", sa.Column("first_shown_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cards", sa.Column("fresh_rev", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "inbound_events", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("members", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("tenants", sa.Column("installed_at", sa.DateTime(timezone=True), nullable=True))


def _create_tables() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_sign_ins_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint(
            "tenant_id", "nonce_hash", name=op.f("uq_sign_ins_tenant_id_nonce_hash")
        ),
    )
    op.create_table(
        "absences",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delegate_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_absences_delegate_id"),
            ondelete="SET NULL (delegate_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_absences_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_absences_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_absences")),
    )
    op.create_index(
        op.f("ix_absences_tenant_id_member_id_ends_at"),
        "absences",
        ["tenant_id", "member_id", "ends_at"],
        unique=False,
    )
    op.create_table(
        "approval_rule_sets",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("gated_types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('default', 'file', 'modal')", name=op.f("ck_approval_rule_sets_source")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "applied_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_rule_sets_applied_by"),
            ondelete="SET NULL (applied_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_approval_rule_sets_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_rule_sets")),
        sa.UniqueConstraint(
            "tenant_id", "version", name=op.f("uq_approval_rule_sets_tenant_id_version")
        ),
    )
    op.create_table(
        "devices",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_devices_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_devices_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_devices")),
    )
    op.create_index(
        op.f("ix_devices_tenant_id_member_id"), "devices", ["tenant_id", "member_id"], unique=False
    )
    op.create_table(
        "approval_requests",
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("percentage", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("competitor", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("route", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("route_sentence", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("auto_template", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_surface", sa.String(), nullable=True),
        sa.Column("settled_reason", sa.String(), nullable=True),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("carry_status", sa.String(), nullable=False),
        sa.Column("carry_note", sa.String(), nullable=True),
        sa.Column("carry_attempts", sa.Integer(), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "carry_status in ('none', 'queued', 'done', 'failed')",
            name=op.f("ck_approval_requests_carry_status"),
        ),
        sa.CheckConstraint(
            "risk in ('low', 'medium', 'high')", name=op.f("ck_approval_requests_risk")
        ),
        sa.CheckConstraint(
            "status in ('pending', 'approved', 'rejected', 'expired', 'withdrawn', 'voided')",
            name=op.f("ck_approval_requests_status"),
        ),
        sa.CheckConstraint(
            "urgency in ('low', 'normal', 'high', 'critical')",
            name=op.f("ck_approval_requests_urgency"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_approval_requests_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_approval_requests_action_id"),
            ondelete="SET NULL (action_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_approval_requests_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "replaces_id"],
            ["approval_requests.tenant_id", "approval_requests.id"],
            name=op.f("fk_approval_requests_replaces_id"),
            ondelete="SET NULL (replaces_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requester_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_requests_requester_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settled_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_requests_settled_by"),
            ondelete="SET NULL (settled_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_approval_requests_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_requests")),
    )
    op.create_index(
        "ix_approval_requests_open_action",
        "approval_requests",
        ["tenant_id", "action_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending' and action_id is not null"),
    )
    op.create_index(
        "ix_approval_requests_uncarried",
        "approval_requests",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("carry_status = 'queued'"),
    )
    op.create_index(
        op.f("ix_approval_requests_tenant_id_action_id"),
        "approval_requests",
        ["tenant_id", "action_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_requests_tenant_id_deal_id"),
        "approval_requests",
        ["tenant_id", "deal_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_requests_tenant_id_requester_id_status"),
        "approval_requests",
        ["tenant_id", "requester_id", "status"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_requests_tenant_id_status_due_at"),
        "approval_requests",
        ["tenant_id", "status", "due_at"],
        unique=False,
    )
    op.create_table(
        "approval_mails",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suggestion", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('request', 'reminder', 'confirm', 'outcome', 'urgent')",
            name=op.f("ck_approval_mails_kind"),
        ),
        sa.CheckConstraint(
            "status in ('queued', 'sending', 'sent', 'none', 'failed', 'unknown')",
            name=op.f("ck_approval_mails_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_mails_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["approval_requests.tenant_id", "approval_requests.id"],
            name=op.f("fk_approval_mails_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_approval_mails_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_mails")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "member_id",
            "kind",
            "number",
            name=op.f("uq_approval_mails_tenant_id_request_id_member_id_kind_number"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "token_hash", name=op.f("uq_approval_mails_tenant_id_token_hash")
        ),
    )
    op.create_table(
        "approval_questions",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answered_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_questions_answered_by"),
            ondelete="SET NULL (answered_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asked_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_questions_asked_by"),
            ondelete="SET NULL (asked_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["approval_requests.tenant_id", "approval_requests.id"],
            name=op.f("fk_approval_questions_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_approval_questions_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_questions")),
    )
    op.create_index(
        op.f("ix_approval_questions_tenant_id_request_id"),
        "approval_questions",
        ["tenant_id", "request_id"],
        unique=False,
    )
    op.create_table(
        "approval_seats",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("delegate_id", sa.Uuid(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("chain", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delegate_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_seats_delegate_id"),
            ondelete="SET NULL (delegate_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "holder_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_seats_holder_id"),
            ondelete="SET NULL (holder_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["approval_requests.tenant_id", "approval_requests.id"],
            name=op.f("fk_approval_seats_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_approval_seats_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_seats")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "number",
            name=op.f("uq_approval_seats_tenant_id_request_id_number"),
        ),
    )
    op.create_index(
        "ix_approval_seats_waiting",
        "approval_seats",
        ["tenant_id", "holder_id", "delegate_id"],
        unique=False,
        postgresql_where=sa.text("waiting"),
    )
    op.create_index(
        op.f("ix_approval_seats_tenant_id_delegate_id"),
        "approval_seats",
        ["tenant_id", "delegate_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_seats_tenant_id_holder_id"),
        "approval_seats",
        ["tenant_id", "holder_id"],
        unique=False,
    )
    op.create_table(
        "concessions",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("percentage", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_concessions_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_concessions_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["approval_requests.tenant_id", "approval_requests.id"],
            name=op.f("fk_concessions_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_concessions_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_concessions")),
        sa.UniqueConstraint(
            "tenant_id", "request_id", name=op.f("uq_concessions_tenant_id_request_id")
        ),
    )
    op.create_index(
        op.f("ix_concessions_tenant_id_account_id"),
        "concessions",
        ["tenant_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "approval_votes",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("for_id", sa.Uuid(), nullable=True),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("hasty", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "choice in ('approve', 'reject')", name=op.f("ck_approval_votes_choice")
        ),
        sa.CheckConstraint(
            "surface in ('slack', 'link', 'reply')", name=op.f("ck_approval_votes_surface")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "for_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_votes_for_id"),
            ondelete="SET NULL (for_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_approval_votes_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["approval_requests.tenant_id", "approval_requests.id"],
            name=op.f("fk_approval_votes_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seat_id"],
            ["approval_seats.tenant_id", "approval_seats.id"],
            name=op.f("fk_approval_votes_seat_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_approval_votes_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_votes")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "member_id",
            name=op.f("uq_approval_votes_tenant_id_request_id_member_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "seat_id",
            name=op.f("uq_approval_votes_tenant_id_request_id_seat_id"),
        ),
    )
