"""The statements the product sends, and how PostgreSQL would carry each out: with the values it
came with, and without knowing them, as a prepared statement is after a while."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event

from db.session import Database

BIG = 10_000
"""Rows from which on nothing may read a whole table, or all of a workspace in it."""
SIZES = """
select relname, greatest(reltuples, 0)::bigint as rows from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace
"""
PARTIAL = (
    "select indexname from pg_indexes where schemaname = 'public' and indexdef like '% WHERE %'"
)
READING = ("(", "select", "with", "update", "delete", "insert")
HOLDING = {"Sort", "Aggregate", "Hash", "WindowAgg", "Materialize", "Memoize", "Gather"}
"""Nodes that read all of what is below them, however few rows are wanted above."""


@dataclass(slots=True)
class Heard:
    """Statements by their text, each with the values it came with first."""

    statements: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def note(self, statement: str, values: Any) -> None:
        plain = statement.strip()
        if plain.lower().startswith(READING) and "jobs." not in plain and "set_config" not in plain:
            if isinstance(values, list):  # of executemany
                values = values[0] if values else ()
            self.statements.setdefault(plain, tuple(values or ()))


@contextmanager
def listening(database: Database) -> Iterator[Heard]:
    """Hear all that is sent over this pool's connections, through SQLAlchemy and past it."""
    heard, engine = Heard(), database.engine.sync_engine
    followed: set[int] = set()

    def through(*told: Any) -> None:
        heard.note(told[2], told[3])

    def past(record: Any) -> None:
        heard.note(record.query, record.args)

    def taken(connection: Any, _record: Any, _proxy: Any) -> None:
        raw = connection.driver_connection
        if id(raw) not in followed:
            followed.add(id(raw))
            raw.add_query_logger(past)

    event.listen(engine, "before_cursor_execute", through)
    event.listen(engine, "checkout", taken)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", through)
        event.remove(engine, "checkout", taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A scan that grows with all there is: of a table's rows, or of all of a workspace's."""

    table: str
    how: str
    rows: int
    generic: bool
    statement: str

    def __str__(self) -> str:
        plan = "generic" if self.generic else "custom"
        text = " ".join(self.statement.split())
        return f"{self.table} ({self.rows:,} rows, {self.how}, {plan} plan): {text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Explains on a connection of the product's own role, row-level security and all."""

    connection: asyncpg.Connection
    sizes: Mapping[str, int]
    partial: frozenset[str]

    async def judge(self, statement: str, values: tuple[Any, ...]) -> list[Finding]:
        custom = await self._custom(statement, values)
        generic = await self._generic(statement, values)
        found = list(self._grows(custom, statement, generic=False))
        # As the server does: a plan without the values is kept where it isn't dearer than one made
        # for them, with what making it costs.
        planning = 2.5 * (1 + sum(1 for _ in _relations(custom)))
        if generic["Total Cost"] < custom["Total Cost"] + planning:
            found += self._grows(generic, statement, generic=True)
        return found

    def _grows(self, plan: Any, statement: str, *, generic: bool) -> Iterator[Finding]:
        for table, how, rows in _scans(plan, self.partial):
            size = self.sizes.get(table, 0)
            if size >= BIG and rows >= BIG / 10:
                yield Finding(table=table, how=how, rows=size, generic=generic, statement=statement)

    async def _custom(self, statement: str, values: tuple[Any, ...]) -> Any:
        told = await self.connection.fetchval(f"explain (format json) {statement}", *values)
        return json.loads(told)[0]["Plan"]

    async def _generic(self, statement: str, values: tuple[Any, ...]) -> Any:
        """The values aren't looked at, so any will do."""
        await self.connection.execute(f"prepare judged as {statement}")
        given = f"({', '.join(['null'] * len(values))})" if values else ""
        try:
            told = await self.connection.fetchval(f"explain (format json) execute judged{given}")
        finally:
            await self.connection.execute("deallocate judged")
        return json.loads(told)[0]["Plan"]


async def make_judge(connection: asyncpg.Connection, tenant: UUID) -> Judge:
    sizes = {row["relname"]: row["rows"] for row in await connection.fetch(SIZES)}
    partial = frozenset(row["indexname"] for row in await connection.fetch(PARTIAL))
    await connection.execute("select set_config('app.tenant_id', $1, false)", str(tenant))
    await connection.execute("set plan_cache_mode = force_generic_plan")
    return Judge(connection=connection, sizes=sizes, partial=partial)


def _relations(node: Mapping[str, Any]) -> Iterator[str]:
    if "Relation Name" in node:
        yield str(node["Relation Name"])
    for child in node.get("Plans", ()):
        yield from _relations(child)


def _scans(
    node: Mapping[str, Any], partial: frozenset[str], *, few: bool = False
) -> Iterator[tuple[str, str, int]]:
    """(table, how, rows) of every scan that nothing but the workspace bounds. `few`: something
    above stops after some rows."""
    sort = str(node["Node Type"])
    if sort == "Limit":
        few = True
    elif sort in HOLDING or sort.startswith("Hash"):
        few = False
    table, rows = str(node.get("Relation Name") or ""), int(node.get("Plan Rows", 0))
    # Whoever leaves rows out may have to read them all to find the few that are wanted.
    stops = few and "Filter" not in node
    if sort == "Seq Scan" and not stops:
        yield table, "a scan of the whole table", rows
    elif not stops and _whole(node, partial):
        yield table or _table_of(node), "a scan of a whole workspace", rows
    for child in node.get("Plans", ()):
        yield from _scans(child, partial, few=few)


def _whole(node: Mapping[str, Any], partial: frozenset[str]) -> bool:
    sort = str(node["Node Type"])
    if sort not in ("Index Scan", "Index Only Scan", "Bitmap Index Scan"):
        return False
    bounds = str(node.get("Index Cond", ""))
    return node["Index Name"] not in partial and " AND " not in bounds and "tenant_id" in bounds


def _table_of(node: Mapping[str, Any]) -> str:
    return str(node["Index Name"]).removeprefix("ix_").removeprefix("pk_").removeprefix("uq_")
