"""Where the data lie: a PostgreSQL of the product's own kind, a database a size, filled once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.embedded import EmbeddedDatabase, embedded_postgres, prepare
from bot.migrate import migrate
from db.session import Database
from tests.conftest import database_url
from tests.scale.fill import Tell, fill
from tests.scale.size import Size

# Every commit reaches the disk, as at home. A gigabyte of buffers, as a small managed server has.
TUNING = """
shared_buffers = '1GB'
effective_cache_size = '8GB'
wal_level = minimal
max_wal_senders = 0
max_wal_size = '4GB'
checkpoint_timeout = '30min'
random_page_cost = 1.1
log_min_duration_statement = -1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A filled database: the product's own way there, the superuser's, and whose it is."""

    size: Size
    runtime_url: str
    owner_url: str
    admin_url: str
    tenant_id: UUID
    filled_at: datetime


@contextmanager
def server(folder: Path) -> Iterator[EmbeddedDatabase]:
    folder.mkdir(parents=True, exist_ok=True)
    # The server runs as another user when we are root.
    folder.chmod(0o755)
    with embedded_postgres(folder, tuning=TUNING) as embedded:
        yield embedded


def filled(embedded: EmbeddedDatabase, folder: Path, size: Size, tell: Tell) -> Place:
    """The database of this size; what an earlier run has filled is taken as it is."""
    name = f"scale_{size.members}_{size.actions}"
    note = folder / name
    if not note.exists():
        tenant = asyncio.run(_make(embedded, name, size, tell))
        note.write_text(f"{tenant} {datetime.now(UTC).isoformat()}")  # noqa: TID251 - of the machine
    else:
        asyncio.run(_bring_up(embedded, name))
    tenant_id, at = note.read_text().split()
    return Place(
        size=size,
        runtime_url=database_url(embedded.runtime_url, name),
        owner_url=database_url(embedded.owner_url, name),
        admin_url=database_url(embedded.admin_url, name),
        tenant_id=UUID(tenant_id),
        filled_at=datetime.fromisoformat(at),
    )


async def _make(embedded: EmbeddedDatabase, name: str, size: Size, tell: Tell) -> UUID:
    admin = await asyncpg.connect(embedded.admin_url)
    await admin.execute(f"drop database if exists {name} with (force)")
    # Cleaning up between two statements would only be done again after the last.
    await admin.execute("alter system set autovacuum = off")
    await admin.execute("select pg_reload_conf()")
    await _bring_up(embedded, name)
    database = Database(database_url(embedded.runtime_url, name))
    try:
        now = datetime.now(UTC)  # noqa: TID251 - rows need some time; nothing is decided by it
        way = database_url(embedded.admin_url, name)
        return await fill(way, database, size, now=now, tell=tell)
    finally:
        await database.close()
        await admin.execute("alter system reset autovacuum")
        await admin.execute("select pg_reload_conf()")
        await admin.execute("checkpoint")
        await admin.close()


async def _bring_up(embedded: EmbeddedDatabase, name: str) -> None:
    await prepare(embedded, name)
    await migrate(database_url(embedded.owner_url, name))
