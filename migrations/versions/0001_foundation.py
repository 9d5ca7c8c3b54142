"""The foundation: tenants and everything of theirs, directories, the job queue, row-level security."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import (
    APP_ROLE,
    create_app_role,
    create_refusal,
    drop_refusal,
    grant,
    secure,
)

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


TENANT_TABLES = (
    "tenants",
    "audit_entries",
    "command_results",
    "inbound_events",
    "kill_switches",
    "members",
    "accounts",
    "audit_links",
    "cards",
    "digests",
    "feedback",
    "mailboxes",
    "account_owners",
    "contacts",
    "deals",
    "conversations",
    "messages",
    "model_calls",
    "drafts",
    "mailbox_messages",
    "actions",
    "draft_revisions",
    "effects",
    "outcomes",
)
APPEND_ONLY = frozenset({"audit_entries", "audit_links"})
DIRECTORIES = (
    "workspace_directory",
    "mailbox_directory",
    "timers",
    "schedule_ticks",
)


def _run_script(name: str) -> None:
    """Statements of the queue library, frozen beside this file so that they never change under us.
    Many in one script, which only the driver itself can run."""
    sql = (Path(__file__).parent / name).read_text()
    op.get_bind().connection.dbapi_connection.run_async(lambda raw: raw.execute(sql))  # type: ignore[union-attr]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    create_app_role()
    create_refusal()
    _run_script("0001_queue_install.sql")
    op.execute(f"grant usage on schema jobs to {APP_ROLE}")
    op.execute(f"grant select, insert, update, delete on all tables in schema jobs to {APP_ROLE}")
    op.execute(f"grant usage on all sequences in schema jobs to {APP_ROLE}")
    _create_tables()
    for table in TENANT_TABLES:
        secure(table, append_only=table in APPEND_ONLY)
    for table in DIRECTORIES:
        grant(table)
    op.execute(f"grant select on alembic_version to {APP_ROLE}")


def _create_tables() -> None:

    op.create_table(
        "mailbox_directory",
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("mailbox_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "key_version", name=op.f("pk_mailbox_directory")),
    )
    op.create_table(
        "schedule_ticks",
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("due_at", name=op.f("pk_schedule_ticks")),
    )
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("bot_user_id", sa.String(), nullable=False),
        sa.Column("bot_token", sa.LargeBinary(), nullable=True),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("team_id", name=op.f("uq_tenants_team_id")),
    )
    op.create_table(
        "timers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "subject_id", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)
    op.create_table(
        "workspace_directory",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_workspace_directory")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_workspace_directory_tenant_id")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_audit_entries_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        op.f("ix_audit_entries_tenant_id_position"),
        "audit_entries",
        ["tenant_id", "position"],
        unique=True,
    )
    op.create_index(
        op.f("ix_audit_entries_tenant_id_subject_id"),
        "audit_entries",
        ["tenant_id", "subject_id"],
        unique=False,
    )
    op.create_table(
        "command_results",
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_command_results_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_command_results")),
        sa.UniqueConstraint(
            "tenant_id", "command_id", name=op.f("uq_command_results_tenant_id_command_id")
        ),
    )
    op.create_table(
        "inbound_events",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('received', 'done', 'set_aside', 'failed')",
            name=op.f("ck_inbound_events_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_inbound_events_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inbound_events")),
        sa.UniqueConstraint(
            "tenant_id",
            "scope",
            "source",
            "external_id",
            name=op.f("uq_inbound_events_tenant_id_scope_source_external_id"),
        ),
    )
    op.create_index(
        op.f("ix_inbound_events_tenant_id_status"),
        "inbound_events",
        ["tenant_id", "status"],
        unique=False,
    )
    op.create_table(
        "kill_switches",
        sa.Column("engaged", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_kill_switches_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_kill_switches")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_kill_switches_tenant_id")),
    )
    op.create_table(
        "members",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("titles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("slack_user_id", sa.String(), nullable=True),
        sa.Column("dm_channel", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("preferences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "function in ('sales', 'onboarding', 'support', 'success')",
            name=op.f("ck_members_function"),
        ),
        sa.CheckConstraint(
            "role in ('rep', 'manager', 'executive', 'admin')", name=op.f("ck_members_role")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "manager_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_members_manager_id"),
            ondelete="SET NULL (manager_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_members_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_members_tenant_id_email")),
        sa.UniqueConstraint(
            "tenant_id", "slack_user_id", name=op.f("uq_members_tenant_id_slack_user_id")
        ),
    )
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("health", sa.Integer(), nullable=True),
        sa.Column("lifecycle", sa.String(), nullable=True),
        sa.Column("renewal_date", sa.Date(), nullable=True),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_accounts_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_accounts_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_accounts_tenant_id_name")),
    )
    op.create_index(
        op.f("ix_accounts_tenant_id_domain"), "accounts", ["tenant_id", "domain"], unique=False
    )
    op.create_table(
        "audit_links",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["audit_entries.tenant_id", "audit_entries.id"],
            name=op.f("fk_audit_links_entry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "sequence", name=op.f("pk_audit_links")),
    )
    op.create_table(
        "cards",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("posting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_rev", sa.Integer(), nullable=False),
        sa.Column("delivered_rev", sa.Integer(), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recipient_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_cards_recipient_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_cards_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cards")),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "subject_id",
            "recipient_id",
            name=op.f("uq_cards_tenant_id_kind_subject_id_recipient_id"),
        ),
    )
    op.create_index(
        op.f("ix_cards_tenant_id_channel_ts"), "cards", ["tenant_id", "channel", "ts"], unique=False
    )
    op.create_index(
        op.f("ix_cards_tenant_id_subject_id"), "cards", ["tenant_id", "subject_id"], unique=False
    )
    op.create_table(
        "digests",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mail_status", sa.String(), nullable=False),
        sa.Column("mail_note", sa.String(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mail_status in ('none', 'queued', 'sending', 'sent', 'failed', 'unknown')",
            name=op.f("ck_digests_mail_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_digests_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_digests_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_digests")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "day",
            "request",
            name=op.f("uq_digests_tenant_id_member_id_day_request"),
        ),
    )
    op.create_table(
        "feedback",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('button', 'reaction', 'command')", name=op.f("ck_feedback_source")
        ),
        sa.CheckConstraint(
            "target in ('message', 'decision', 'conversation')", name=op.f("ck_feedback_target")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_feedback_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_feedback_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback")),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "target",
            "target_id",
            name=op.f("uq_feedback_tenant_id_member_id_target_target_id"),
        ),
    )
    op.create_table(
        "mailboxes",
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("is_system", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column("history_id", sa.BigInteger(), nullable=True),
        sa.Column("wanted_history_id", sa.BigInteger(), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watch_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('connected', 'reconnect', 'disconnected')", name=op.f("ck_mailboxes_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_mailboxes_member_id"),
            ondelete="SET NULL (member_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_mailboxes_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("tenant_id", "address", name=op.f("uq_mailboxes_tenant_id_address")),
    )
    op.create_table(
        "account_owners",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "function in ('sales', 'onboarding', 'support', 'success')",
            name=op.f("ck_account_owners_function"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_account_owners_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_account_owners_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_account_owners_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account_owners")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "function",
            name=op.f("uq_account_owners_tenant_id_account_id_function"),
        ),
    )
    op.create_table(
        "contacts",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("undeliverable", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status in ('observed', 'confirmed')", name=op.f("ck_contacts_status")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_contacts_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_contacts_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_contacts_tenant_id_email")),
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_account_id"),
        "contacts",
        ["tenant_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "deals",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("close_date", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage in ('initial', 'discovery', 'qualification', 'evaluation', 'negotiation', 'stalled', 'closed_won', 'closed_lost')",
            name=op.f("ck_deals_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_deals_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_deals_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_deals_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deals")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", "name", name=op.f("uq_deals_tenant_id_account_id_name")
        ),
    )
    op.create_table(
        "conversations",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("responder_id", sa.Uuid(), nullable=True),
        sa.Column("responder_mailbox_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("qualification", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head_message_id", sa.Uuid(), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "link in ('linked', 'unlinked', 'lead', 'ignored')", name=op.f("ck_conversations_link")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_conversations_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_conversations_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "responder_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_conversations_responder_id"),
            ondelete="SET NULL (responder_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "responder_mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("fk_conversations_responder_mailbox_id"),
            ondelete="SET NULL (responder_mailbox_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_conversations_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_conversations")),
    )
    op.create_index(
        op.f("ix_conversations_tenant_id_account_id"),
        "conversations",
        ["tenant_id", "account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_tenant_id_deal_id"),
        "conversations",
        ["tenant_id", "deal_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_tenant_id_responder_id"),
        "conversations",
        ["tenant_id", "responder_id"],
        unique=False,
    )
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("rfc_message_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("sender", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recipients", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("refs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attention", sa.String(), nullable=False),
        sa.Column("analysis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "attention in ('new', 'card', 'quiet', 'unlinked', 'set_aside', 'ours')",
            name=op.f("ck_messages_attention"),
        ),
        sa.CheckConstraint(
            "direction in ('inbound', 'outbound')", name=op.f("ck_messages_direction")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_messages_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_messages_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_messages_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "tenant_id", "rfc_message_id", name=op.f("uq_messages_tenant_id_rfc_message_id")
        ),
    )
    op.create_index(
        op.f("ix_messages_tenant_id_attention_received_at"),
        "messages",
        ["tenant_id", "attention", "received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_tenant_id_conversation_id_received_at"),
        "messages",
        ["tenant_id", "conversation_id", "received_at"],
        unique=False,
    )
    op.create_table(
        "model_calls",
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status in ('ok', 'failed')", name=op.f("ck_model_calls_status")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_model_calls_conversation_id"),
            ondelete="SET NULL (conversation_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_model_calls_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_model_calls")),
    )
    op.create_index(
        op.f("ix_model_calls_tenant_id_created_at"),
        "model_calls",
        ["tenant_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "drafts",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("mailbox_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("gmail_draft_id", sa.String(), nullable=True),
        sa.Column("gmail_message_id", sa.String(), nullable=True),
        sa.Column("gmail_thread_id", sa.String(), nullable=True),
        sa.Column("gmail_revision", sa.Integer(), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('preparing', 'ready', 'sending', 'sent', 'rejected', 'voided', 'sent_by_hand', 'discarded', 'failed')",
            name=op.f("ck_drafts_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_drafts_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("fk_drafts_mailbox_id"),
            ondelete="SET NULL (mailbox_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("fk_drafts_message_id"),
            ondelete="SET NULL (message_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_drafts_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_drafts")),
    )
    op.create_index(
        op.f("ix_drafts_tenant_id_conversation_id"),
        "drafts",
        ["tenant_id", "conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_drafts_tenant_id_mailbox_id_gmail_draft_id"),
        "drafts",
        ["tenant_id", "mailbox_id", "gmail_draft_id"],
        unique=False,
    )
    op.create_table(
        "mailbox_messages",
        sa.Column("mailbox_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("gmail_message_id", sa.String(), nullable=False),
        sa.Column("gmail_thread_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("fk_mailbox_messages_mailbox_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("fk_mailbox_messages_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_mailbox_messages_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mailbox_messages")),
        sa.UniqueConstraint(
            "tenant_id",
            "mailbox_id",
            "gmail_message_id",
            name=op.f("uq_mailbox_messages_tenant_id_mailbox_id_gmail_message_id"),
        ),
    )
    op.create_index(
        op.f("ix_mailbox_messages_tenant_id_mailbox_id_gmail_thread_id"),
        "mailbox_messages",
        ["tenant_id", "mailbox_id", "gmail_thread_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mailbox_messages_tenant_id_message_id"),
        "mailbox_messages",
        ["tenant_id", "message_id"],
        unique=False,
    )
    op.create_table(
        "actions",
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confidence", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("confidence_reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("decided_surface", sa.String(), nullable=True),
        sa.Column("decided_revision", sa.Integer(), nullable=True),
        sa.Column("decided_hash", sa.String(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'approved', 'done', 'rejected', 'voided', 'handled', 'failed')",
            name=op.f("ck_actions_status"),
        ),
        sa.CheckConstraint(
            "verdict in ('autonomous', 'approval_required', 'hard_stop')",
            name=op.f("ck_actions_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_actions_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_actions_conversation_id"),
            ondelete="SET NULL (conversation_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_actions_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_actions_decided_by"),
            ondelete="SET NULL (decided_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["drafts.tenant_id", "drafts.id"],
            name=op.f("fk_actions_draft_id"),
            ondelete="SET NULL (draft_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_actions_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_actions_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_actions")),
    )
    op.create_index(
        op.f("ix_actions_tenant_id_conversation_id"),
        "actions",
        ["tenant_id", "conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_actions_tenant_id_draft_id"), "actions", ["tenant_id", "draft_id"], unique=True
    )
    op.create_index(
        op.f("ix_actions_tenant_id_status"), "actions", ["tenant_id", "status"], unique=False
    )
    op.create_table(
        "draft_revisions",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("instruction", sa.String(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cc", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bcc", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("refs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("thread_head_id", sa.Uuid(), nullable=True),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "author in ('model', 'member', 'gmail')", name=op.f("ck_draft_revisions_author")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_draft_revisions_author_id"),
            ondelete="SET NULL (author_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["drafts.tenant_id", "drafts.id"],
            name=op.f("fk_draft_revisions_draft_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_draft_revisions_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_draft_revisions")),
        sa.UniqueConstraint(
            "tenant_id",
            "draft_id",
            "number",
            name=op.f("uq_draft_revisions_tenant_id_draft_id_number"),
        ),
    )
    op.create_table(
        "effects",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('send_draft')", name=op.f("ck_effects_kind")),
        sa.CheckConstraint(
            "status in ('queued', 'sending', 'done', 'cancelled', 'unknown')",
            name=op.f("ck_effects_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_effects_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["drafts.tenant_id", "drafts.id"],
            name=op.f("fk_effects_draft_id"),
            ondelete="SET NULL (draft_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_effects_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_effects")),
        sa.UniqueConstraint(
            "tenant_id",
            "action_id",
            "revision",
            name=op.f("uq_effects_tenant_id_action_id_revision"),
        ),
    )
    op.create_index(
        op.f("ix_effects_tenant_id_status"), "effects", ["tenant_id", "status"], unique=False
    )
    op.create_table(
        "outcomes",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("predicted", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("signal_message_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('email_engagement', 'deal_progression', 'meeting_outcome', 'escalation_result')",
            name=op.f("ck_outcomes_kind"),
        ),
        sa.CheckConstraint("source in ('automatic', 'human')", name=op.f("ck_outcomes_source")),
        sa.CheckConstraint(
            "status in ('pending', 'positive', 'negative', 'ambiguous', 'expired')",
            name=op.f("ck_outcomes_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_outcomes_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_outcomes_conversation_id"),
            ondelete="SET NULL (conversation_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signal_message_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("fk_outcomes_signal_message_id"),
            ondelete="SET NULL (signal_message_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_outcomes_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint(
            "tenant_id", "action_id", "kind", name=op.f("uq_outcomes_tenant_id_action_id_kind")
        ),
    )
    op.create_index(
        op.f("ix_outcomes_tenant_id_conversation_id_status"),
        "outcomes",
        ["tenant_id", "conversation_id", "status"],
        unique=False,
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _drop_tables()
    drop_refusal()
    _run_script("0001_queue_uninstall.sql")
    op.execute("drop schema jobs")


def _drop_tables() -> None:

    op.drop_index(op.f("ix_outcomes_tenant_id_conversation_id_status"), table_name="outcomes")
    op.drop_table("outcomes")
    op.drop_index(op.f("ix_effects_tenant_id_status"), table_name="effects")
    op.drop_table("effects")
    op.drop_table("draft_revisions")
    op.drop_index(op.f("ix_actions_tenant_id_status"), table_name="actions")
    op.drop_index(op.f("ix_actions_tenant_id_draft_id"), table_name="actions")
    op.drop_index(op.f("ix_actions_tenant_id_conversation_id"), table_name="actions")
    op.drop_table("actions")
    op.drop_index(op.f("ix_mailbox_messages_tenant_id_message_id"), table_name="mailbox_messages")
    op.drop_index(
        op.f("ix_mailbox_messages_tenant_id_mailbox_id_gmail_thread_id"),
        table_name="mailbox_messages",
    )
    op.drop_table("mailbox_messages")
    op.drop_index(op.f("ix_drafts_tenant_id_mailbox_id_gmail_draft_id"), table_name="drafts")
    op.drop_index(op.f("ix_drafts_tenant_id_conversation_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_model_calls_tenant_id_created_at"), table_name="model_calls")
    op.drop_table("model_calls")
    op.drop_index(op.f("ix_messages_tenant_id_conversation_id_received_at"), table_name="messages")
    op.drop_index(op.f("ix_messages_tenant_id_attention_received_at"), table_name="messages")
    op.drop_table("messages")
    op.drop_index(op.f("ix_conversations_tenant_id_responder_id"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_tenant_id_deal_id"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_tenant_id_account_id"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_table("deals")
    op.drop_index(op.f("ix_contacts_tenant_id_account_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_table("account_owners")
    op.drop_table("mailboxes")
    op.drop_table("feedback")
    op.drop_table("digests")
    op.drop_index(op.f("ix_cards_tenant_id_subject_id"), table_name="cards")
    op.drop_index(op.f("ix_cards_tenant_id_channel_ts"), table_name="cards")
    op.drop_table("cards")
    op.drop_table("audit_links")
    op.drop_index(op.f("ix_accounts_tenant_id_domain"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("members")
    op.drop_table("kill_switches")
    op.drop_index(op.f("ix_inbound_events_tenant_id_status"), table_name="inbound_events")
    op.drop_table("inbound_events")
    op.drop_table("command_results")
    op.drop_index(op.f("ix_audit_entries_tenant_id_subject_id"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_tenant_id_position"), table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("workspace_directory")
    op.drop_index(op.f("ix_timers_due_at"), table_name="timers")
    op.drop_table("timers")
    op.drop_table("tenants")
    op.drop_table("schedule_ticks")
    op.drop_table("mailbox_directory")
