"""Bring a database's tables up to date, or say that they aren't."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from db.session import async_url

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


async def is_current(url: str) -> bool:
    """Whether the database stands at the newest revision this code knows."""
    engine = create_async_engine(async_url(url))
    try:
        async with engine.connect() as connection:
            heads = await connection.run_sync(_heads)
    finally:
        await engine.dispose()
    return heads == set(ScriptDirectory.from_config(alembic_config()).get_heads())


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
