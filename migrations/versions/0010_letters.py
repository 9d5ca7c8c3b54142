"""Drafts by mail: what was sent, what answers it, and who wants it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.security import secure

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = "'request', 'reminder', 'confirm', 'outcome', 'urgent'"


def upgrade() -> None:
    _mail_kinds(f"{KINDS}, 'digest'")
    op.create_table(
        "draft_letters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suggestion", JSONB(), nullable=False),
        sa.CheckConstraint(
            "kind in ('draft', 'confirm', 'findings', 'leaving', 'answer')",
            name=op.f("ck_draft_letters_kind"),
        ),
        sa.CheckConstraint(
            "status in ('queued', 'sending', 'sent', 'none', 'failed', 'unknown')",
            name=op.f("ck_draft_letters_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_draft_letters_")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_draft_letters_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_draft_letters_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_draft_letters")),
        sa.UniqueConstraint(
            "tenant_id",
            "action_id",
            "member_id",
            "number",
            name=op.f("uq_draft_letters_tenant_id_action_id_member_id_number"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "token_hash", name=op.f("uq_draft_letters_tenant_id_token_hash")
        ),
    )
    secure("draft_letters")


def downgrade() -> None:
    op.drop_table("draft_letters")
    op.execute("alter table approval_mails no force row level security")
    op.execute("delete from approval_mails where kind = 'digest'")
    op.execute("alter table approval_mails force row level security")
    _mail_kinds(KINDS)


def _mail_kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_approval_mails_kind"), "approval_mails", type_="check")
    op.create_check_constraint(
        op.f("ck_approval_mails_kind"), "approval_mails", f"kind in ({kinds})"
    )
