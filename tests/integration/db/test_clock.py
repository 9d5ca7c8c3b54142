"""All processes agree on the time, whichever of them runs the minute's tick."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.adapters.clock import DatabaseClock
from bot.embedded import EmbeddedDatabase
from db.session import Database
from services.errors import TransientError
from tests.conftest import database_url
from tests.faults import clockwork


async def test_a_step_of_the_database_s_clock_reaches_every_process(
    postgres: EmbeddedDatabase, database_name: str, runtime_url: str
) -> None:
    """One follows by the tick, the other by itself; the jump pauses claims for one look."""
    admin = database_url(postgres.admin_url, database_name)
    await clockwork.install(admin, database_name)
    database = Database(runtime_url, pool_size=2)
    ticking, other = DatabaseClock(), DatabaseClock()
    for clock in (ticking, other):
        await clock.follow(database)
    following = asyncio.create_task(other.keep_following(database, every=0.01))
    await clockwork.run_sql(admin, clockwork.step_sql(90))
    with pytest.raises(TransientError):
        await ticking.follow(database)
    async with asyncio.timeout(5):
        while abs(other.now() - ticking.now()) > timedelta(seconds=1):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    with pytest.raises(TransientError):
        await other.follow(database)
    await other.follow(database)
    assert not following.done()
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    await database.close()
