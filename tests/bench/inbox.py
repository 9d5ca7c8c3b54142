"""How fast accepted events are worked off: inbox row and job in one transaction, one worker, the
job's own transaction. Beside it: one connection that inserts and commits one row per event."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bot.worker import Worker
from db import jobs
from db.inbound import InboundKey, add_inbound
from db.session import Database
from services.inbound import InboundService, body_digest
from tests.bench.report import ROUNDS, Row
from tests.bench.world import House, RandomIds, WallClock, open_desk

EVENTS = 600
SENDERS = 8
KIND = "bench.event"
SCOPE, SOURCE = "bench", "bench"
PATIENCE = 120
BODY = {"type": "mail", "from": "priya@brightwell.example", "text": "Does Thursday work? " * 20}
BARE = """create table bench_events (
    id uuid primary key, created_at timestamptz not null, payload jsonb not null)"""


async def measure(house: House) -> Row:
    """Rounds take turns; the middle one counts."""
    database = Database(house.embedded.runtime_url)
    desk = await open_desk(database, house.keys, team="T0INBOX")
    bare = await asyncpg.connect(house.embedded.owner_url)
    await bare.execute(BARE)
    line = Line(database, desk.tenant_id)
    worker = Worker(house.embedded.runtime_url, {KIND: line.work})
    working = asyncio.create_task(worker.run())
    try:
        await line.run(50)  # the worker is connected and both sides are warm
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(await _bare_rate(bare))
            ours.append(await line.run(EVENTS))
    finally:
        worker.stop()
        await working
        await bare.close()
        await database.close()
    return Row(
        name="inbound event → inbox → job done, one worker",
        unit="/s",
        ours=tuple(ours),
        theirs=tuple(theirs),
        beside="a bare asyncpg loop that inserts and commits one row per event",
        means="Something arrives, is stored once with its job in one transaction, the job is taken "
        "up, does the least a consumer can do (marks the event done in a transaction of its own), "
        "and is struck off. Two commits, a notice and the queue's own bookkeeping stand beside "
        "one commit.",
        budget=0.25,
        at_least=True,
    )


async def _bare_rate(bare: asyncpg.Connection) -> float:
    payload, now = json.dumps(BODY), WallClock().now()
    started = time.perf_counter()
    for _ in range(EVENTS):
        await bare.execute("insert into bench_events values ($1, $2, $3)", uuid4(), now, payload)
    return EVENTS / (time.perf_counter() - started)


class Line:
    """Events in, jobs done."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._inbox = InboundService(db=database, clock=WallClock(), ids=RandomIds())
        self._left = 0
        self._empty = asyncio.Event()

    async def work(self, tenant_id: UUID | None, payload: Mapping[str, Any]) -> None:
        """The job: what a consumer does at least, a transaction that marks the event done."""
        if tenant_id is None:
            raise ValueError("this job needs a tenant")
        await self._inbox.done(
            tenant_id, scope=SCOPE, source=SOURCE, external_id=payload["external_id"]
        )
        self._left -= 1
        if self._left == 0:
            self._empty.set()

    async def run(self, count: int) -> float:
        """Events per second, from the first one accepted to the last job done."""
        self._left = count
        self._empty.clear()
        ids = iter([str(uuid4()) for _ in range(count)])
        started = time.perf_counter()
        await asyncio.gather(*(self._send(ids) for _ in range(SENDERS)))
        await asyncio.wait_for(self._empty.wait(), PATIENCE)
        return count / (time.perf_counter() - started)

    async def _send(self, ids: Iterator[str]) -> None:
        for external_id in ids:
            key = InboundKey(scope=SCOPE, source=SOURCE, external_id=external_id)
            async with self._database.transaction(self._tenant_id) as tx:
                if await add_inbound(
                    tx,
                    row_id=uuid4(),
                    now=WallClock().now(),
                    key=key,
                    digest=body_digest(BODY),
                    payload=BODY,
                ):
                    await jobs.enqueue(tx, KIND, {"external_id": external_id})
