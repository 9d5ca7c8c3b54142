"""Every tenant table from the metadata, with everything a statement can do, for a foreign tenant
and for none; and what the product's own role may not do to any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Table

from db.session import Database
from tests.security.filling import APPEND_ONLY, DIRECTORIES, TABLES, TENANT_TABLES, fill_all
from tests.security.rows import Row, Tally, Trial

TITLE = "Tables"
SETTING = "select set_config('app.tenant_id', $1, false)"
REFUSED = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ForeignKeyViolationError,
    asyncpg.RaiseError,
)
KEYS_ONLY = {"uuid", "bytea", "timestamp with time zone", "integer", "text", "character varying"}
FORBIDDEN = (
    "alter table {table} disable row level security",
    "alter table {table} no force row level security",
    "drop policy tenant_isolation on {table}",
    "create policy more on {table} using (true)",
    "alter table {table} add column more text",
    "alter table {table} owner to current_user",
    "truncate {table} cascade",
    "drop table {table} cascade",
    "create trigger more before insert on {table} execute function suppress_redundant_updates_trigger()",  # noqa: E501
    "create rule more as on update to {table} do instead nothing",
    "copy {table} from program 'true'",
)
POWERS = (
    "set role understudy_owner",
    "set session authorization understudy_owner",
    "set row_security = off",
    "alter role current_user bypassrls",
    "alter role current_user superuser",
    "create role more",
    "create table public.more (x int)",
    "create schema more",
    "create function public.more() returns int language sql as 'select 1'",
    "create extension adminpack",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select lo_import('/etc/passwd')",
    "copy (select 1) to '/tmp/more'",
    "select rolpassword from pg_authid",
    "alter system set log_statement = 'all'",
    "select pg_reload_conf()",
    "update alembic_version set version_num = '0001'",
    "load 'auto_explain'",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """`mine` has a row in every table; `other` has one too."""

    connection: asyncpg.Connection
    mine: UUID
    other: UUID
    made: dict[str, UUID]
    tally: Tally


async def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    async with trial.database() as url:
        mine, other = uuid4(), uuid4()
        database = Database(url, pool_size=2)
        made = await fill_all(database, mine)
        await fill_all(database, other)
        await database.close()
        app = await asyncpg.connect(url)
        two = Two(connection=app, mine=mine, other=other, made=made, tally=tally)
        for who, tenant in (("a foreign tenant", str(other)), ("no tenant", "")):
            for name in TENANT_TABLES:
                await _statements(two, TABLES[name], who, tenant)
        await _references(two)
        await _own(two)
        await _powers(two)
        await app.close()
        owner = await asyncpg.connect(trial.owner_url(url))
        await _catalogue(owner, tally)
        await owner.close()
    return tally.rows()


async def _statements(two: Two, table: Table, who: str, tenant: str) -> None:
    """Select, insert, update, delete on the rows of `mine`, as somebody else."""
    name, tally, run = table.name, two.tally, two.connection
    await run.execute(SETTING, tenant)
    seen = await run.fetchval(f"select count(*) from {name} where tenant_id = $1", two.mine)
    tally.add(f"select as {who}", held=seen == 0, fault=f"{name}: {seen} rows")
    if tenant == "":
        every = await run.fetchval(f"select count(*) from {name}")
        tally.add(f"select of anything as {who}", held=every == 0, fault=name)
    for verb, sql in (
        ("update", f"update {name} set created_at = created_at where tenant_id = $1"),
        ("update into another tenant", f"update {name} set tenant_id = $1"),
        ("delete", f"delete from {name} where tenant_id = $1"),
    ):
        held, fault = await _nothing_happens(two, sql, two.mine)
        tally.add(f"{verb} as {who}", held=held, fault=f"{name}: {fault}")
    held, fault = await _insert(two, table)
    tally.add(f"insert as {who}", held=held, fault=f"{name}: {fault}")
    await run.execute(SETTING, str(two.mine))
    count = await run.fetchval(f"select count(*) from {name}")
    tally.add("afterwards everything is still there, and no more", held=count == 1, fault=name)


async def _nothing_happens(two: Two, sql: str, *values: Any) -> tuple[bool, str]:
    """Whether the statement is refused, or touches no row."""
    transaction = two.connection.transaction()
    await transaction.start()
    try:
        done = await two.connection.execute(sql, *values)
    except REFUSED as refusal:
        return True, str(refusal)
    except asyncpg.PostgresError as error:
        return False, repr(error)
    finally:
        await transaction.rollback()
    return done.endswith(" 0"), done


async def _insert(two: Two, table: Table) -> tuple[bool, str]:
    """A copy of the row of `mine`, with a new id, under whoever asks."""
    run, names = two.connection, [c.name for c in table.columns]
    tenant = await run.fetchval("select current_setting('app.tenant_id')")
    await run.execute(SETTING, str(two.mine))
    kept = [c.name for c in table.columns if c.identity is None and c.computed is None]
    quoted = ", ".join(f'"{column}"' for column in kept)
    row = dict(await run.fetchrow(f"select {quoted} from {table.name}"))
    await run.execute(SETTING, tenant)
    if "id" in names:
        row["id"] = uuid4()
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    sql = f"insert into {table.name} ({quoted}) values ({marks})"
    transaction = run.transaction()
    await transaction.start()
    try:
        await run.execute(sql, *row.values())
    except asyncpg.InsufficientPrivilegeError as refusal:
        return "row-level security" in str(refusal), str(refusal)
    except asyncpg.PostgresError as error:
        return False, repr(error)
    finally:
        await transaction.rollback()
    return False, "was inserted"


async def _references(two: Two) -> None:
    """A row of the other tenant's that points at one of ours, for each foreign key."""
    await two.connection.execute(SETTING, str(two.other))
    for table in TABLES.values():
        if table.name in APPEND_ONLY | DIRECTORIES:
            continue
        for key in table.foreign_key_constraints:
            for column in {c.name for c in key.columns} - {"tenant_id"}:
                target = two.made[key.referred_table.name]
                sql = f"update {table.name} set {column} = $1"
                held, fault = await _nothing_happens(two, sql, target)
                two.tally.add(
                    "a reference into another tenant",
                    held=held,
                    fault=f"{table.name}.{column}: {fault}",
                )


