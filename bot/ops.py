"""Probes and metrics: what an operator's machines ask, on a port of their own where one is set.

`/healthz` says that the process answers. `/readyz` says whether each part it is made of can do its
work: the database reachable and migrated, the job loop on its feet, the scheduler ticking. A part
that is not is named, in words of ours. `/metrics` holds no tenant's data (services/metrics.py).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

Check = Callable[[], Awaitable[str | None]]
"""What is wrong with a part, or None."""
Scrape = Callable[[], Awaitable[bytes]]
"""All metrics, as Prometheus reads them."""
PATIENCE = 3.0
"""Seconds a check may take: a database that hangs is one that can't be reached."""


@dataclass(slots=True)
class Health:
    """The checks of this process. Parts are added as they start."""

    checks: dict[str, Check] = field(default_factory=dict)

    async def trouble(self) -> dict[str, str]:
        """Part → what is wrong with it; empty when all is well."""
        names = list(self.checks)
        found = await asyncio.gather(*(self._one(self.checks[name]) for name in names))
        return {name: said for name, said in zip(names, found, strict=True) if said}

    @staticmethod
    async def _one(check: Check) -> str | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await check()
        except TimeoutError:
            return "no answer in time"
        except Exception as error:  # noqa: BLE001 - whatever it is, the part isn't ready
            return f"unreachable ({type(error).__name__})"


async def counted() -> bytes:
    """What this process counts, and nothing that has to be looked up."""
    return generate_latest(REGISTRY)


def ops_routes(health: Health, scrape: Scrape | None = counted) -> list[web.RouteDef]:
    """Without `scrape` metrics are told on another port."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        trouble = await health.trouble()
        state = {"status": "not ready", "wrong": trouble} if trouble else {"status": "ready"}
        return web.json_response(state, status=503 if trouble else 200)

    routes = [web.get("/healthz", healthz), web.get("/readyz", readyz)]
    if scrape is None:
        return routes

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await scrape(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [*routes, web.get("/metrics", metrics)]


@asynccontextmanager
async def ops_door(host: str, port: int, health: Health, scrape: Scrape) -> AsyncIterator[None]:
    """A port for probes and metrics alone. Raises OSError when it is taken."""
    app = web.Application()
    app.add_routes(ops_routes(health, scrape))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_address=True).start()
        yield
    finally:
        await runner.cleanup()
