"""Jobs that count figures, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.analytics.counting import COUNT, CountingService


def analytics_jobs(
    counting: CountingService,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def count(tenant: UUID, _payload: Mapping[str, Any]) -> None:
        await counting.run(tenant)

    return {COUNT: count}
