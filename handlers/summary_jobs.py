"""Jobs of summaries, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.summaries.service import JOB, SummaryService


def summary_jobs(
    summaries: SummaryService,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def make(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await summaries.make(tenant, UUID(payload["account_id"]))

    return {JOB: make}
