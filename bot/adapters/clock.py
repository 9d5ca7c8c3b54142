"""Time that follows PostgreSQL's, and identifiers in the order of time."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text

from db.session import Database
from services.errors import TransientError
from services.metrics import CLOCK_OFFSET, CLOCK_PAUSES, CLOCK_SKEW

log = structlog.get_logger()

JUMP = timedelta(seconds=2)


class DatabaseClock:
    """The process's monotonic clock, set by PostgreSQL's: all processes agree, and a step of the
    machine's own clock moves nothing. A jump of PostgreSQL's clock pauses claims for one look."""

    def __init__(self) -> None:
        self._base = datetime.now(UTC)  # noqa: TID251 - this is the Clock
        self._since = time.monotonic()
        self._set = False

    def now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    async def follow(self, database: Database) -> None:
        """Compare with PostgreSQL and follow it. Raises TransientError after a jump, once."""
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
        jumped = self._set and abs(offset) > JUMP
        self._set = True
        if jumped:
            CLOCK_PAUSES.inc()
            log.warning("the database's clock jumped", seconds=offset.total_seconds())
            raise TransientError("the clock jumped")


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
