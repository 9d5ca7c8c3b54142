"""Jobs of earned autonomy."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.autonomy.earning.demoting import EarningService
from services.errors import InvalidInput
from services.weighing import WEIGH

JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def earning_jobs(earning: EarningService) -> dict[str, JobFunction]:
    async def weigh(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        if tenant is None:
            raise InvalidInput("a weighing without a tenant")
        await earning.weigh(tenant, str(payload["action_type"]))

    return {WEIGH: weigh}
