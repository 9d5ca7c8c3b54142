"""A row in every table, made from the metadata: a new table can't be forgotten."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

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


def some_value(column: Any) -> Any:
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


async def fill(database: Database, table: Table, tenant: UUID, made: dict[str, UUID]) -> None:
    """A row of the table for the tenant, its required parents first. `made` holds the id of each
    table's row, and grows."""
    if table.name in made:
        return
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "tenant_id":
            values[column.name] = tenant
        elif column.identity is not None or (column.nullable and column.name != "entry_id"):
            continue
        else:
            values[column.name] = some_value(column)
    for key in table.foreign_key_constraints:
        target = key.referred_table
        name = [c.name for c in key.columns if c.name != "tenant_id"]
        if target.name == table.name or not name or name[0] not in values:
            if target.name != table.name:
                await fill(database, target, tenant, made)
            continue
        await fill(database, target, tenant, made)
        values[name[0]] = made[target.name]
    async with database.transaction(tenant) as tx:
        await tx.session.execute(table.insert().values(**values))
    made[table.name] = values.get("id", tenant)


async def fill_all(database: Database, tenant: UUID) -> dict[str, UUID]:
    """A row in each of the tenant's tables."""
    made: dict[str, UUID] = {}
    for name in TENANT_TABLES:
        await fill(database, TABLES[name], tenant, made)
    return made
