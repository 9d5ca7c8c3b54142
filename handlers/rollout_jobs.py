"""Jobs of bringing people in, and the cards that tell of them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.rollout.bundle import RolloutServices
from services.rollout.importing import JOB as IMPORT
from services.rollout.waiting import GREET


def rollout_jobs(
    services: RolloutServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def look_up(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.imports.run(tenant, UUID(payload["import_id"]))

    async def greet(tenant: UUID, payload: Mapping[str, Any]) -> None:
        chosen = payload.get("member_ids")
        await services.waiting.greet(
            tenant, [UUID(one) for one in chosen] if chosen is not None else None
        )

    return {IMPORT: look_up, GREET: greet}
