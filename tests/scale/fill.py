"""A workspace of a size, with its neighbours, in a database of its own: in minutes."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from db.session import Database
from tests import factories
from tests.scale.filling import Fill, set_aside_indexes
from tests.scale.rows import CUSTOMERS, PEOPLE
from tests.scale.rows_work import ACTIONS, HANGING, TALKS
from tests.scale.size import Size

SPAN = timedelta(days=730)
AT_ONCE = 2
"""Connections that fill: one a core."""
STAGES: Sequence[Sequence[Fill]] = (PEOPLE, CUSTOMERS, (ACTIONS, *TALKS), HANGING)
TABLES = sorted({fill.table for stage in STAGES for fill in stage})
Tell = Callable[[str], None]


async def fill(
    admin_url: str, database: Database, size: Size, *, now: datetime, tell: Tell
) -> UUID:
    """The workspace and its neighbours. `admin_url` is the superuser's way to the same database.
    Returns the workspace."""
    tenant = await factories.make_tenant(database, name=size.name)
    beside = [await factories.make_tenant(database) for _ in range(size.neighbours)]
    wanted = [(tenant, size), *((one, size.neighbour) for one in beside)]
    admins = [await _admin(admin_url) for _ in range(AT_ONCE)]
    again = await set_aside_indexes(admins[0], TABLES)
    for one, theirs in wanted:
        for stage in STAGES:
            work = [each.sql(_words(one, theirs, now)) for each in stage]
            await _share(admins, work, tell)
    await _share(admins, [statement for _, statement in again], tell)
    await _share(admins, [f"vacuum (analyze) {table}" for table in TABLES], tell)
    for admin in admins:
        await admin.close()
    return tenant


async def stretch(admin_url: str, times: int) -> None:
    """Have the planner count each table as so many times larger, everything in it as it is spread
    now: what it knows of a column is a share of its rows. Nothing cleans up or counts meanwhile."""
    admin = await asyncpg.connect(admin_url)
    for table in TABLES:
        await admin.execute(f"alter table {table} set (autovacuum_enabled = off)")
    await admin.execute(
        "update pg_class set reltuples = reltuples * $1 where relkind in ('r', 'i') "
        "and relnamespace = 'public'::regnamespace and reltuples > 0",
        times,
    )
    await admin.close()


def _words(tenant: UUID, size: Size, now: datetime) -> dict[str, object]:
    return {
        "tenant": f"'{tenant}'::uuid",
        "now": f"'{now.isoformat()}'::timestamptz",
        "members": size.members,
        "accounts": size.accounts,
        "each": size.accounts_each,
        "actions": size.actions,
        "recent": size.recent,
        "waiting": size.waiting,
        "history": size.history,
        "step": SPAN.total_seconds() / size.actions,
    }


async def _admin(url: str) -> asyncpg.Connection:
    admin = await asyncpg.connect(url)
    # No key is looked up for what is made from the tables themselves, and no commit waits.
    await admin.execute("set session_replication_role = replica")
    await admin.execute("set synchronous_commit = off")
    await admin.execute("set maintenance_work_mem = '1GB'")
    await admin.execute("set work_mem = '256MB'")
    await admin.execute("set jit = off")
    return admin


async def _share(admins: Sequence[asyncpg.Connection], work: Sequence[str], tell: Tell) -> None:
    """All of it, each connection taking the next as soon as it is free."""
    left = list(reversed(work))

    async def take(admin: asyncpg.Connection) -> None:
        while left:
            statement = left.pop()
            started = time.perf_counter()
            try:
                await admin.execute(statement, timeout=3600)
            except asyncpg.PostgresError as error:
                raise SystemExit(f"{error}\n{statement}") from error
            tell(f"{time.perf_counter() - started:8.1f} s  {' '.join(statement.split())[:90]}")

    await asyncio.gather(*(take(admin) for admin in admins))
