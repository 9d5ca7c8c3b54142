"""Jobs of erasing and of retention."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from services.errors import Forbidden, InvalidInput, NotFound
from services.ports import ChatRef, Chats
from services.privacy.bundle import PrivacyServices
from services.privacy.erasing import JOB as ERASE
from services.privacy.steps import UNSAY
from services.retention.running import JOB as RETAIN

log = structlog.get_logger(__name__)
JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def privacy_jobs(privacy: PrivacyServices, chats: Chats) -> dict[str, JobFunction]:
    async def erase(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        await privacy.erasing.run(_known(tenant), UUID(payload["erasure_id"]))

    async def unsay(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        """Take a message of ours out of Slack."""
        try:
            gateway = await chats.of(_known(tenant))
            await gateway.delete(ChatRef(channel=payload["channel"], ts=payload["ts"]))
        except (NotFound, InvalidInput, Forbidden) as refusal:
            # It is gone already, or Slack will never let us: trying again changes nothing.
            log.warning("a message stays in Slack", reason=str(refusal))

    async def retain(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        await privacy.retention.run(_known(tenant), date.fromisoformat(payload["day"]))

    return {ERASE: erase, UNSAY: unsay, RETAIN: retain}


def _known(tenant: UUID | None) -> UUID:
    if tenant is None:
        raise InvalidInput("a job about people without a tenant")
    return tenant
