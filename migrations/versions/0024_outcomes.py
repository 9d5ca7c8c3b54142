"""Outcomes of every kind, when they came too late, who labelled them, and each action's part."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.security import secure

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("account_id", sa.Uuid(), nullable=True))
    op.add_column("outcomes", sa.Column("deal_id", sa.Uuid(), nullable=True))
    op.add_column("outcomes", sa.Column("member_id", sa.Uuid(), nullable=True))
    op.add_column(
        "outcomes", sa.Column("action_type", sa.String(), server_default="", nullable=False)
    )
    op.add_column("outcomes", sa.Column("lineage", sa.String(), server_default="", nullable=False))
    op.add_column(
        "outcomes", sa.Column("calibrated", sa.Numeric(precision=5, scale=4), nullable=True)
    )
    op.add_column("outcomes", sa.Column("score", sa.Numeric(precision=5, scale=4), nullable=True))
    op.add_column("outcomes", sa.Column("reason", sa.String(), server_default="", nullable=False))
    op.add_column(
        "outcomes", sa.Column("extended", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("outcomes", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outcomes", sa.Column("late_message_id", sa.Uuid(), nullable=True))
    op.add_column("outcomes", sa.Column("labelled_by", sa.Uuid(), nullable=True))
    op.add_column("outcomes", sa.Column("labelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "outcomes", sa.Column("teaches", sa.Boolean(), server_default="true", nullable=False)
    )
    op.add_column("outcomes", sa.Column("counted", sa.Numeric(precision=5, scale=4), nullable=True))
    op.create_index(
        "ix_outcomes_member_status", "outcomes", ["tenant_id", "member_id", "status"], unique=False
    )
    op.create_index("ix_outcomes_resolved", "outcomes", ["tenant_id", "resolved_at"], unique=False)
    op.create_index("ix_outcomes_account", "outcomes", ["tenant_id", "account_id", "created_at"])
    op.create_index("ix_outcomes_deal", "outcomes", ["tenant_id", "deal_id", "kind"])
    op.create_index(
        "ix_outcomes_open",
        "outcomes",
        ["tenant_id", "kind", "window_ends_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_outcomes_uncounted",
        "outcomes",
        ["tenant_id", "id"],
        postgresql_where=sa.text("teaches and counted is distinct from score"),
    )
    op.create_foreign_key(
        op.f("fk_outcomes_member_id"),
        "outcomes",
        "members",
        ["tenant_id", "member_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (member_id)",
    )
    op.create_foreign_key(
        op.f("fk_outcomes_account_id"),
        "outcomes",
        "accounts",
        ["tenant_id", "account_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (account_id)",
    )
    op.create_foreign_key(
        op.f("fk_outcomes_late_message_id"),
        "outcomes",
        "messages",
        ["tenant_id", "late_message_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (late_message_id)",
    )
    op.create_foreign_key(
        op.f("fk_outcomes_labelled_by"),
        "outcomes",
        "members",
        ["tenant_id", "labelled_by"],
        ["tenant_id", "id"],
        ondelete="SET NULL (labelled_by)",
    )
    op.create_foreign_key(
        op.f("fk_outcomes_deal_id"),
        "outcomes",
        "deals",
        ["tenant_id", "deal_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (deal_id)",
    )
    op.create_table(
        "outcome_credits",
        sa.Column("event_kind", sa.String(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=4), server_default="1", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event_kind in ('reply', 'stage', 'meeting')",
            name=op.f("ck_outcome_credits_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_outcome_credits_account_id"),
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "action_id"],
            ["actions.tenant_id", "actions.id"],
            name=op.f("fk_outcome_credits_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_outcome_credits_conversation_id"),
            ondelete="SET NULL (conversation_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deal_id"],
            ["deals.tenant_id", "deals.id"],
            name=op.f("fk_outcome_credits_deal_id"),
            ondelete="SET NULL (deal_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["members.tenant_id", "members.id"],
            name=op.f("fk_outcome_credits_member_id"),
            ondelete="SET NULL (member_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_outcome_credits_")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outcome_credits")),
        sa.UniqueConstraint(
            "tenant_id",
            "event_kind",
            "event_id",
            "action_id",
            name=op.f("uq_outcome_credits_tenant_id_event_kind_event_id_action_id"),
        ),
    )
    op.create_index(
        op.f("ix_outcome_credits_tenant_id_action_id"),
        "outcome_credits",
        ["tenant_id", "action_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_outcome_credits_tenant_id_conversation_id_happened_at"),
        "outcome_credits",
        ["tenant_id", "conversation_id", "happened_at"],
        unique=False,
    )
    op.drop_constraint(op.f("ck_outcomes_status"), "outcomes", type_="check")
    op.create_check_constraint(
        op.f("ck_outcomes_status"),
        "outcomes",
        "status in ('pending', 'positive', 'negative', 'ambiguous', 'undelivered', 'expired')",
    )
    secure("outcome_credits")
    _tell_what_is_known()


def _tell_what_is_known() -> None:
    """Whose mail each outcome is of, and what it scored. Sweeping has one timer a tenant and length
    of window now, not one a prediction; the first sweep counts what isn't counted."""
    bind = op.get_bind()
    bind.execute(sa.text("delete from timers where kind = 'outcome.window'"))
    tenants = bind.execute(sa.text("select tenant_id from workspace_directory")).scalars()
    for tenant_id in tenants.all():
        bind.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"),
            {"tenant": str(tenant_id)},
        )
        changed = bind.execute(sa.text(_KNOWN))
        there = bind.execute(sa.text("select count(*) from outcomes")).scalar_one()
        if changed.rowcount != there:
            raise RuntimeError(f"{there - changed.rowcount} outcomes of {tenant_id} have no action")
        if there:
            bind.execute(sa.text(_SWEPT), {"tenant": tenant_id})
    bind.execute(sa.text("select set_config('app.tenant_id', '', true)"))


