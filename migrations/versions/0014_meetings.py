"""Meetings, transcripts, and Slack threads about an account."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import secure

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


KINDS = ("compose", "reply", "qualify", "log")


def _take_up(*kinds: str) -> None:
    """What people may take up from Slack."""
    op.drop_constraint(op.f("ck_captures_kind"), "captures", type_="check")
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_captures_kind"), "captures", f"kind in ({words})")


def upgrade() -> None:
    op.create_table(
        "slack_threads",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread_ts", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("followed_by", sa.Uuid(), nullable=True),
        sa.Column("permalink", sa.String(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caught_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_slack_threads_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "followed_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_slack_threads_followed_by"),
            ondelete="SET NULL (followed_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_slack_threads_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_slack_threads")),
        sa.UniqueConstraint(
            "tenant_id",
            "channel",
            "thread_ts",
            name=op.f("uq_slack_threads_tenant_id_channel_thread_ts"),
        ),
    )
    op.create_index(
        op.f("ix_slack_threads_tenant_id_account_id_last_at"),
        "slack_threads",
        ["tenant_id", "account_id", "last_at"],
        unique=False,
    )
    op.create_table(
        "slack_posts",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slack_user_id", sa.String(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_slack_posts_member_id"),
            ondelete="SET NULL (member_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "thread_id"],
            ["slack_threads.tenant_id", "slack_threads.id"],
            name=op.f("fk_slack_posts_thread_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_slack_posts_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_slack_posts")),
        sa.UniqueConstraint(
            "tenant_id", "thread_id", "ts", name=op.f("uq_slack_posts_tenant_id_thread_id_ts")
        ),
    )
    op.create_table(
        "meetings",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("occurs_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("organizer", sa.String(), nullable=False),
        sa.Column("attendees", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cancellations", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('invitation', 'transcript')", name=op.f("ck_meetings_source")
        ),
        sa.CheckConstraint("status in ('scheduled', 'cancelled')", name=op.f("ck_meetings_status")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_meetings_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_meetings_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("fk_meetings_message_id"),
            ondelete="SET NULL (message_id)",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_meetings_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("tenant_id", "uid", name=op.f("uq_meetings_tenant_id_uid")),
    )
    op.create_index(
        op.f("ix_meetings_tenant_id_account_id_starts_at"),
        "meetings",
        ["tenant_id", "account_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "transcripts",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("turns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("analysis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("permalink", sa.String(), nullable=True),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_transcripts_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "imported_by"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_transcripts_imported_by"),
            ondelete="SET NULL (imported_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["meetings.tenant_id", "meetings.id"],
            name=op.f("fk_transcripts_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_transcripts_")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_transcripts")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "sha256",
            name=op.f("uq_transcripts_tenant_id_account_id_sha256"),
        ),
    )
    op.create_index(
        op.f("ix_transcripts_tenant_id_meeting_id"),
        "transcripts",
        ["tenant_id", "meeting_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_meetings_tenant_id_series"), "meetings", ["tenant_id", "series"], unique=False
    )
    op.create_index(
        op.f("ix_meetings_tenant_id_message_id"),
        "meetings",
        ["tenant_id", "message_id"],
        unique=False,
    )
    op.create_index(
        "ix_transcripts_unread",
        "transcripts",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index(
        op.f("ix_slack_posts_tenant_id_thread_id_posted_at"),
        "slack_posts",
        ["tenant_id", "thread_id", "posted_at"],
        unique=False,
    )
    _take_up(*KINDS, "transcript", "follow")
    secure("meetings")
    secure("transcripts")
    secure("slack_threads")
    secure("slack_posts")


def downgrade() -> None:
    connection = op.get_bind()
    tenants = connection.execute(sa.text("select tenant_id from workspace_directory")).scalars()
    for tenant_id in tenants.all():
        connection.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"),
            {"tenant": str(tenant_id)},
        )
        op.execute("delete from captures where kind in ('transcript', 'follow')")
    connection.execute(sa.text("select set_config('app.tenant_id', '', true)"))
    _take_up(*KINDS)
    op.drop_index(op.f("ix_transcripts_tenant_id_meeting_id"), table_name="transcripts")
    op.drop_table("transcripts")
    op.drop_index(op.f("ix_meetings_tenant_id_account_id_starts_at"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_table("slack_posts")
    op.drop_index(op.f("ix_slack_threads_tenant_id_account_id_last_at"), table_name="slack_threads")
    op.drop_table("slack_threads")
