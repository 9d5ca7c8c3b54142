"""One tick a minute, and one poll of the mailboxes: both only enqueue.

APScheduler keeps the time; what is due is decided by jobs with the Clock's now. The tick's minute
is unique in `schedule_ticks`, so any number of replicas makes one tick. Polling is pacing, not a
timer: it has its own interval because a minute is too long to wait for a lost push.
"""

import time

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from db import jobs, timers
from db.session import Database
from services.metrics import TICKS_LOST
from services.ports import Clock

log = structlog.get_logger()

OVERDUE = 150.0
"""Seconds without a tick after which the scheduler isn't well."""


class Scheduler:
    def __init__(self, database: Database, clock: Clock, *, poll_seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._ticked: float | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._tick,
            CronTrigger(minute="*", timezone="UTC"),
            misfire_grace_time=None,
            coalesce=True,
        )
        self._scheduler.add_job(
            self._poll,
            IntervalTrigger(seconds=poll_seconds, timezone="UTC"),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    async def start(self) -> None:
        """Start ticking; the first tick and poll come at once."""
        self._scheduler.start()
        await self._tick()
        await self._poll()

    async def trouble(self) -> str | None:
        """What is wrong with the ticks; None while they are written down."""
        if self._ticked is None or time.monotonic() - self._ticked > OVERDUE:
            return "no tick was written down for more than two minutes"
        return None

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        due_at = self._clock.now().replace(second=0, microsecond=0)
        try:
            async with self._database.directory() as tx:
                if await timers.add_tick(tx, due_at):
                    await jobs.enqueue(tx, "tick", {"due_at": due_at.isoformat()})
            self._ticked = time.monotonic()
        except (SQLAlchemyError, OSError) as error:
            TICKS_LOST.inc()
            log.warning("tick lost, the next one does its work", error=str(error))

    async def _poll(self) -> None:
        try:
            async with self._database.directory() as tx:
                await jobs.enqueue(tx, "mailboxes.poll", dedupe_key="mailboxes.poll")
        except (SQLAlchemyError, OSError) as error:
            log.warning("poll lost, the next one does its work", error=str(error))
