"""The queue's traps, each pinned."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.listeners import (
    PGNoticeEventListener,
    default_event_router,
    initialize_notice_event_listener,
)
from pgqueuer.domain.errors import FailingListenerError
from sqlalchemy import text
from typing_extensions import override

from bot.worker import MAX_PICKS, PatientQueries, PatientQueueManager, Worker
from db import jobs
from db.session import Database, refuse_inside_transaction
from services.errors import InvalidInput, TransientError

TENANT = uuid4()


async def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for a condition, never for luck."""
    async with asyncio.timeout(seconds):
        while not await _truth(condition):  # noqa: ASYNC110 - a condition from outside
            await asyncio.sleep(0.02)


async def _truth(condition: Callable[[], Any]) -> bool:
    answer = condition()
    return bool(await answer if asyncio.iscoroutine(answer) else answer)


@asynccontextmanager
async def working(url: str, table: Mapping[str, Any]) -> AsyncIterator[Worker]:
    worker = Worker(url, table)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait_for(task, 10)


async def _count(url: str, where: str = "true") -> int:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(f"select count(*) from jobs.pgqueuer where {where}")
    finally:
        await connection.close()


async def test_a_job_lives_and_dies_with_its_transaction(
    database: Database, runtime_url: str
) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is rolled back
        async with database.transaction(TENANT) as tx:
            await jobs.enqueue(tx, "mail", {"id": uuid4()})
            raise ZeroDivisionError
    assert await _count(runtime_url) == 0
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "mail", {"id": uuid4()})
    assert await _count(runtime_url) == 1


async def test_the_queue_refuses_a_connection_without_transaction(database: Database) -> None:
    """The library would insert in autocommit, and the job would survive a rollback."""
    async with database.transaction(TENANT) as tx:
        await tx.raw.execute("rollback")
        with pytest.raises(RuntimeError, match="no open transaction"):
            await jobs.enqueue(tx, "mail")
        await tx.raw.execute("begin")


async def test_a_dedupe_key_drops_the_second_and_leaves_the_transaction_whole(
    database: Database, runtime_url: str
) -> None:
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "poll", dedupe_key="poll")
        await jobs.enqueue(tx, "poll", dedupe_key="poll")
        await jobs.enqueue(tx, "other")
    assert await _count(runtime_url) == 2


async def test_a_patient_job_lets_all_others_go_first(database: Database, runtime_url: str) -> None:
    ran: list[str] = []

    async def run(_tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        ran.append(payload["name"])

    async with database.transaction(TENANT) as tx:
        for name in ("scan 1", "scan 2"):
            await jobs.enqueue(tx, "scan", {"name": name}, patient=True)
        await jobs.enqueue(tx, "mail", {"name": "mail"})
    async with working(runtime_url, {"scan": run, "mail": run}):
        await until(lambda: len(ran) == 3)
    assert ran == ["mail", "scan 1", "scan 2"]


async def test_expected_errors_end_a_job_and_transient_ones_repeat_it(
    database: Database, runtime_url: str
) -> None:
    seen: list[tuple[UUID | None, str]] = []

    async def refused(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        seen.append((tenant, payload["id"]))
        raise InvalidInput("not this one")

    tries = 0

    async def later(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise TransientError("busy", retry_after=timedelta(milliseconds=10))

    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "refused", {"id": "1"})
        await jobs.enqueue(tx, "later")
    async with working(runtime_url, {"refused": refused, "later": later}):
        await until(lambda: tries == 3)
        await until(lambda: _empty(runtime_url))
    assert seen == [(TENANT, "1")]


async def _empty(url: str) -> bool:
    return await _count(url) == 0


async def test_a_job_that_kills_its_worker_is_held_in_the_end(
    database: Database, runtime_url: str
) -> None:
    """A crash leaves no attempt, so the picks are counted; the job is held, not lost."""
    ran = 0

    async def killer(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        nonlocal ran
        ran += 1

    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "killer")
    connection = await asyncpg.connect(runtime_url)
    queue = jobs.queue_over(AsyncpgDriver(connection))
    job_id = await connection.fetchval("select id from jobs.pgqueuer")
    await connection.executemany(
        "insert into jobs.pgqueuer_log (job_id, status, entrypoint, priority) "
        "values ($1, 'picked', 'killer', 0)",
        [(job_id,)] * (MAX_PICKS + 1),
    )
    await queue.aggregate_logs()
    async with working(runtime_url, {"killer": killer}):
        await until(lambda: _held(runtime_url))
    await connection.close()
    assert ran == 0


async def test_a_job_that_waited_its_turn_often_may_still_fail_and_be_tried_again(
    database: Database, runtime_url: str
) -> None:
    """It was picked and put off more often than a job may kill its worker, or fail."""
    broken = [RuntimeError("once"), asyncpg.CannotConnectNowError("starting up")]

    async def unlucky(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        if broken:
            raise broken.pop()

    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "unlucky")
    connection = await asyncpg.connect(runtime_url)
    job_id = await connection.fetchval("update jobs.pgqueuer set attempts = 30 returning id")
    for status, why in (("picked", None), ("queued", '{"exception_type": "Postponed"}')):
        await connection.executemany(
            "insert into jobs.pgqueuer_log (job_id, status, entrypoint, priority, traceback) "
            "values ($1, $2, 'unlucky', 0, $3)",
            [(job_id, status, why)] * (MAX_PICKS + 10),
        )
    async with working(runtime_url, {"unlucky": unlucky}):
        await until(lambda: _empty(runtime_url))
    await connection.close()
    assert not broken


async def test_jobs_of_another_workspace_are_nobody_elses_business(database: Database) -> None:
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "note", {"id": "ours"})
        await jobs.enqueue(tx, "lost")
    async with database.directory() as tx:
        await jobs.enqueue(tx, "tick")
    async with database.directory() as tx:
        await tx.session.execute(text("update jobs.pgqueuer set status = 'failed'"))
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "note", {"id": "again"})
    async with database.read(TENANT) as mine:
        assert await jobs.held(mine) == {"note": 1, "lost": 1}
        assert [job["id"] for job in await jobs.live_payloads(mine, "note")] == ["again"]
    async with database.read(UUID(int=99)) as theirs:
        assert await jobs.held(theirs) == {}
        assert await jobs.live_payloads(theirs, "note") == []
    async with database.directory() as nobodys:
        assert await jobs.held(nobodys) == {"tick": 1}


