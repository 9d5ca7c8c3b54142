"""What `understudy doctor` says about searching by meaning. It leaves vectors that are kept on this
machine closed: the worker holds them."""

from datetime import timedelta
from uuid import UUID

from bot.wiring import Runtime
from db import search
from services.errors import ServiceError

LATE = timedelta(minutes=30)
WAITING = (
    "search: {count:,} texts wait to be indexed since {since}; see that a worker is up, and the "
    "store"
)
MISSING = "search: the store holds {held:,} of {expected:,} passages; run understudy search rebuild"
MANY_HERE = (
    "search: {count:,} passages are many for vectors on this machine; set QDRANT_URL and run "
    "understudy search rebuild"
)
MANY = 20_000
"""Passages from which the local mode is slow; the client warns there too."""


async def search_lines(built: Runtime, tenant_id: UUID) -> list[tuple[bool, str]]:
    """One line for each thing that is wrong, and whether it is a fault or only worth knowing."""
    async with built.database.read(tenant_id) as tx:
        indexed, waiting = await search.count_entries(tx)
        oldest = await search.oldest_waiting(tx)
        expected = await search.count_passages(tx)
    lines = []
    if oldest is not None and built.clock.now() - oldest > LATE:
        since = f"{oldest:%Y-%m-%d %H:%M} UTC"
        lines.append((True, WAITING.format(count=waiting, since=since)))
    if built.settings.qdrant_url is None:
        return [*lines, *([(False, MANY_HERE.format(count=expected))] if expected > MANY else [])]
    try:
        held = await built.services.search.index.held(tenant_id)
    except ServiceError as error:
        return [*lines, (True, f"search: {error}; see that Qdrant is up and QDRANT_URL is right")]
    if held < expected:
        return [*lines, (True, MISSING.format(held=held, expected=expected))]
    return [*lines, (False, f"search: {indexed:,} texts can be found by meaning")]
