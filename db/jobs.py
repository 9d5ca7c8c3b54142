"""Durable jobs, enqueued in the transaction that decided them.

This module and bot/worker.py are the only ones that know the queue library. Its settings class
reads bare environment names (FUNCTION, CHANNEL …), so every name is passed explicitly.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver
from sqlalchemy import text

from db import tracing
from db.metrics import ENQUEUED
from db.session import ReadTx, Tx, raw_connection

CHANNEL = Channel("understudy_jobs")
PATIENT = -1


@cache
def queue_settings() -> DBSettings:
    """The names of the queue's objects, none of them left to the environment. Made once: reading
    the environment all the same, it takes a fifth of a click."""
    return DBSettings(
        prefix="",
        db_schema="jobs",
        channel=CHANNEL,
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
        widen_id=True,
    )


@cache
def _builders() -> tuple[QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder]:
    settings = queue_settings()
    return (
        QueryBuilderEnvironment(settings),
        QueryQueueBuilder(settings),
        QuerySchedulerBuilder(settings),
    )


def queue_over(driver: Driver, sort: type[Queries] = Queries) -> Queries:
    """The queue's SQL over any driver."""
    environment, queue, scheduler = _builders()
    return sort(driver, qbe=environment, qbq=queue, qbs=scheduler)


async def enqueue(
    tx: Tx,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    after: timedelta | None = None,
    dedupe_key: str | None = None,
    patient: bool = False,
) -> None:
    """Add a job to the open transaction: it exists if and when that commits. It is stored right
    before the commit, so a query in the same transaction doesn't see it yet.

    The payload carries ids only; what they stand for stays in the tenant's tables. `after` serves
    retries and pacing, never anything a person waits for. With a `dedupe_key` the job is dropped
    while an equal one is queued or running. A `patient` one lets all others go first: nobody waits
    for it; among their like they go in turn.
    """
    await raw_connection(tx)  # refuses where no transaction is open
    body = {"tenant_id": str(tx.tenant) if tx.tenant else None, **_plain(payload or {})}
    priority = PATIENT if patient else 0
    tx.jobs.append(_Job(kind, json.dumps(body).encode(), after, dedupe_key, priority))
    tx.store_jobs = _store


class _Job(NamedTuple):
    kind: str
    payload: bytes
    after: timedelta | None
    dedupe_key: str | None
    priority: int


async def _store(tx: Tx) -> None:
    """All jobs of the transaction in one statement, right before the commit: each insert locks the
    queue's index and costs a round trip, and a decision has three jobs or more."""
    kinds, payloads, afters, keys, priorities = zip(*tx.jobs, strict=True)
    tx.jobs.clear()
    tx.committed += [ENQUEUED.labels(kind).inc for kind in kinds]
    # Which request and trace they come from: beside the payload, which says what is to be done.
    origin = tracing.carried()
    with tracing.span("enqueue", kind="producer", jobs=len(kinds)):
        await queue_over(AsyncpgDriver(await raw_connection(tx))).enqueue(
            list(kinds),
            list(payloads),
            list(priorities),
            execute_after=list(afters),
            dedupe_key=list(keys),
            headers=[origin] * len(kinds),
            on_conflict="skip",
        )


def _plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in payload.items()}


LIVE = text(
    "select convert_from(payload, 'utf8')::jsonb as payload from jobs.pgqueuer "
    "where entrypoint = :kind and status in ('queued', 'picked') "
    "and convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' = :tenant"
)


async def live_payloads(tx: ReadTx, kind: str) -> list[dict[str, Any]]:
    """Payloads of the tenant's jobs of this kind that will still run."""
    rows = await tx.session.execute(LIVE, {"kind": kind, "tenant": str(tx.tenant_id)})
    return [row.payload for row in rows]


HELD_OF = text(
    "select convert_from(payload, 'utf8')::jsonb as payload from jobs.pgqueuer "
    "where entrypoint = :kind and status = 'failed' "
    "and convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' = :tenant"
)


async def held_payloads(tx: ReadTx, kind: str) -> list[dict[str, Any]]:
    """Payloads of the tenant's jobs of this kind that are held after their last failure."""
    rows = await tx.session.execute(HELD_OF, {"kind": kind, "tenant": str(tx.tenant_id)})
    return [row.payload for row in rows]


FIGURES = text(
    "select entrypoint, "
    "count(*) filter (where status = 'queued' and execute_after <= clock_timestamp()) as due, "
    "count(*) filter (where status = 'queued' and execute_after > clock_timestamp()) as waiting, "
    "count(*) filter (where status = 'picked') as running, "
    "count(*) filter (where status = 'failed') as held, "
    "coalesce(extract(epoch from clock_timestamp() - min(execute_after) filter ("
    "where status = 'queued' and execute_after <= clock_timestamp())), 0)::float as oldest "
    "from jobs.pgqueuer group by 1"
)


class QueueFigures(NamedTuple):
    """Of one kind of job: how many are due, wait for their hour, run, are held; and for how many
    seconds the longest has been due. The queue's times are the server's own."""

    kind: str
    due: int
    waiting: int
    running: int
    held: int
    oldest: float


async def queue_figures(tx: ReadTx) -> list[QueueFigures]:
    """The queue by kind, over all tenants."""
    return [QueueFigures(*row) for row in await tx.session.execute(FIGURES)]


HELD = text(
    "select entrypoint, count(*) as n from jobs.pgqueuer where status = 'failed' "
    "and convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' is not distinct from :tenant "
    "group by 1"
)


async def held(tx: ReadTx) -> dict[str, int]:
    """How many of the tenant's jobs of each kind are held after their last failure; in a
    transaction of no tenant, of those that belong to none."""
    tenant = str(tx.tenant) if tx.tenant else None
    rows = await tx.session.execute(HELD, {"tenant": tenant})
    return {row.entrypoint: row.n for row in rows}


HELD_ROWS = text(
    "select id, entrypoint, payload, priority, dedupe_key from jobs.pgqueuer "
    "where status = 'failed' and (cast(:kind as text) is null or entrypoint = :kind) "
    "order by id for update skip locked"
)
DROP = text("delete from jobs.pgqueuer where id = any(:ids)")
HELD_LIST = text(
    "select entrypoint, convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' as tenant, "
    "count(*) as n, min(created) as since from jobs.pgqueuer where status = 'failed' "
    "group by 1, 2 order by 1, 2"
)


class HeldJobs(NamedTuple):
    """Held jobs of one kind and tenant: how many, and since when the first was wanted."""

    kind: str
    tenant: str | None
    many: int
    since: datetime


async def list_held(tx: ReadTx) -> list[HeldJobs]:
    return [HeldJobs(*row) for row in await tx.session.execute(HELD_LIST)]


async def retry_held(tx: Tx, kind: str | None) -> int:
    """Want held jobs anew, all of them or of one kind; how many. Each becomes a job of its own: the
    old one's picks would be counted against it."""
    rows = (await tx.session.execute(HELD_ROWS, {"kind": kind})).all()
    await tx.session.execute(DROP, {"ids": [row.id for row in rows]})
    tx.jobs += [
        _Job(row.entrypoint, bytes(row.payload or b"{}"), None, row.dedupe_key, row.priority)
        for row in rows
    ]
    if rows:
        tx.store_jobs = _store
    return len(rows)


async def drop_held(tx: Tx, kind: str) -> int:
    """Forget held jobs of a kind; how many."""
    rows = (await tx.session.execute(HELD_ROWS, {"kind": kind})).all()
    await tx.session.execute(DROP, {"ids": [row.id for row in rows]})
    return len(rows)
