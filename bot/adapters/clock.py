"""Time that follows PostgreSQL's, and identifiers in the order of time."""

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db.session import Database
from services.errors import TransientError
from services.metrics import CLOCK_OFFSET, CLOCK_PAUSES, CLOCK_SKEW

log = structlog.get_logger()

JUMP = timedelta(seconds=2)
FOLLOW_SECONDS = 3.0
"""Well below the shortest lease: processes that disagree longer than one lasts take each other's
work for left behind, or wait for it."""


class DatabaseClock:
    """The process's monotonic clock, set by PostgreSQL's every few seconds: all processes agree,
    and a step of the machine's own clock moves nothing. A jump of PostgreSQL's clock pauses claims
    for one look."""

    def __init__(self) -> None:
        self._base = datetime.now(UTC)  # noqa: TID251 - this is the Clock
        self._since = time.monotonic()
        self._set = False
        self._jumped = False

    def now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    async def follow(self, database: Database) -> None:
        """Compare with PostgreSQL and follow it. Raises TransientError after a jump, once, whoever
        saw it first."""
        await self._set_by(database)
        if self._jumped:
            self._jumped = False
            raise TransientError("the clock jumped")

    async def keep_following(self, database: Database, every: float = FOLLOW_SECONDS) -> None:
        """Until cancelled, in every process: the minute's tick comes to one worker only."""
        while True:
            await asyncio.sleep(every)
            try:
                await self._set_by(database)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.info("the clock runs on by itself", reason=str(error))

    async def _set_by(self, database: Database) -> None:
        before = self.now()
        async with database.directory() as tx:
            theirs = (await tx.session.execute(text("select clock_timestamp()"))).scalar_one()
        ours = self.now()
        middle = before + (ours - before) / 2
        offset = theirs - middle
        CLOCK_OFFSET.set(offset.total_seconds())
        machine = datetime.now(UTC)  # noqa: TID251 - how far off this machine's own clock is
        CLOCK_SKEW.set((theirs + (ours - middle) - machine).total_seconds())
        self._base, self._since = theirs + (ours - middle), time.monotonic()
        if self._set and abs(offset) > JUMP:
            self._jumped = True
            CLOCK_PAUSES.inc()
            log.warning("the database's clock jumped", seconds=offset.total_seconds())
        self._set = True


class TimeOrderedIds:
    """UUIDs whose first 48 bits are milliseconds (RFC 9562 version 7): rows made together lie
    together."""

    def __init__(self, clock: DatabaseClock) -> None:
        self._clock = clock

    def new(self) -> UUID:
        milliseconds = int(self._clock.now().timestamp() * 1000)
        value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
        value = value & ~(0xF << 76) | (0x7 << 76)
        value = value & ~(0x3 << 62) | (0x2 << 62)
        return UUID(int=value)
