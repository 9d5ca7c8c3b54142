"""The job loop: runs what transactions have enqueued, tries again what may pass, holds the rest.

Together with db/jobs.py the only module that knows the queue library. Its traps, each pinned by a
test in tests/integration/db/test_jobs.py: a failed job is deleted unless `on_failure="hold"`; a job
that kills its worker is picked up for ever unless picks are counted; being postponed counts as an
attempt, so that a job that waited its turn is held at its first failure; the loop ends for good
when the database goes away unless it is rebuilt; a probe that is lost once ends the loop as well; a
retry that can't be written down holds its job.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import AbstractEntrypointExecutor, DatabaseRetryEntrypointExecutor
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Context, HealthCheckEvent, Job, TracebackRecord
from typing_extensions import override

from db.jobs import CHANNEL, queue_over
from db.session import is_disconnect
from db.tracing import CARRIED, REQUEST, TRACEPARENT, span
from services.errors import ServiceError, TransientError
from services.metrics import JOB_LAG, JOB_RETRIES, JOB_SECONDS, JOB_WAIT, JOBS_DONE

log = structlog.get_logger()

JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]

MAX_ATTEMPTS = 8
MAX_PICKS = 20
HEARTBEAT = timedelta(seconds=8)
DEQUEUE = timedelta(seconds=2)
LOST_PAUSE = timedelta(seconds=1)
BATCH = 10
CONCURRENT = 20

# What the loop ends with when the database, or the connection that listens to it, has gone quiet:
# on a machine that is too busy the listener may miss its deadline with nothing wrong at all. The
# driver's internal error is what a connection says whose answer broke off in the middle.
LOST = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    RuntimeError,
    FailingListenerError,
)

# About four minutes, by when a restarted server is back or somebody has noticed.
RETRY_PAUSES = (0.2, 0.5, 1, 2, 3, 5, 5, *(10,) * 22)

PAST = """
select job_id,
  count(*) filter (where status = 'picked')
    - count(*) filter (where status = 'queued' and traceback is not null) as unanswered,
  count(*) filter (where status = 'queued'
    and traceback ->> 'exception_type' = 'RetryRequested') as failed
from jobs.pgqueuer_log
where job_id = any($1::bigint[]) and status in ('picked', 'queued') group by job_id
"""


class PoisonJob(Exception):
    """Picked up again and again without an end: it probably kills its worker."""


class Postponed(RetryRequested):
    """It comes again, and that says nothing against it: its turn hasn't come, somebody else is at
    it, or the database is away. The queue's log tells it from a failure by its name."""


class Past(NamedTuple):
    """`unanswered`: picks that came to no end, this one included. `failed`: attempts that did."""

    unanswered: int
    failed: int


