"""The job that hands out the list of actions as a file."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.autonomy.desk import DeskServices
from services.autonomy.handing_out import JOB


def autonomy_jobs(
    services: DeskServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def hand_out(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.hand_out.run(tenant, UUID(payload["export_id"]))

    return {JOB: hand_out}