async def _refused(two: Two, sql: str) -> tuple[bool, str]:
    transaction = two.connection.transaction()
    await transaction.start()
    try:
        await two.connection.execute(sql)
    except asyncpg.PostgresError as refusal:
        return True, str(refusal)
    finally:
        await transaction.rollback()
    return False, "was done"


async def _own(two: Two) -> None:
    """In one's own tenant, too: what a table is, is none of the product's business."""
    await two.connection.execute(SETTING, str(two.mine))
    for name in TABLES:
        for statement in FORBIDDEN:
            held, _ = await _refused(two, statement.format(table=name))
            case = f"as the product's role: {statement.format(table='…')[:70]}"
            two.tally.add(case, held=held, fault=name)
    for name in sorted(APPEND_ONLY):
        for verb in (f"update {name} set created_at = created_at", f"delete from {name}"):
            held, fault = await _refused(two, verb)
            two.tally.add("what is append-only, in one's own tenant", held=held, fault=fault)


async def _powers(two: Two) -> None:
    for name in TABLES:
        # PostgreSQL only warns; what came of it, the catalogue tells below.
        await two.connection.execute(f"grant all on {name} to public")
    for statement in POWERS:
        held, fault = await _refused(two, statement)
        if statement == "set row_security = off":
            held, fault = await _nothing_shown_without_policies(two)
        two.tally.add("as the product's role: powers", held=held, fault=f"{statement}: {fault}")


async def _nothing_shown_without_policies(two: Two) -> tuple[bool, str]:
    """Anybody may ask for policies to be left out; then whoever isn't above them is refused."""
    await two.connection.execute("set row_security = off")
    held, fault = await _refused(two, "select * from members")
    await two.connection.execute("reset row_security")
    return held, fault


_CATALOGUE: Sequence[tuple[str, str]] = (
    ("this is the migrated database", """
        select 'no members' where not exists (
            select from pg_tables where schemaname = 'public' and tablename = 'members')"""),
    ("every table of the schema is one we know", """
        select relname from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p') and relname <> all($1::text[])
        and relname <> 'alembic_version'"""),
    ("tenant tables: row-level security, forced, by one policy for reading and writing", """
        select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
        and relname = any($1::text[]) and not (relrowsecurity and relforcerowsecurity and (
            select count(*) = 1 and bool_and(cmd = 'ALL' and qual is not null
                and with_check is not null and permissive = 'PERMISSIVE')
            from pg_policies p where p.tablename = c.relname))"""),
    ("the product's role owns nothing and stands above nothing", """
        select relname from pg_class c join pg_roles r on r.oid = c.relowner
        where r.rolname in ('understudy_app', 'understudy') and relkind in ('r', 'v', 'S')
        union all select rolname from pg_roles where rolname like 'understudy%'
        and rolname <> 'understudy_owner' and (rolsuper or rolbypassrls or rolcreaterole
            or rolcreatedb or rolreplication)"""),
    ("no view reads past the policies", """
        select relname from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('v', 'm')"""),
    ("no function runs with its owner's rights", """
        select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'jobs') and prosecdef"""),
    ("nobody else may anything (PUBLIC)", """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace,
        aclexplode(c.relacl) a where n.nspname in ('public', 'jobs') and a.grantee = 0"""),
    ("the queue's schema: no table but the queue's own, none that the role may alter", """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'jobs' and c.relkind = 'r' and (c.relname not like 'pgqueuer%' or
            has_table_privilege('understudy_app', c.oid, 'truncate'))"""),
    ("foreign keys between tenant tables carry the tenant", """
        select conrelid::regclass || '.' || conname from pg_constraint k
        where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
            select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey)
            and a.attname = 'tenant_id')"""),
)  # fmt: skip


async def _catalogue(owner: asyncpg.Connection, tally: Tally) -> None:
    """What the database itself says; each finding is one row too many."""
    for case, sql in _CATALOGUE:
        names = [list(TABLES) if "<> all" in sql else TENANT_TABLES] if "$1" in sql else []
        for found in await owner.fetch(sql, *names):
            tally.add(case, held=False, fault=str(found[0]))
        tally.add(case, held=True)
    for name in sorted(DIRECTORIES):
        columns = await owner.fetch(
            "select column_name, data_type from information_schema.columns where table_name = $1",
            name,
        )
        for column in columns:
            held = (name, column["column_name"]) in COUNTS_ONLY or (
                column["data_type"] in KEYS_ONLY and column["column_name"] not in CONTENT
            )
            tally.add("directories outside the policies hold keys only", held=held,
                      fault=f"{name}.{column['column_name']}")  # fmt: skip


COUNTS_ONLY = {("erased_workspaces", "counts")}
"""How many rows of each table went with a workspace: figures by the tables' names."""
CONTENT = {"email", "address", "name", "text", "subject", "body", "token", "payload"}