class Pasts:
    """What became of jobs so far. Jobs come in batches, so those that ask in the same turn of the
    loop share one query."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._asked: list[int] = []
        self._answer: asyncio.Task[dict[int, Past]] | None = None

    async def of(self, job_id: int) -> Past:
        if self._answer is None:
            self._asked = []
            self._answer = asyncio.create_task(self._count(self._asked))
        self._asked.append(job_id)
        return (await asyncio.shield(self._answer)).get(job_id, Past(0, 0))

    async def _count(self, asked: list[int]) -> dict[int, Past]:
        await asyncio.sleep(0)  # the rest of the batch asks now
        self._answer = None
        rows = await self._pool.fetch(PAST, asked)
        return {row["job_id"]: Past(row["unanswered"], row["failed"]) for row in rows}


@dataclass
class GuardedExecutor(AbstractEntrypointExecutor):
    """Counts before it runs anything: a crash leaves no attempt behind, only picks; and the library
    counts being postponed as an attempt, so that a job that was put off eight times would be held
    at its first failure."""

    pasts: Pasts | None = None
    inner: DatabaseRetryEntrypointExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.inner = DatabaseRetryEntrypointExecutor(self.parameters, max_attempts=MAX_ATTEMPTS)

    @override
    async def execute(self, job: Job, context: Context) -> None:
        past = await self._past(job)
        if past.unanswered > MAX_PICKS:
            JOBS_DONE.labels(job.entrypoint, "poison").inc()
            raise PoisonJob(f"job {job.id} was picked more than {MAX_PICKS} times")
        await self.inner.execute(job.model_copy(update={"attempts": past.failed}), context)

    async def _past(self, job: Job) -> Past:
        """A database that went away here says nothing against the job: it comes again, and must
        not be held as one that failed."""
        if self.pasts is None:
            return Past(0, job.attempts)
        try:
            return await self.pasts.of(job.id)
        except Exception as error:  # whatever it was, it was not the job's doing
            raise Postponed(LOST_PAUSE, reason="its past could not be counted") from error


class PatientQueries(Queries):
    """The library holds a job whose retry it could not write down. The database being away says
    nothing against the job, so the writing waits for it to come back."""

    @override
    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        for pause in RETRY_PAUSES:
            try:
                await super().retry_job(job, delay, traceback_record)
            except LOST as error:
                log.info("a retry waits for the database", job_id=job.id, error=str(error))
                await asyncio.sleep(pause)
            else:
                return
        await super().retry_job(job, delay, traceback_record)


class PatientQueueManager(QueueManager):
    """The library sends its first probe before it listens: on a busy machine that one is lost."""

    @override
    async def listener_healthy(
        self, timeout: timedelta = timedelta(seconds=10)
    ) -> HealthCheckEvent:
        try:
            return await super().listener_healthy(timeout)
        except FailingListenerError:
            return await super().listener_healthy(timeout)


def _entrypoint(kind: str, run: JobFunction) -> Callable[[Job], Awaitable[None]]:
    """A job as the queue sees it: expected errors end or postpone it, others retry and are held."""

    async def entry(job: Job) -> None:
        payload = json.loads(job.payload or b"{}")
        tenant = payload.pop("tenant_id", None)
        origin = {key: str(one) for key, one in (job.headers or {}).items() if key in CARRIED}
        parent = (job.headers or {}).get(TRACEPARENT)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(job=kind, job_id=job.id, tenant_id=tenant, **origin)
        JOB_WAIT.labels(kind).observe(_between(job.execute_after, job.updated))
        if job.attempts:
            JOB_RETRIES.labels(kind).inc()
        began = time.perf_counter()
        with span(
            f"job {kind}",
            parent=str(parent) if parent else None,
            kind="consumer",
            tenant_id=tenant,
            attempt=job.attempts,
            request_id=origin.get(REQUEST),
        ):
            await _ended(kind, run(UUID(tenant) if tenant else None, payload), began)
        JOB_LAG.labels(kind).observe(
            _between(job.created, job.updated) + time.perf_counter() - began
        )

    return entry


async def _ended(kind: str, work: Awaitable[None], began: float) -> None:
    """Run it, count how it ended, and say so in one line."""
    result = "failed"
    try:
        await work
        result = "done"
    except TransientError as error:
        result = "transient"
        log.info("job postponed", reason=str(error))
        if error.retry_after is not None:
            raise Postponed(error.retry_after, reason=str(error)) from error
        raise
    except ServiceError as error:
        # Decided: trying again would give the same answer.
        result = "refused"
        log.warning("job ended without effect", reason=str(error))
    except Exception as error:
        if is_disconnect(error):
            result = "transient"
            log.info("job postponed, the database is away", reason=str(error))
            raise Postponed(LOST_PAUSE, reason=str(error)) from error
        # The queue tries again and keeps the trace in its own log: here it is seen at once.
        log.exception("job failed")
        raise
    finally:
        took = time.perf_counter() - began
        JOB_SECONDS.labels(kind).observe(took)
        JOBS_DONE.labels(kind, result).inc()
    if result == "done":
        log.info("job done", ms=round(took * 1000, 1))


def _between(early: datetime, late: datetime) -> float:
    """Seconds by the database's clock, which wrote both."""
    return max((late - early).total_seconds(), 0.0)


class Worker:
    """Runs jobs until stopped. Survives a database that goes away and comes back."""

    def __init__(self, dsn: str, jobs: Mapping[str, JobFunction]) -> None:
        self._dsn = dsn
        self._jobs = jobs
        self._stopping = asyncio.Event()
        self._manager: QueueManager | None = None
        self._running = False

    async def trouble(self) -> str | None:
        """What is wrong with the loop; None while it takes jobs."""
        return None if self._running else "the job loop has lost the database, or hasn't begun"

    async def run(self) -> None:
        """Until `stop()`; then what runs is finished and nothing new is begun."""
        pause = 0.2
        while not self._stopping.is_set():
            try:
                await self._run_once()
                pause = 0.2
            except LOST as error:
                log.warning("worker lost the database, trying again", error=str(error))
            except BaseExceptionGroup as group:
                log.warning("worker lost the database, trying again", error=str(group.exceptions))
            except FailingListenerError:
                # Notifications no longer arrive: a new connection, not the end of the process.
                log.warning("worker hears nothing from the database, connecting anew")
            if not self._stopping.is_set():
                await _sleep_or(self._stopping, pause)
                pause = min(pause * 2, 5)

    def stop(self) -> None:
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def _run_once(self) -> None:
        # The queue leaves no trace in a session, so nothing is reset after each statement.
        async with asyncpg.create_pool(self._dsn, min_size=2, max_size=6, reset=_keep) as pool:
            pasts = Pasts(pool)
            manager = PatientQueueManager(
                queue_over(AsyncpgPoolDriver(pool), PatientQueries), CHANNEL
            )
            for kind, run in self._jobs.items():
                manager.entrypoint(
                    kind,
                    on_failure="hold",
                    executor_factory=lambda parameters: GuardedExecutor(parameters, pasts=pasts),
                )(_entrypoint(kind, run))
            self._manager = manager
            if self._stopping.is_set():
                return
            self._running = True
            try:
                await manager.run(
                    dequeue_timeout=DEQUEUE,
                    batch_size=BATCH,
                    max_concurrent_tasks=CONCURRENT,
                    heartbeat_timeout=HEARTBEAT,
                    shutdown_on_listener_failure=True,
                )
            finally:
                self._running = False


async def _keep(_connection: asyncpg.Connection) -> None:
    """In place of the pool's reset, which is a round trip."""


async def _sleep_or(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
