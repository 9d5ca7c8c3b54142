"""A workspace's rows stay together: a table can be split by tenant, by partitions or over machines,
because the tenant is part of each of its keys."""

from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint

from db.base import Base
from db.models import all as models
from db.models.directories import (
    InstallState,
    MailboxEntry,
    ScheduleTick,
    Timer,
    WorkspaceEntry,
)
from db.models.privacy import ErasedWorkspace

assert models.__all__

DIRECTORIES = {
    model.__tablename__
    for model in (
        ErasedWorkspace,
        InstallState,
        MailboxEntry,
        ScheduleTick,
        Timer,
        WorkspaceEntry,
    )
}
"""Asked before a tenant is known: they stay whole, keys only."""
TABLES = sorted(set(Base.metadata.tables) - DIRECTORIES)


def _keys(table: Table) -> list[list[str]]:
    """Columns of the primary key and of everything that is unique."""
    uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    indexes = [index for index in table.indexes if index.unique]
    return [
        [column.name for column in table.primary_key],
        *([column.name for column in one.columns] for one in (*uniques, *indexes)),
    ]


def test_every_key_of_a_tenants_table_holds_the_tenant() -> None:
    without = {
        (name, *key)
        for name in TABLES
        for key in _keys(Base.metadata.tables[name])
        if "tenant_id" not in key
    }
    # Whose workspace it is: one row a tenant, found in the directory by its team.
    assert without == {("tenants", "team_id")}
    assert len(TABLES) > 80


def test_no_reference_leaves_its_tenant() -> None:
    for name in TABLES:
        for key in Base.metadata.tables[name].constraints:
            if not isinstance(key, ForeignKeyConstraint):
                continue
            pairs = {one.parent.name: one.column.name for one in key.elements}
            assert pairs.get("tenant_id") == "tenant_id", (name, sorted(pairs))
            target = key.elements[0].column.table.name
            assert target not in DIRECTORIES, (name, target)


def test_the_directories_refer_to_nothing() -> None:
    for name in DIRECTORIES:
        keys = Base.metadata.tables[name].foreign_key_constraints
        assert keys == set(), name
