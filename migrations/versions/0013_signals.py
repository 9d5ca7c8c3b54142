"""Signals, what was detected, thresholds, scans."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "scans",
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.String(), nullable=False),
        sa.Column("model_calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('running', 'done', 'stopped')", name=op.f("ck_scans_status")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_scans_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_scans")),
        sa.UniqueConstraint("tenant_id", "due_at", name=op.f("uq_scans_tenant_id_due_at")),
    )
    op.create_index(
        "ix_scans_running",
        "scans",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "signal_thresholds",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("before", sa.Double(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("samples", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('feedback', 'person')", name=op.f("ck_signal_thresholds_source")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "moved_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_signal_thresholds_moved_by"),
            ondelete="SET NULL (moved_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "undone_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_signal_thresholds_undone_by"),
            ondelete="SET NULL (undone_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_signal_thresholds_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signal_thresholds")),
    )
    op.create_index(
        op.f("ix_signal_thresholds_tenant_id_name_created_at"),
        "signal_thresholds",
        ["tenant_id", "name", "created_at"],
        unique=False,
    )
    op.create_table(
        "scan_accounts",
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("model_calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason in ('activity', 'clock')", name=op.f("ck_scan_accounts_reason")),
        sa.CheckConstraint(
            "status in ('queued', 'done', 'failed', 'skipped')",
            name=op.f("ck_scan_accounts_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_scan_accounts_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "scan_id"],
            ["scans.tenant_id", "scans.id"],
            name=op.f("fk_scan_accounts_scan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_scan_accounts_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_scan_accounts")),
        sa.UniqueConstraint(
            "tenant_id",
            "scan_id",
            "account_id",
            name=op.f("uq_scan_accounts_tenant_id_scan_id_account_id"),
        ),
    )
    op.create_index(
        "ix_scan_accounts_queued",
        "scan_accounts",
        ["tenant_id", "scan_id"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_table(
        "deal_changes",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "field in ('stage', 'amount', 'close_date')", name=op.f("ck_deal_changes_field")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_deal_changes_deal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_deal_changes_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deal_changes")),
    )
    op.create_index(
        op.f("ix_deal_changes_tenant_id_deal_id_created_at"),
        "deal_changes",
        ["tenant_id", "deal_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_deal_changes_stages",
        "deal_changes",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("field = 'stage'"),
    )
    op.create_table(
        "signals",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("detectors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_why", sa.String(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("scan_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('buying', 'risk', 'engagement_change')", name=op.f("ck_signals_kind")
        ),
        sa.CheckConstraint(
            "severity in ('low', 'medium', 'high', 'critical')", name=op.f("ck_signals_severity")
        ),
        sa.CheckConstraint(
            "status in ('raised', 'acknowledged', 'acted', 'dismissed', 'cleared')",
            name=op.f("ck_signals_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_signals_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "acknowledged_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_signals_acknowledged_by"),
            ondelete="SET NULL (acknowledged_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_signals_action_id"),
            ondelete="SET NULL (action_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_signals_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_signals_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settled_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_signals_settled_by"),
            ondelete="SET NULL (settled_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "snoozed_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_signals_snoozed_by"),
            ondelete="SET NULL (snoozed_by)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_signals_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signals")),
    )
    op.create_index(
        "ix_signals_open_cause",
        "signals",
        ["tenant_id", "account_id", "name", "cause"],
        unique=True,
        postgresql_where=sa.text("status in ('raised', 'acknowledged')"),
    )
    op.create_index(
        op.f("ix_signals_tenant_id_account_id_raised_at"),
        "signals",
        ["tenant_id", "account_id", "raised_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_signals_tenant_id_raised_at"), "signals", ["tenant_id", "raised_at"], unique=False
    )
    op.create_index(
        "ix_signals_action",
        "signals",
        ["tenant_id", "action_id"],
        unique=False,
        postgresql_where=sa.text("action_id is not null"),
    )
    op.create_table(
        "detections",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("detectors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('buying', 'risk', 'engagement_change')", name=op.f("ck_detections_kind")
        ),
        sa.CheckConstraint(
            "severity in ('low', 'medium', 'high', 'critical')", name=op.f("ck_detections_severity")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_detections_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signal_id"],
            ["signals.tenant_id", "signals.id"],
            name=op.f("fk_detections_signal_id"),
            ondelete="SET NULL (signal_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_detections_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_detections")),
    )
    op.create_index(
        "ix_detections_gone", "detections", ["tenant_id", "account_id", "gone_at"], unique=False
    )
    op.create_index(
        "ix_detections_holding",
        "detections",
        ["tenant_id", "account_id", "name", "cause", "digest"],
        unique=True,
        postgresql_where=sa.text("gone_at is null"),
    )
    op.create_index(
        op.f("ix_detections_tenant_id_found_at"),
        "detections",
        ["tenant_id", "found_at"],
        unique=False,
    )
    op.create_table(
        "account_looks",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("wanted_rev", sa.Integer(), nullable=False),
        sa.Column("looked_rev", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("memory", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("model_calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_account_looks_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_account_looks_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account_looks")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", name=op.f("uq_account_looks_tenant_id_account_id")
        ),
    )
    op.create_index(
        "ix_account_looks_wanted",
        "account_looks",
        ["tenant_id", "wanted_at"],
        unique=False,
        postgresql_where=sa.text("wanted_rev > looked_rev"),
    )
    op.create_table(
        "budget_notices",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("spent_usd", sa.Numeric(precision=14, scale=8), nullable=False),
        sa.Column("budget_usd", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("unpriced_calls", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("share between 1 and 100", name=op.f("ck_budget_notices_share")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_budget_notices_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_budget_notices")),
        sa.UniqueConstraint(
            "tenant_id", "month", "share", name=op.f("uq_budget_notices_tenant_id_month_share")
        ),
    )
    op.create_table(
        "signal_warnings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("false_alarms", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_signal_warnings_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signal_warnings")),
        sa.UniqueConstraint(
            "tenant_id", "name", "month", name=op.f("uq_signal_warnings_tenant_id_name_month")
        ),
    )
    _rated("'message', 'decision', 'conversation', 'signal'")
    secure("signals")
    secure("detections")
    secure("signal_thresholds")
    secure("signal_warnings")
    secure("scans")
    secure("scan_accounts")
    secure("account_looks")
    secure("budget_notices")
    secure("deal_changes")


def _rated(targets: str) -> None:
    """What people may give their word on."""
    op.drop_constraint(op.f("ck_feedback_target"), "feedback", type_="check")
    op.create_check_constraint(op.f("ck_feedback_target"), "feedback", f"target in ({targets})")


def downgrade() -> None:
    op.drop_table("budget_notices")
    op.drop_index(
        "ix_account_looks_wanted",
        table_name="account_looks",
        postgresql_where=sa.text("wanted_rev > looked_rev"),
    )
    op.drop_table("account_looks")
    # Forced row-level security hides every tenant's rows from the owner, too.
    op.execute("alter table feedback no force row level security")
    op.execute("delete from feedback where target = 'signal'")
    op.execute("alter table feedback force row level security")
    _rated("'message', 'decision', 'conversation'")
    op.drop_table("signal_warnings")
    op.drop_index(op.f("ix_detections_tenant_id_found_at"), table_name="detections")
    op.drop_index(
        "ix_detections_holding",
        table_name="detections",
        postgresql_where=sa.text("gone_at is null"),
    )
    op.drop_index("ix_detections_gone", table_name="detections")
    op.drop_table("detections")
    op.drop_index(
        "ix_signals_action",
        table_name="signals",
        postgresql_where=sa.text("action_id is not null"),
    )
    op.drop_index(op.f("ix_signals_tenant_id_raised_at"), table_name="signals")
    op.drop_index(op.f("ix_signals_tenant_id_account_id_raised_at"), table_name="signals")
    op.drop_index(
        "ix_signals_open_cause",
        table_name="signals",
        postgresql_where=sa.text("status in ('raised', 'acknowledged')"),
    )
    op.drop_table("signals")
    op.drop_index(
        "ix_deal_changes_stages",
        table_name="deal_changes",
        postgresql_where=sa.text("field = 'stage'"),
    )
    op.drop_index(op.f("ix_deal_changes_tenant_id_deal_id_created_at"), table_name="deal_changes")
    op.drop_table("deal_changes")
    op.drop_index(
        "ix_scan_accounts_queued",
        table_name="scan_accounts",
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.drop_table("scan_accounts")
    op.drop_index(
        op.f("ix_signal_thresholds_tenant_id_name_created_at"), table_name="signal_thresholds"
    )
    op.drop_table("signal_thresholds")
    op.drop_index(
        "ix_scans_running", table_name="scans", postgresql_where=sa.text("status = 'running'")
    )
    op.drop_table("scans")
