"""A place outside that answers as an attacker would, and remembers who came with what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver

SECRET = "xoxb-secret-token"
ENDLESS = 80 * 1024 * 1024


@dataclass
class Seen:
    """What came to one of the two hosts: method, path, headers and body in one text."""

    elsewhere: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    sent: int = 0
    """Bytes of endless answers that were taken off us."""


@dataclass(frozen=True)
class Trap:
    """`url` is the host that is configured, `other` the one nobody named."""

    url: str
    other: str
    seen: Seen
    answer: dict[str, object]
    """`status` and `kind` ("redirect", "endless", "json") of what `url` answers; `body`."""


@asynccontextmanager
async def trap() -> AsyncIterator[Trap]:
    seen, answer = Seen(), {"kind": "json", "status": 307, "body": {"ok": True}}

    async def away(request: web.Request) -> web.Response:
        seen.elsewhere.append(
            f"{request.method} {request.path} {dict(request.headers)} {await request.text()}"
        )
        return web.json_response({"ok": True, "access_token": "t"})

    async def named(request: web.Request) -> web.StreamResponse:
        seen.here.append(f"{request.method} {request.path}")
        await request.read()
        if answer["kind"] == "redirect":
            return web.Response(
                status=int(str(answer["status"])), headers={"Location": f"{other}/stolen"}
            )
        if answer["kind"] == "endless":
            return await _endless(request, seen)
        return web.json_response(answer["body"])

    async with _serving(away) as other, _serving(named) as url:
        yield Trap(url=url, other=other, seen=seen, answer=answer)


async def _endless(request: web.Request, seen: Seen) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    await response.prepare(request)
    block = b"x" * 262_144
    while seen.sent < ENDLESS:
        try:
            await response.write(block)
        except (ConnectionError, RuntimeError):
            break
        seen.sent += len(block)
    return response


@asynccontextmanager
async def _serving(handler: object) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class NoWay(aiohttp.TCPConnector):
    """Writes down whom somebody wants to speak to, with which headers, and lets nobody through."""

    def __init__(self) -> None:
        super().__init__(resolver=_Nowhere())
        self.wanted: list[str] = []

    async def connect(self, req: aiohttp.ClientRequest, *_: object, **__: object) -> object:
        self.wanted.append(f"{req.url} {dict(req.headers)}")
        raise aiohttp.ClientConnectionError("no way")


class _Nowhere(AbstractResolver):
    async def resolve(self, *_: object, **__: object) -> list[object]:
        raise OSError("nowhere")

    async def close(self) -> None:
        """Nothing is held."""
