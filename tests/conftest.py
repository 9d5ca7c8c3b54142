"""Real PostgreSQL for every test that wants a database: one embedded server for the whole run, one
migrated template, one clone per test (some 25 ms)."""

import asyncio
import fcntl
import gc
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from bot.embedded import EmbeddedDatabase, embedded_postgres, prepare
from bot.migrate import migrate
from db.models import all as _whole  # noqa: F401 - every table is known, whatever a test imports
from db.session import Database

# What is slow on a busy machine is not wrong.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

TEMPLATE = "understudy_template"
# A test database may forget everything when the machine stops; a commit then costs microseconds.
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 300"


# Where there is memory to spare, a clone costs 16 ms instead of 190 on a busy disk.
MEMORY, ENOUGH = Path("/dev/shm"), 2 * 2**30


def _folder() -> Path:
    """Where the tests' server keeps its data."""
    spare = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if spare and shutil.disk_usage(MEMORY).free > ENOUGH else Path("/tmp")


def database_url(url: str, name: str) -> str:
    """The same server and role, another database."""
    head, _, tail = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{tail}"


async def _make_template(server: EmbeddedDatabase) -> None:
    await prepare(server, TEMPLATE)
    await migrate(database_url(server.owner_url, TEMPLATE))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedDatabase]:
    """A running server with a migrated template, shared by all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    # A socket's path may have 107 characters at most, and pytest's folders are long.
    digest = hashlib.sha256(str(shared).encode()).hexdigest()[:8]
    data_dir = _folder() / f"us-{digest}"
    with embedded_postgres(data_dir, tuning=FAST) as server:
        with (data_dir / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = data_dir / "template.done"
            if not done.exists():
                asyncio.run(_make_template(server))
                done.touch()
        yield server
    if not (data_dir / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(data_dir, ignore_errors=True)


@pytest.fixture
async def database_name(postgres: EmbeddedDatabase) -> AsyncIterator[str]:
    """A migrated database of this test's own."""
    name = f"t_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.admin_url)
    await admin.execute(
        f"create database {name} template {TEMPLATE} owner understudy_owner strategy file_copy"
    )
    yield name
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
def runtime_url(postgres: EmbeddedDatabase, database_name: str) -> str:
    return database_url(postgres.runtime_url, database_name)


@pytest.fixture
def owner_url(postgres: EmbeddedDatabase, database_name: str) -> str:
    return database_url(postgres.owner_url, database_name)


@pytest.fixture
async def database(runtime_url: str) -> AsyncIterator[Database]:
    """The product's own pool, in the product's own role."""
    database = Database(runtime_url, pool_size=5)
    _share_compiled(database)
    yield database
    await database.close()


_COMPILED: list[Engine] = []


def _share_compiled(database: Database) -> None:
    """Statements are compiled once a process, not once a test: a tenth of the suite's time."""
    engine = database.engine.sync_engine
    if not _COMPILED:
        _COMPILED.append(engine)
    engine.dialect = _COMPILED[0].dialect
    engine._compiled_cache = _COMPILED[0]._compiled_cache


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """What the collected tests are made of stays: the collector needn't walk it while it grows, nor
    again and again later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
