"""Every tenant table, taken from the metadata: another tenant can't read, write or refer to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import Table, Uuid, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from db.base import Base
from db.models import all as models
from db.session import Database

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TABLES = {table.name: table for table in Base.metadata.sorted_tables}
DIRECTORIES = {
    "workspace_directory",
    "mailbox_directory",
    "timers",
    "schedule_ticks",
    "install_states",
    "erased_workspaces",
}
TENANT_TABLES = [name for name in TABLES if name not in DIRECTORIES]
APPEND_ONLY = {"audit_entries", "audit_links"}
assert models.__all__


def _value(column: Any) -> Any:
    """Some value of the column's type that its checks accept."""
    words = [
        str(check.sqltext).split("'")[1]
        for check in column.table.constraints
        if getattr(check, "sqltext", None) is not None
        and str(check.sqltext).startswith(f"{column.name} in (")
    ]
    if words:
        return words[0]
    bounds = [
        str(check.sqltext).split()[2]
        for check in column.table.constraints
        if str(getattr(check, "sqltext", "")).startswith(f"{column.name} between ")
    ]
    if bounds:
        return column.type.python_type(bounds[0])
    if isinstance(column.type, Uuid):
        return uuid4()
    if isinstance(column.type, JSONB):
        return {}
    kind = column.type.python_type
    return {
        str: f"x{uuid4().hex}",
        int: 1,
        bool: False,
        datetime: NOW,
        bytes: uuid4().bytes,
    }.get(kind, 0 if kind.__name__ in {"Decimal", "float"} else NOW.date())


async def _insert(database: Database, table: Table, tenant: UUID, made: dict[str, UUID]) -> None:
    """A row of the table for the tenant, its required parents first."""
    if table.name in made:
        return
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "tenant_id":
            values[column.name] = tenant
        elif column.identity is not None or (column.nullable and column.name != "entry_id"):
            continue
        else:
            values[column.name] = _value(column)
    for key in table.foreign_key_constraints:
        target = key.referred_table
        name = [c.name for c in key.columns if c.name != "tenant_id"]
        if target.name == table.name or not name or name[0] not in values:
            if target.name != table.name:
                await _insert(database, target, tenant, made)
            continue
        await _insert(database, target, tenant, made)
        values[name[0]] = made[target.name]
    async with database.transaction(tenant) as tx:
        await tx.session.execute(table.insert().values(**values))
    made[table.name] = values.get("id", tenant)


@pytest.fixture
async def two_tenants(database: Database) -> tuple[UUID, UUID, dict[str, UUID]]:
    """Tenant A with a row in every table, and tenant B with only its own tenants row."""
    a, b = uuid4(), uuid4()
    made: dict[str, UUID] = {}
    for name in TENANT_TABLES:
        await _insert(database, TABLES[name], a, made)
    await _insert(database, TABLES["tenants"], b, {})
    return a, b, made


async def test_another_tenant_reads_nothing(
    database: Database, two_tenants: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    a, b, _ = two_tenants
    for name in TENANT_TABLES:
        count = text(f"select count(*) from {name} where tenant_id = :a")
        async with database.read(a) as tx:
            assert (await tx.session.execute(count, {"a": a})).scalar_one() == 1, name
        async with database.read(b) as tx:
            assert (await tx.session.execute(count, {"a": a})).scalar_one() == 0, name
        async with database.directory() as tx:
            assert (await tx.session.execute(count, {"a": a})).scalar_one() == 0, name


async def test_another_tenant_changes_nothing(
    database: Database, two_tenants: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    a, b, _ = two_tenants
    for name in sorted(set(TENANT_TABLES) - APPEND_ONLY):
        async with database.transaction(b) as tx:
            update = text(f"update {name} set created_at = created_at where tenant_id = :a")
            assert (await tx.session.execute(update, {"a": a})).rowcount == 0, name
            delete = text(f"delete from {name} where tenant_id = :a")
            assert (await tx.session.execute(delete, {"a": a})).rowcount == 0, name


async def test_another_tenant_writes_nothing_into_mine(
    database: Database, two_tenants: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    a, b, _ = two_tenants
    for name in TENANT_TABLES:
        table = TABLES[name]
        async with database.read(a) as tx:
            columns = [c for c in table.columns if c.identity is None and c.computed is None]
            row = (await tx.session.execute(select(*columns))).mappings().one()
        changed = {**row} | ({"id": uuid4()} if "id" in row else {})
        with pytest.raises(DBAPIError) as caught:
            async with database.transaction(b) as tx:
                await tx.session.execute(table.insert().values(**changed))
        assert "row-level security" in str(caught.value), name


async def test_a_reference_cannot_cross_tenants(
    database: Database, two_tenants: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    _, b, made_by_a = two_tenants
    made: dict[str, UUID] = {"tenants": b}
    tried = 0
    for table in TABLES.values():
        if table.name in APPEND_ONLY | DIRECTORIES:
            continue
        await _insert(database, table, b, made)
        for key in table.foreign_key_constraints:
            for column in {c.name for c in key.columns} - {"tenant_id"}:
                tried += 1
                stranger = {column: made_by_a[key.referred_table.name]}
                with pytest.raises(DBAPIError) as caught:
                    async with database.transaction(b) as tx:
                        await tx.session.execute(table.update().values(stranger))
                assert "foreign key" in str(caught.value), (table.name, column)
    assert tried > 80


async def test_every_tenant_table_is_forced_and_granted(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    rows = await connection.fetch(
        "select relname, relrowsecurity and relforcerowsecurity as forced, "
        "exists (select from pg_policies p where p.tablename = relname) as policy, "
        "has_table_privilege('understudy_app', oid, 'truncate') as truncate, "
        "has_table_privilege('understudy_app', oid, 'select') as reads "
        "from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    )
    await connection.close()
    state = {row["relname"]: row for row in rows}
    assert set(state) - {"alembic_version"} == set(TABLES)
    for name in TENANT_TABLES:
        assert state[name]["forced"], name
        assert state[name]["policy"], name
    for name in TABLES:
        assert state[name]["reads"], name
        assert not state[name]["truncate"], name


async def test_append_only_tables_refuse_change_even_to_their_owner(
    owner_url: str, two_tenants: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    a, _, _ = two_tenants
    connection = await asyncpg.connect(owner_url)
    await connection.execute("select set_config('app.tenant_id', $1, false)", str(a))
    for name in APPEND_ONLY:
        for statement in (
            f"update {name} set created_at = now()",
            f"delete from {name}",
            f"truncate {name} cascade",
        ):
            with pytest.raises(asyncpg.RaiseError, match="append-only"):
                await connection.execute(statement)
    await connection.close()
