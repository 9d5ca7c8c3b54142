"""Jobs that look for what calls for outreach, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.outreach.bundle import OutreachServices
from services.outreach.checking import CHECK


def outreach_jobs(
    outreach: OutreachServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def check(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await outreach.checks.run(tenant, UUID(payload["check_id"]))

    return {CHECK: check}
