"""The job that writes a persona's samples."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.errors import InvalidInput
from services.personas.making import PREVIEW
from services.personas.previewing import PersonaPreviews

JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def persona_jobs(previews: PersonaPreviews) -> dict[str, JobFunction]:
    async def write(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        if tenant is None:
            raise InvalidInput("persona.preview without a tenant")
        await previews.write(tenant, UUID(payload["persona_id"]), int(payload["version"]))

    return {PREVIEW: write}
