"""Jobs of the copilot's autonomy, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.autonomy.bundle import AutonomyServices
from services.autonomy.handing_out import JOB
from services.autonomy.recalling import RECALL
from services.weighing import WEIGH


def autonomy_jobs(
    services: AutonomyServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def hand_out(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.hand_out.run(tenant, UUID(payload["export_id"]))

    async def recall(tenant: UUID, _payload: Mapping[str, Any]) -> None:
        await services.recalls.recall(tenant)

    async def weigh(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.earning.weigh(tenant, str(payload["action_type"]))

    return {JOB: hand_out, RECALL: recall, WEIGH: weigh}
