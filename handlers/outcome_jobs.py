"""Jobs about what came of actions, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.outcomes.bundle import OutcomeServices
from services.outcomes.kinds import STAGE_MOVED, SWEEP, Window


def outcome_jobs(
    outcomes: OutcomeServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def sweep(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await outcomes.sweeps.run(tenant, Window(payload["window"]))

    async def stage(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await outcomes.sweeps.stage_moved(tenant, UUID(payload["change_id"]))

    return {SWEEP: sweep, STAGE_MOVED: stage}
