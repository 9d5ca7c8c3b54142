"""Jobs of coaching, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.coaching.bundle import CoachingServices
from services.coaching.nights import JOB


def coaching_jobs(
    coaching: CoachingServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def find(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await coaching.nights.run(tenant, UUID(payload["night_id"]))

    return {JOB: find}
