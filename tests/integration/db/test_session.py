"""Transactions on the driver's own connection: begun, ended and given back by us."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from db.session import Database

TENANT = uuid4()
NOTE = "insert into timers (tenant_id, kind, subject_id, due_at) values ($1, $2, $3, '2026-11-30Z')"
NOTES = text("select kind from timers where tenant_id = :tenant order by kind")


@pytest.fixture
async def narrow(runtime_url: str) -> AsyncIterator[Database]:
    """One connection for all: whatever a transaction leaves behind, the next one meets."""
    database = Database(runtime_url, pool_size=1)
    yield database
    await database.close()


async def _notes(database: Database) -> list[str]:
    async with database.directory() as tx:
        return list((await tx.session.execute(NOTES, {"tenant": TENANT})).scalars())


async def test_a_commit_that_the_server_refuses_is_an_error(narrow: Database) -> None:
    """Somebody went on after a failed statement: the server answers the commit with a rollback."""
    with pytest.raises(RuntimeError, match="nothing was kept"):  # noqa: PT012 - what is rolled back
        async with narrow.directory() as tx:
            await tx.raw.execute(NOTE, TENANT, "lost", uuid4())
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.raw.execute("select 1 / 0")
    assert await _notes(narrow) == []


async def test_whoever_is_cancelled_leaves_a_clean_connection(narrow: Database) -> None:
    asked = asyncio.Event()

    async def work() -> None:
        async with narrow.directory() as tx:
            await tx.raw.execute(NOTE, TENANT, "cancelled", uuid4())
            asked.set()
            await tx.raw.execute("select pg_sleep(60)")

    task = asyncio.create_task(work())
    await asked.wait()
    await asyncio.sleep(0)  # the statement is under way
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _notes(narrow) == []
    async with narrow.directory() as tx:
        await tx.raw.execute(NOTE, TENANT, "kept", uuid4())
    assert await _notes(narrow) == ["kept"]


async def test_a_read_refuses_to_write_and_the_next_may(narrow: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with narrow.read(TENANT) as tx:
            await tx.raw.execute(NOTE, TENANT, "read", uuid4())
    async with narrow.transaction(TENANT) as tx:
        await tx.raw.execute(NOTE, TENANT, "written", uuid4())
    assert await _notes(narrow) == ["written"]


async def test_no_tenant_is_left_to_the_next(narrow: Database) -> None:
    named = "select current_setting('app.tenant_id', true)"
    async with narrow.read(TENANT) as tx:
        assert await tx.raw.fetchval(named) == str(TENANT)
    async with narrow.directory() as tx:
        assert await tx.raw.fetchval(named) == ""


async def test_nothing_but_a_uuid_names_a_tenant(narrow: Database) -> None:
    forged: Any = "', true); drop table timers; --"
    with pytest.raises(TypeError):
        async with narrow.transaction(forged):
            pass
    assert await _notes(narrow) == []


async def test_a_lost_connection_is_replaced_before_anybody_sees_it(
    narrow: Database, owner_url: str
) -> None:
    assert await _notes(narrow) == []
    admin = await asyncpg.connect(owner_url.replace("understudy_owner", "postgres"))
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    await admin.close()
    assert await _notes(narrow) == []


async def test_one_lost_in_the_middle_goes_to_nobody_else(narrow: Database) -> None:
    async with narrow.directory() as tx:
        lost = tx.raw
    lost.terminate()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is rolled back
        async with narrow.directory() as tx:
            assert tx.raw is not lost
            tx.raw.terminate()
            raise ZeroDivisionError
    assert await _notes(narrow) == []


async def test_the_orm_is_made_for_whoever_asks(narrow: Database) -> None:
    async with narrow.directory() as tx:
        await tx.raw.execute(NOTE, TENANT, "raw", uuid4())
        assert tx.begun_session is None
        # Both see what the other did: it is one transaction.
        assert list((await tx.session.execute(NOTES, {"tenant": TENANT})).scalars()) == ["raw"]
    assert await _notes(narrow) == ["raw"]
