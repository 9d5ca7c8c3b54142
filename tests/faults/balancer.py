"""What a cluster's service does: one address, and behind it whichever web process takes the
connection. It knows no HTTP: a connection lives and dies with the process it was given to."""

import asyncio
import contextlib
import itertools
import threading
from collections.abc import Sequence

CHUNK = 65_536


class Balancer:
    """Listens on `port` and hands each connection to the next of `backends` that accepts it. When
    none does, the connection is closed: the caller's retry."""

    def __init__(self, port: int, backends: Sequence[int]) -> None:
        self._port = port
        self._turns = itertools.cycle(backends)
        self._count = len(backends)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)
        self._listening = threading.Event()
        self.refused = 0

    def hand_to(self, backends: Sequence[int]) -> None:
        """New connections go to these from now on; open ones stay where they are."""
        self._turns = itertools.cycle(backends)
        self._count = len(backends)

    def start(self) -> None:
        self._thread.start()
        assert self._listening.wait(10), "the balancer doesn't listen"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._take, "127.0.0.1", self._port))
        self._listening.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend = await self._backend()
        if backend is None:
            self.refused += 1
            writer.transport.abort()
            return
        theirs, ours = backend
        both = [
            asyncio.create_task(_pass(reader, ours)),
            asyncio.create_task(_pass(theirs, writer)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            for side in (ours, writer):
                side.transport.abort() if side.is_closing() else side.close()

    async def _backend(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(self._count):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", next(self._turns))
        return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