_KNOWN = """
update outcomes o set action_type = a.type, lineage = a.lineage, member_id = a.owner_id,
    account_id = a.account_id, deal_id = a.deal_id, calibrated = o.predicted,
    score = case o.status when 'positive' then 1 when 'negative' then 0 when 'expired' then 0 end
from actions a where a.tenant_id = o.tenant_id and a.id = o.action_id
"""
_SWEPT = """
insert into timers (tenant_id, kind, subject_id, due_at)
select cast(:tenant as uuid), 'outcome.sweep.7d', cast(:tenant as uuid), max(created_at)
from outcomes
on conflict do nothing
"""
_WAITING = """
insert into timers (tenant_id, kind, subject_id, due_at)
select tenant_id, 'outcome.window', id, window_ends_at from outcomes where status = 'pending'
on conflict do nothing
"""


def _give_back_timers() -> None:
    bind = op.get_bind()
    bind.execute(sa.text("delete from timers where kind like 'outcome.sweep.%'"))
    tenants = bind.execute(sa.text("select tenant_id from workspace_directory")).scalars()
    for tenant_id in tenants.all():
        bind.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"),
            {"tenant": str(tenant_id)},
        )
        # The version before knows one kind of prediction.
        bind.execute(sa.text("delete from outcomes where kind <> 'email_engagement'"))
        bind.execute(sa.text(_WAITING))
    bind.execute(sa.text("select set_config('app.tenant_id', '', true)"))


def downgrade() -> None:
    _give_back_timers()
    op.drop_constraint(op.f("ck_outcomes_status"), "outcomes", type_="check")
    op.execute("update outcomes set status = 'ambiguous' where status = 'undelivered'")
    op.create_check_constraint(
        op.f("ck_outcomes_status"),
        "outcomes",
        "status in ('pending', 'positive', 'negative', 'ambiguous', 'expired')",
    )
    op.drop_constraint(op.f("fk_outcomes_deal_id"), "outcomes", type_="foreignkey")
    op.drop_constraint(op.f("fk_outcomes_labelled_by"), "outcomes", type_="foreignkey")
    op.drop_constraint(op.f("fk_outcomes_late_message_id"), "outcomes", type_="foreignkey")
    op.drop_constraint(op.f("fk_outcomes_account_id"), "outcomes", type_="foreignkey")
    op.drop_constraint(op.f("fk_outcomes_member_id"), "outcomes", type_="foreignkey")
    for name in ("uncounted", "open", "deal", "account", "resolved"):
        op.drop_index(f"ix_outcomes_{name}", table_name="outcomes")
    op.drop_index("ix_outcomes_member_status", table_name="outcomes")
    op.drop_column("outcomes", "counted")
    op.drop_column("outcomes", "teaches")
    op.drop_column("outcomes", "labelled_at")
    op.drop_column("outcomes", "labelled_by")
    op.drop_column("outcomes", "late_message_id")
    op.drop_column("outcomes", "late_at")
    op.drop_column("outcomes", "extended")
    op.drop_column("outcomes", "reason")
    op.drop_column("outcomes", "score")
    op.drop_column("outcomes", "calibrated")
    op.drop_column("outcomes", "lineage")
    op.drop_column("outcomes", "action_type")
    op.drop_column("outcomes", "member_id")
    op.drop_column("outcomes", "deal_id")
    op.drop_column("outcomes", "account_id")
    op.drop_index(
        op.f("ix_outcome_credits_tenant_id_conversation_id_happened_at"),
        table_name="outcome_credits",
    )
    op.drop_index(op.f("ix_outcome_credits_tenant_id_action_id"), table_name="outcome_credits")
    op.drop_table("outcome_credits")
