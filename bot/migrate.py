"""Bring a database's tables up to date, or say how they stand to this code.

In a rolling upgrade the tables are migrated first, and processes of the release before go on, and
start anew, over tables they don't know: allowed as long as no migration said otherwise
(migrations/rolling.py). The other way round nothing starts.
"""

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from db.session import async_url
from migrations.rolling import READ_NEED, needed_code

# One migration at a time over all processes that start together.
MIGRATION_LOCK = 7_305_921_846


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


async def migrate(owner_url: str, revision: str = "head") -> None:
    """Run the migrations as the owner, up to `revision`."""
    await _run(owner_url, lambda config: command.upgrade(config, revision))


async def downgrade(owner_url: str, revision: str = "base") -> None:
    await _run(owner_url, lambda config: command.downgrade(config, revision))


class SchemaState(Enum):
    """How a database's revision stands to the newest one this code knows."""

    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    """Newer than this code, which may run over it all the same."""
    TOO_FAR_AHEAD = "too far ahead"
    """Newer, and this code would fail on it."""


async def schema_state(url: str) -> SchemaState:
    engine = create_async_engine(async_url(url))
    try:
        async with engine.connect() as connection:
            heads = await connection.run_sync(_heads)
            needed = await connection.scalar(text(READ_NEED)) if heads else None
    finally:
        await engine.dispose()
    return judge(ScriptDirectory.from_config(alembic_config()), heads, needed_code(needed))


def judge(scripts: ScriptDirectory, heads: set[str], needed: str | None) -> SchemaState:
    """`heads` as the database tells them; a revision that isn't among our scripts is a newer one,
    because ours are never taken out."""
    known = {script.revision for script in scripts.walk_revisions()}
    if heads == set(scripts.get_heads()):
        return SchemaState.CURRENT
    if not heads or heads <= known:
        return SchemaState.BEHIND
    return SchemaState.AHEAD if needed is None or needed in known else SchemaState.TOO_FAR_AHEAD


def _heads(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


async def _run(owner_url: str, step: Callable[[Config], None]) -> None:
    engine = create_async_engine(async_url(owner_url))
    try:
        async with engine.connect() as connection:
            await connection.execute(
                text("select pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK}
            )
            await connection.commit()
            await connection.run_sync(lambda sync: step(alembic_config(sync)))
            await connection.commit()
    finally:
        await engine.dispose()
