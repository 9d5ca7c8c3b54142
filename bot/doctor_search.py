"""What `understudy doctor` says about searching by meaning. It doesn't open vectors that are kept on
this machine: the worker holds them."""

from datetime import timedelta
from uuid import UUID

from bot.config import Settings
from bot.wiring import Runtime
from db import search
from services.errors import ServiceError

LATE = timedelta(minutes=30)
MANY = 20_000
"""Passages from which the local mode is slow; the client warns there too."""


def store_line(settings: Settings) -> tuple[bool, str]:
    """Where the vectors are; whether that goes with how this is run. Whether it is a fault."""
    if settings.qdrant_url is not None:
        return False, "search: vectors in Qdrant (QDRANT_URL)"
    if settings.embedded:
        return False, "search: vectors under DATA_DIR, held by the one worker"
    return False, (
        "search: vectors lie under DATA_DIR, which one process alone can open. With more than one "
        "worker, or run beside a worker, set QDRANT_URL"
    )


async def search_lines(built: Runtime, tenant_id: UUID) -> list[tuple[bool, str]]:
    """One line for each thing that is wrong, and whether it is a fault or only worth knowing."""
    lines = []
    async with built.database.read(tenant_id) as tx:
        indexed, waiting = await search.count_entries(tx)
        oldest = await search.oldest_waiting(tx)
        expected = await search.count_passages(tx)
    if oldest is not None and built.clock.now() - oldest > LATE:
        lines.append(
            (
                True,
                f"search: {waiting:,} texts wait to be indexed since {oldest:%Y-%m-%d %H:%M} UTC; "
                "is a worker up, and does the store answer?",
            )
        )
    if built.settings.qdrant_url is None:
        if expected > MANY:
            lines.append(
                (
                    False,
                    f"search: {expected:,} passages are many for vectors on this machine; "
                    "set QDRANT_URL and run understudy search rebuild",
                )
            )
        return lines
    try:
        held = await built.services.search.index.held(tenant_id)
    except ServiceError as error:
        return [*lines, (True, f"search: {error}")]
    if held < expected:
        lines.append(
            (
                True,
                f"search: the store holds {held:,} of {expected:,} passages; run understudy search "
                "rebuild",
            )
        )
    else:
        lines.append((False, f"search: {indexed:,} texts can be found by meaning"))
    return lines
