"""Reports as they were told, and their mails."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period in ('week', 'month')", name=op.f("ck_reports_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_reports_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_reports_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "tenant_id",
            "period",
            "starts_on",
            "member_id",
            name=op.f("uq_reports_tenant_id_period_starts_on_member_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "report_mails",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('queued', 'sending', 'sent', 'failed', 'unknown')",
            name=op.f("ck_report_mails_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recipient_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_report_mails_recipient_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["reports.tenant_id", "reports.id"],
            name=op.f("fk_report_mails_report_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_report_mails_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_mails")),
        sa.UniqueConstraint(
            "tenant_id",
            "report_id",
            "recipient_id",
            name=op.f("uq_report_mails_tenant_id_report_id_recipient_id"),
        ),
    )
    op.create_index(
        op.f("ix_report_mails_tenant_id_status"),
        "report_mails",
        ["tenant_id", "status"],
        unique=False,
    )
    op.create_table(
        "report_wishes",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("response_url", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period in ('week', 'month')", name=op.f("ck_report_wishes_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_report_wishes_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_report_wishes_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_wishes")),
        sa.UniqueConstraint(
            "tenant_id", "command_id", name=op.f("uq_report_wishes_tenant_id_command_id")
        ),
    )
    op.create_index(
        "ix_report_wishes_open",
        "report_wishes",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("settled_at is null"),
    )
    # What alarms is counted each month; the rest of the audit has no place in this index.
    op.create_index(
        "ix_audit_entries_alarming",
        "audit_entries",
        ["tenant_id", "verb", "created_at"],
        unique=False,
        postgresql_where=sa.text("verb in ('kill_switch.engaged', 'text.suspicious')"),
    )
    secure("reports")
    secure("report_mails")
    secure("report_wishes")


def downgrade() -> None:
    op.drop_index("ix_audit_entries_alarming", table_name="audit_entries")
    op.drop_table("report_wishes")
    op.drop_index(op.f("ix_report_mails_tenant_id_status"), table_name="report_mails")
    op.drop_table("report_mails")
    op.drop_table("reports")
