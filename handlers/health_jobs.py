"""Jobs of health."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.errors import InvalidInput
from services.health.recomputing import DAILY, JOB, HealthService

JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def health_jobs(health: HealthService) -> dict[str, JobFunction]:
    async def recompute(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        await health.recompute(_known(tenant), UUID(payload["account_id"]))

    async def daily(tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        await health.daily(_known(tenant))

    return {JOB: recompute, DAILY: daily}


def _known(tenant: UUID | None) -> UUID:
    if tenant is None:
        raise InvalidInput("a job of health without a tenant")
    return tenant
