"""In-process events, and the stream that carries them to the browser."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

_BACKLOG = 1000
_HEARTBEAT_SECONDS = 15.0


class Bus:
    """Fan-out of small JSON events. A reader too slow to follow loses the oldest, never blocks."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._closed = False

    def publish(self, event: dict[str, Any]) -> None:
        """Tell every reader; `type` is "slack" or "mail"."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[dict[str, Any] | None]]:
        """A queue of events from now on; None means the sandbox is ending."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(maxsize=_BACKLOG)
        if self._closed:
            queue.put_nowait(None)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """End every stream, so that shutting down does not wait for open browsers."""
        self._closed = True
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)


BUS = web.AppKey("bus", Bus)


async def _stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    # A page that was closed is no news.
    with request.app[BUS].subscribe() as queue, contextlib.suppress(ConnectionResetError):
        await response.prepare(request)
        await response.write(b": open\n\n")
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                break
            await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
    return response


async def _close(app: web.Application) -> None:
    app[BUS].close()


def attach(app: web.Application) -> None:
    """Add GET /ui/stream."""
    app.router.add_get("/ui/stream", _stream)
    app.on_shutdown.append(_close)
