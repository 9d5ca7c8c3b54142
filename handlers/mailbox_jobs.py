"""Jobs about mailboxes, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.bundle import Services

TenantJob = Callable[[UUID, Mapping[str, Any]], Awaitable[None]]


def mailbox_jobs(services: Services) -> dict[str, TenantJob]:
    async def watch(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.watches.renew(tenant, UUID(payload["mailbox_id"]))

    async def revoke(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.mailbox_endings.give_back(
            tenant, UUID(payload["mailbox_id"]), str(payload["sealed"]), str(payload["until"])
        )

    async def delegate(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.delegation.connect_member(
            tenant, UUID(payload["member_id"]), UUID(payload["actor_id"])
        )

    async def intro(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.first_readings.tell(tenant, UUID(payload["reading_id"]))

    return {
        "mailbox.watch": watch,
        "mailbox.revoke": revoke,
        "mailbox.delegate": delegate,
        "mailbox.intro": intro,
    }
