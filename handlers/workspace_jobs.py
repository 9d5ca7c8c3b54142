"""Jobs about a workspace as a whole."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.bundle import Services
from services.workspace_pause import NOTICE


def workspace_jobs(
    services: Services,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def tell_paused(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.pause_notices.tell(tenant, str(payload["paused_at"]))

    return {NOTICE: tell_paused}
