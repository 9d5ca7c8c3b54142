"""Every tenant table, taken from the metadata: another tenant can't read, write or refer to it."""

from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from db.session import Database
from tests.security.filling import (
    APPEND_ONLY,
    DIRECTORIES,
    TABLES,
    TENANT_TABLES,
    fill,
    fill_all,
)


@pytest.fixture
async def two_tenants(database: Database) -> tuple[UUID, UUID, dict[str, UUID]]:
    """Tenant A with a row in every table, and tenant B with only its own tenants row."""
    a, b = uuid4(), uuid4()
    made = await fill_all(database, a)
    await fill(database, TABLES["tenants"], b, {})
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
        await fill(database, table, b, made)
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


async def test_an_error_shows_no_values(database: Database) -> None:
    """Its traceback is logged, and the values of a statement are somebody's mail."""
    wrong = text("insert into messages (id, text) values (:id, :said)")
    with pytest.raises(DBAPIError) as caught:
        async with database.transaction(uuid4()) as tx:
            await tx.session.execute(wrong, {"id": uuid4(), "said": "between us"})
    assert "between us" not in str(caught.value)
