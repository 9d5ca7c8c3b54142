"""Knowing when a tenant's figures have changed: one look every few seconds for all who watch it in
this process, however many they are. Nothing is queued: whoever was slow sees the newest."""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from db.analytics import get_version
from db.session import Database
from services.errors import LimitReached
from services.metrics import STREAMS

log = structlog.get_logger(__name__)

TOO_MANY = "There are too many open streams. Close one, or come back later."


@dataclass(slots=True)
class Watched:
    """One tenant's newest version, as it was last seen."""

    version: int | None = None
    watchers: int = 0
    closed: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    look: "asyncio.Task[None] | None" = None

    def tell(self) -> None:
        """Wake everybody who waits; who comes later waits for the next."""
        self.news.set()
        self.news = asyncio.Event()

    async def after(self, version: int, *, seconds: float) -> None:
        """Return when there are figures newer than this version, when so much time has passed, or
        when there is nothing more to wait for. The look may be behind what its asker has seen."""
        if self.closed or (self.version is not None and self.version > version):
            return
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            return


@dataclass(slots=True, kw_only=True)
class FiguresWatch:
    """`seconds` between two looks; `most` streams of one tenant, `most_in_all` of this process."""

    db: Database
    seconds: float = 2.0
    most: int = 50
    most_in_all: int = 500
    closed: bool = False
    _tenants: dict[UUID, Watched] = field(default_factory=dict)

    @property
    def streams(self) -> int:
        return sum(one.watchers for one in self._tenants.values())

    @asynccontextmanager
    async def watch(self, tenant_id: UUID) -> AsyncIterator[Watched]:
        """LimitReached when too many watch already, or nothing is watched any more."""
        watched = self._tenants.get(tenant_id) or Watched()
        if self.closed or watched.watchers >= self.most or self.streams >= self.most_in_all:
            raise LimitReached(TOO_MANY)
        self._tenants[tenant_id] = watched
        watched.watchers += 1
        STREAMS.inc()
        if watched.look is None:
            # In a context of its own: it outlives the request that begins it.
            watched.look = asyncio.create_task(
                self._look(tenant_id, watched), context=contextvars.Context()
            )
        try:
            yield watched
        finally:
            watched.watchers -= 1
            STREAMS.dec()
            if not watched.watchers:
                watched.look.cancel()
                self._tenants.pop(tenant_id, None)

    async def close(self) -> None:
        """Everybody who watches is let go; nobody new begins."""
        self.closed = True
        for watched in self._tenants.values():
            watched.closed = True
            watched.tell()

    async def _look(self, tenant_id: UUID, watched: Watched) -> None:
        while True:
            try:
                async with self.db.read(tenant_id) as tx:
                    version = await get_version(tx)
                if version != watched.version:
                    watched.version = version
                    watched.tell()
            except Exception:
                # The database is away for a moment, say: whoever watches is told when it is back.
                log.exception("the figures can't be looked at", tenant_id=str(tenant_id))
            await asyncio.sleep(self.seconds)
