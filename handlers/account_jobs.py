"""Jobs of accounts that were merged, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.account_moves import JOB, AccountMoveService


def account_jobs(
    moves: AccountMoveService,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def gather(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await moves.gather(tenant, UUID(payload["merge_id"]), int(payload["number"]))

    return {JOB: gather}
