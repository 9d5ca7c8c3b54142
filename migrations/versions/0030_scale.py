"""Indexes for what would otherwise read a workspace's whole past, and earlier cleaning of the tables
that change most.

They are built while the product runs: nobody waits for a lock, and both this release and the one
before it work with or without them. A build that was interrupted leaves an index that is not used;
it is made again.
"""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


NEWEST = "coalesce(settled_at, weighed_at, created_at)"


class _Index(NamedTuple):
    name: str
    table: str
    columns: tuple[str, ...]
    where: str | None = None


NEW = (
    _Index("ix_audit_links_tenant_id_entry_id", "audit_links", ("tenant_id", "entry_id")),
    _Index("ix_mailboxes_tenant_id_member_id", "mailboxes", ("tenant_id", "member_id")),
    _Index(
        "ix_actions_decided",
        "actions",
        ("tenant_id", "decided_at", "status"),
        "decided_at is not null",
    ),
    _Index("ix_actions_owner_created", "actions", ("tenant_id", "owner_id", "created_at")),
    _Index("ix_actions_account", "actions", ("tenant_id", "account_id", "decided_at")),
    _Index("ix_actions_deal", "actions", ("tenant_id", "deal_id", "created_at")),
    _Index("ix_cards_behind", "cards", ("tenant_id", "id"), "wanted_rev > delivered_rev"),
    _Index(
        "ix_outcomes_unscored",
        "outcomes",
        ("tenant_id", "action_type", "kind", "lineage", "status"),
        "status in ('ambiguous', 'undelivered')",
    ),
    _Index("ix_triggers_newest", "triggers", ("tenant_id", NEWEST)),
)
# Each has a wider one above in its place.
OLD = (
    _Index("ix_cards_undelivered", "cards", ("tenant_id",), "wanted_rev > delivered_rev"),
    _Index(
        "ix_outcomes_left_out",
        "outcomes",
        ("tenant_id", "action_type", "kind", "lineage"),
        "status in ('ambiguous', 'undelivered')",
    ),
)
# A fifth of ten million rows would have to be dead before they are cleaned up, and as many be new
# before anybody counts them.
EARLY = {
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.02",
}
GROWING = (
    "actions",
    "audit_entries",
    "audit_links",
    "cards",
    "drafts",
    "effects",
    "learning_days",
    "messages",
    "outcomes",
)
# Rows that are written again and again stay on their page while there is room on it.
ROOM = ("cards", "effects", "mailboxes")


def upgrade() -> None:
    _build(NEW)
    _drop(OLD)
    settings = ", ".join(f"{name} = {value}" for name, value in EARLY.items())
    for table in GROWING:
        op.execute(f"alter table {table} set ({settings})")
    for table in ROOM:
        op.execute(f"alter table {table} set (fillfactor = 85)")


def downgrade() -> None:
    for table in ROOM:
        op.execute(f"alter table {table} reset (fillfactor)")
    for table in GROWING:
        op.execute(f"alter table {table} reset ({', '.join(EARLY)})")
    _build(OLD)
    _drop(NEW)


def _build(indexes: Sequence[_Index]) -> None:
    with op.get_context().autocommit_block():
        for index in indexes:
            if _broken(index.name):
                op.drop_index(index.name, table_name=index.table, postgresql_concurrently=True)
            op.create_index(
                index.name,
                index.table,
                [sa.text(one) if one == NEWEST else one for one in index.columns],
                postgresql_where=sa.text(index.where) if index.where else None,
                postgresql_concurrently=True,
                if_not_exists=True,
            )


def _drop(indexes: Sequence[_Index]) -> None:
    with op.get_context().autocommit_block():
        for index in indexes:
            op.drop_index(
                index.name, table_name=index.table, postgresql_concurrently=True, if_exists=True
            )


def _broken(name: str) -> bool:
    query = sa.text(
        "select not i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid "
        "where c.relname = :name"
    )
    return bool(op.get_bind().execute(query, {"name": name}).scalar())