async def _held(url: str) -> bool:
    return await _count(url, "status = 'failed'") == 1


async def test_the_worker_survives_a_database_that_drops_every_connection(
    database: Database, runtime_url: str, owner_url: str
) -> None:
    done: set[str] = set()

    async def note(_tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        done.add(payload["id"])

    async with working(runtime_url, {"note": note}):
        async with database.transaction(TENANT) as tx:
            await jobs.enqueue(tx, "note", {"id": "before"})
        await until(lambda: "before" in done)
        await _drop_connections(owner_url)
        async with database.transaction(TENANT) as tx:
            await jobs.enqueue(tx, "note", {"id": "after"})
        await until(lambda: "after" in done)


async def test_one_lost_probe_is_asked_again(runtime_url: str) -> None:
    """The library probes before it listens; whoever listens late must not end the worker."""
    connection = await asyncpg.connect(runtime_url)
    try:
        driver = AsyncpgDriver(connection)
        manager = PatientQueueManager(jobs.queue_over(driver), jobs.CHANNEL)
        probe = asyncio.create_task(manager.listener_healthy(timedelta(seconds=1)))
        await until(lambda: bool(manager.pending_health_check))
        first = set(manager.pending_health_check)
        # Nobody listens: it gives up on the first and asks again.
        await until(lambda: not first & manager.pending_health_check.keys())
        probe.cancel()
        assert manager.pending_health_check
        await initialize_notice_event_listener(
            driver,
            jobs.CHANNEL,
            default_event_router(
                notice_event_queue=PGNoticeEventListener(),
                canceled={},
                pending_health_check=manager.pending_health_check,
            ),
        )
        await manager.listener_healthy(timedelta(seconds=5))
    finally:
        await connection.close()


class DeafOnce(Worker):
    """Its first connection hears nothing."""

    begun = 0

    @override
    async def _run_once(self) -> None:
        self.begun += 1
        if self.begun == 1:
            raise FailingListenerError
        await super()._run_once()


async def test_a_deaf_connection_is_replaced_and_nothing_ends(
    database: Database, runtime_url: str
) -> None:
    done = asyncio.Event()

    async def note(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        done.set()

    worker = DeafOnce(runtime_url, {"note": note})
    task = asyncio.create_task(worker.run())
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "note")
    await asyncio.wait_for(done.wait(), 10)
    worker.stop()
    await asyncio.wait_for(task, 10)
    assert worker.begun == 2


async def _drop_connections(url: str) -> None:
    admin = await asyncpg.connect(url.replace("understudy_owner", "postgres"))
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    await admin.close()


async def test_stopping_finishes_what_runs(database: Database, runtime_url: str) -> None:
    started, release, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        started.set()
        await release.wait()
        finished.set()

    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "slow")
    async with working(runtime_url, {"slow": slow}) as worker:
        await asyncio.wait_for(started.wait(), 10)
        worker.stop()
        release.set()
    assert finished.is_set()
    assert await _count(runtime_url) == 0


async def test_no_network_call_inside_a_transaction(database: Database) -> None:
    refuse_inside_transaction()
    async with database.transaction(TENANT):
        with pytest.raises(RuntimeError, match="open transaction"):
            refuse_inside_transaction()

        async def elsewhere() -> None:
            refuse_inside_transaction()

        with pytest.raises(RuntimeError, match="open transaction"):
            await asyncio.create_task(elsewhere())
        with pytest.raises(RuntimeError, match="already open"):
            async with database.transaction(TENANT):
                pass
    refuse_inside_transaction()


async def test_what_fails_at_a_savepoint_takes_its_jobs_along(
    database: Database, runtime_url: str
) -> None:
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "before")
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is taken back
            async with tx.savepoint():
                await jobs.enqueue(tx, "within")
                raise ZeroDivisionError
        await jobs.enqueue(tx, "after")
    assert await _count(runtime_url, "entrypoint = 'within'") == 0
    assert await _count(runtime_url) == 2


async def test_a_retry_that_cannot_be_written_down_waits(
    database: Database, runtime_url: str
) -> None:
    """The library would hold the job for good, though nothing speaks against it."""
    async with database.transaction(TENANT) as tx:
        await jobs.enqueue(tx, "later")
    connection = await asyncpg.connect(runtime_url)

    cut_off = asyncpg.InternalClientError("another operation (2) is in progress")
    starting = asyncpg.CannotConnectNowError("the database system is starting up")

    class AwayTwice(AsyncpgDriver):
        away = 2

        @override
        async def execute(self, query: str, *args: Any) -> str:
            if self.away:
                self.away -= 1
                raise starting if self.away else cut_off
            return await super().execute(query, *args)

    driver = AwayTwice(connection)
    queue = jobs.queue_over(driver, PatientQueries)
    job = await queue.queue_job_by_id(await connection.fetchval("select id from jobs.pgqueuer"))
    assert job is not None
    await queue.retry_job(job, timedelta(0), None)
    assert driver.away == 0
    assert await _count(runtime_url, "status = 'queued' and attempts = 1") == 1
    await connection.close()
