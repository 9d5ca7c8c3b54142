"""Whoever watches figures is told that there are newer ones, not of each: nothing piles up."""

import asyncio

from services.api.watching import Watched


async def test_whoever_was_slow_sees_the_newest_at_once() -> None:
    watched = Watched()
    for version in range(1, 1000):
        watched.version = version
        watched.tell()
    await watched.after(1, seconds=3600)
    # The look may be behind what its asker has seen already: that is no news.
    waiting = asyncio.create_task(watched.after(1000, seconds=3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    watched.version = 1001
    watched.tell()
    await waiting


async def test_it_waits_no_longer_than_it_was_asked_to_or_than_anything_can_come() -> None:
    watched = Watched(version=1)
    await watched.after(1, seconds=0)
    waiting = asyncio.create_task(watched.after(1, seconds=3600))
    await asyncio.sleep(0)
    watched.closed = True
    watched.tell()
    await waiting
    await watched.after(1, seconds=3600)
