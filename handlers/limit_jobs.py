"""Jobs of limits, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.autonomy.bundle import LimitServices
from services.autonomy.recalling import RECALL


def limit_jobs(
    services: LimitServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def recall(tenant: UUID, _payload: Mapping[str, Any]) -> None:
        await services.recalls.recall(tenant)

    return {RECALL: recall}
