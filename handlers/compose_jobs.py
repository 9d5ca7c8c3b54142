"""The job that reads a message somebody took up, and shows what it found."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from blocks.captures import qualify_modal
from handlers.edge import Surfaces
from services.errors import Forbidden, InvalidInput, NotFound
from services.types.compose import CaptureView

JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


class Captures(Protocol):
    async def read(self, tenant_id: UUID, capture_id: UUID) -> None: ...
    async def window(self, tenant_id: UUID, capture_id: UUID) -> str | None: ...
    async def card(self, tenant_id: UUID, capture_id: UUID) -> CaptureView | None: ...
    async def show(self, tenant_id: UUID, capture_id: UUID) -> None: ...


def compose_jobs(captures: Captures, surfaces: Surfaces) -> dict[str, JobFunction]:
    """Read, then show it in the window that waits; who closed it gets a card."""

    async def read(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        if tenant is None:
            raise InvalidInput("capture.read without a tenant")
        capture_id = UUID(payload["capture_id"])
        await captures.read(tenant, capture_id)
        view = await captures.card(tenant, capture_id)
        if view is None or view.status not in ("read", "failed"):
            return
        window = await captures.window(tenant, capture_id)
        if not window:
            await captures.show(tenant, capture_id)
            return
        try:
            await surfaces.update_modal(tenant, window, qualify_modal(view))
        except (NotFound, InvalidInput, Forbidden):
            # Closed, or Slack won't have it there: the result is not lost.
            await captures.show(tenant, capture_id)

    return {"capture.read": read}
