"""Where somebody is named, whatever the table: found, counted and taken out by the words that name
them. Columns come from the metadata, so that a new table is looked at from its first day."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, String, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from db.base import Base, TenantRow
from db.session import ReadTx, Tx

PUT_INSTEAD = "[erased]"
PAGE = 2_000
# Chained bytes, proofs, and what names a mail for Gmail: never rewritten. Facts in the audit go
# with their keys.
UNTOUCHED = frozenset({"audit_entries", "audit_links", "audit_keys", "erasures", "retention_runs"})
NAMES = frozenset({"rfc_message_id", "in_reply_to", "refs", "uid", "series", "content_hash"})
NO_ONE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """A table with the columns in which somebody may be named."""

    table: str
    plain: tuple[str, ...]
    json: tuple[str, ...]

    @property
    def matches(self) -> str:
        """SQL: whether any of them names the person."""
        tests = [f'"{name}" ~* :pattern' for name in self.plain]
        tests += [f'"{name}"::text ~* :pattern' for name in self.json]
        return "(" + " or ".join(tests) + ")"


@cache
def places() -> Mapping[str, Place]:
    """Every table of a workspace that holds words."""
    found = {}
    for table in tenant_tables():
        if table.name in UNTOUCHED:
            continue
        unique = _unique(table)
        words = [c for c in table.columns if c.name not in NAMES and c.name not in unique]
        plain = tuple(c.name for c in words if _is_text(c))
        json = tuple(c.name for c in words if isinstance(c.type, JSONB))
        if plain or json:
            found[table.name] = Place(table.name, plain, json)
    return found


@cache
def tenant_tables() -> tuple[Table, ...]:
    """Tables whose rows belong to one workspace, parents first."""
    models = (mapper.class_ for mapper in Base.registry.mappers)
    names = {one.__tablename__ for one in models if issubclass(one, TenantRow)}
    names |= {"tenants", "audit_links"}
    return tuple(one for one in Base.metadata.sorted_tables if one.name in names)


def pattern_of(words: Iterable[str]) -> str:
    """A regular expression of PostgreSQL's for any of these, whole; case is ignored. A part of a
    longer address or word is somebody else."""
    parts = "|".join(_escaped(word) for word in sorted(words, key=len, reverse=True))
    return rf"(?<![[:alnum:]._%+-])(?:{parts})(?![[:alnum:]]|[-.][[:alnum:]])"


def finder_of(words: Iterable[str]) -> re.Pattern[str]:
    """The same for texts that no database sees."""
    parts = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w.%+-])(?:{parts})(?!\w|[-.]\w)", re.IGNORECASE)


async def count_traces(tx: ReadTx, pattern: str) -> dict[str, int]:
    """Rows that name the person, by table."""
    found = {}
    for place in places().values():
        query = f"select count(*) from {place.table} where tenant_id = :tenant and {place.matches}"  # noqa: S608 - names of the metadata's own
        number = await tx.session.scalar(text(query), {"tenant": tx.tenant_id, "pattern": pattern})
        if number:
            found[place.table] = int(number)
    return found


async def take_out(tx: Tx, place: Place, pattern: str, after: UUID) -> tuple[list[UUID], UUID]:
    """Put `[erased]` where the next page of rows names the person. The rows that changed, and the
    last one looked at; the same id again means that this was all."""
    key = "tenant_id" if place.table == "tenants" else "id"
    values = {"tenant": tx.tenant_id, "pattern": pattern, "after": after, "put": PUT_INSTEAD}
    page = (
        f"select {key} from {place.table} where tenant_id = :tenant and {key} > :after "  # noqa: S608 - as above
        f"order by {key} limit {PAGE}"
    )
    last = await tx.session.scalar(text(f"select max({key}::text) from ({page}) p"), values)  # noqa: S608
    if last is None:
        return [], after
    changes = [f'"{c}" = regexp_replace("{c}", :pattern, :put, \'gi\')' for c in place.plain]
    changes += [
        f'"{c}" = regexp_replace("{c}"::text, :pattern, :put, \'gi\')::jsonb' for c in place.json
    ]
    rows = await tx.session.execute(
        text(
            f"update {place.table} set {', '.join(changes)} where tenant_id = :tenant "  # noqa: S608
            f"and {key} > :after and {key} <= cast(:last as uuid) and {place.matches} "
            f"returning {key}"
        ),
        values | {"last": last},
    )
    return [row[0] for row in rows], UUID(last)


async def list_rows(
    tx: ReadTx, table: Table, *, after: UUID, limit: int, where: str = "", **values: Any
) -> Sequence[Mapping[str, Any]]:
    """A page of the table's rows in the order of their ids."""
    key = "entry_id" if table.name == "audit_links" else "id"
    if table.name == "tenants":
        key = "tenant_id"
    names = ", ".join(f'"{c.name}"' for c in table.columns if not c.computed)
    query = (
        f"select {names} from {table.name} where tenant_id = :tenant and {key} > :after {where} "  # noqa: S608
        f"order by {key} limit :limit"
    )
    values |= {"tenant": tx.tenant_id, "after": after, "limit": limit}
    rows = await tx.session.execute(text(query), values)
    return [dict(row) for row in rows.mappings()]


async def count_rows(tx: ReadTx, table: str) -> int:
    query = f"select count(*) from {table} where tenant_id = :tenant"  # noqa: S608 - as above
    return int(await tx.session.scalar(text(query), {"tenant": tx.tenant_id}) or 0)


def _is_text(column: Column[Any]) -> bool:
    if column.computed is not None:
        return False
    return isinstance(column.type, String | Text)


def _unique(table: Table) -> frozenset[str]:
    """Columns that tell rows apart: putting the same word into two of them would fail. None of
    them holds free text but an account's name, and an address that is dealt with by itself."""
    keys = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys += [one for one in table.indexes if one.unique]  # type: ignore[misc] # alike enough
    return frozenset(column.name for key in keys for column in key.columns)


def _escaped(word: str) -> str:
    return "".join(c if c.isalnum() or c in " _" else f"\\{c}" for c in word)
