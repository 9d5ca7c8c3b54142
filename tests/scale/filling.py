"""Filling tables in one statement each: INSERT … SELECT, with the models' own defaults for what a
row doesn't say, keys unchecked and indexes set aside meanwhile.

Only the superuser may: row-level security holds for the owner too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

import asyncpg
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql

from db.base import Base
from db.models import all as models

assert models.__all__

INDEXES = """
select c.relname as name, pg_get_indexdef(c.oid) as definition, k.conname as constraint,
    t.relname as table, pg_get_constraintdef(k.oid) as constraint_definition
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
left join pg_constraint k on k.conindid = i.indexrelid and k.contype = 'u'
where t.relname = any($1) and not i.indisprimary order by c.relname
"""


@dataclass(frozen=True, slots=True)
class Fill:
    """The rows of one table: `values` by column, as SQL over `source`. `$word` is filled in from
    the size; `id` and `created_at` are wanted, `tenant_id` is the workspace's unless it is said."""

    table: str
    source: str
    values: Mapping[str, str]

    def sql(self, words: Mapping[str, object]) -> str:
        values = {"tenant_id": "$tenant", **self.values}
        table = Base.metadata.tables[self.table]
        missing = [c for c in table.columns if c.name not in values and not _left_out(c)]
        values |= {column.name: _default(column) for column in missing}
        names = ", ".join(f'"{name}"' for name in values)
        shown = ", ".join(values.values())
        sql = f"insert into {self.table} ({names}) select {shown} from {self.source}"
        return Template(sql).substitute(words)


def _left_out(column: Column[object]) -> bool:
    """The server knows what stands there."""
    known = column.server_default is not None or column.identity is not None
    return known or column.computed is not None or (column.nullable and column.default is None)


def _default(column: Column[object]) -> str:
    default = column.default
    if default is None:
        raise ValueError(f"{column} says nothing of its own: give it a value")
    value = default.arg  # type: ignore[attr-defined]
    if callable(value):
        value = value(None)
    if isinstance(value, dict | list):
        return f"'{'{}' if isinstance(value, dict) else '[]'}'"
    rendered = column.type.literal_processor(postgresql.dialect())
    return rendered(value) if rendered is not None else repr(value)


async def set_aside_indexes(
    admin: asyncpg.Connection, tables: Sequence[str]
) -> list[tuple[str, str]]:
    """Drop what isn't a primary key; returns (table, statement) to make it again."""
    again = []
    for row in await admin.fetch(INDEXES, list(tables)):
        if row["constraint"]:
            await admin.execute(f"alter table {row['table']} drop constraint {row['constraint']}")
            made = (
                f"alter table {row['table']} add constraint {row['constraint']} "
                f"{row['constraint_definition']}"
            )
        else:
            await admin.execute(f"drop index {row['name']}")
            made = row["definition"]
        again.append((row["table"], made))
    return again
