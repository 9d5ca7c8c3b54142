"""Jobs about meetings, transcripts and followed threads; what they found is shown where somebody
waits for it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog

from blocks.parts import escape
from blocks.sources import transcript_modal
from handlers.compose_jobs import Captures
from handlers.edge import Surfaces
from services.bundle import SourceServices
from services.errors import Forbidden, InvalidInput, NotFound
from services.ports import ChatMessage, Chats
from services.types.compose import CaptureView

log = structlog.get_logger(__name__)
JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def source_jobs(
    services: SourceServices, captures: Captures, surfaces: Surfaces, chats: Chats
) -> dict[str, JobFunction]:
    async def meetings(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.meetings.read(tenant, UUID(payload["message_id"]))

    async def read(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.transcripts.read(tenant, UUID(payload["transcript_id"]))

    async def fetch(tenant: UUID, payload: Mapping[str, Any]) -> None:
        capture_id = UUID(payload["capture_id"])
        await services.shared.fetch(tenant, capture_id)
        view = await captures.card(tenant, capture_id)
        if view is not None and view.status in ("done", "failed"):
            await _show(tenant, view, captures, surfaces)

    async def catch_up(tenant: UUID, payload: Mapping[str, Any]) -> None:
        thread_id = UUID(payload["thread_id"])
        notice = await services.threads.catch_up(tenant, thread_id)
        if notice is None:
            return
        chat = await chats.of(tenant)
        message = ChatMessage(text=escape(notice.told), blocks=(), thread_ts=notice.thread.ts)
        try:
            await chat.post(notice.thread.channel, message)
        except (NotFound, InvalidInput, Forbidden) as refusal:
            log.info("a thread isn't told that it is followed", reason=str(refusal))
        await services.threads.caught_up(tenant, thread_id)

    jobs = {
        "meeting.read": meetings,
        "transcript.read": read,
        "transcript.fetch": fetch,
        "thread.catch_up": catch_up,
    }
    return {kind: _of_tenant(run) for kind, run in jobs.items()}


async def _show(tenant: UUID, view: CaptureView, captures: Captures, surfaces: Surfaces) -> None:
    """In the window that waits; who closed it gets a card."""
    window = await captures.window(tenant, view.capture_id)
    if window:
        try:
            await surfaces.update_modal(tenant, window, transcript_modal(view))
        except (NotFound, InvalidInput, Forbidden):
            window = None
    if not window:
        await captures.show(tenant, view.capture_id)


def _of_tenant(run: Callable[[UUID, Mapping[str, Any]], Awaitable[None]]) -> JobFunction:
    async def entry(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        if tenant is None:
            raise InvalidInput("this job needs a tenant")
        await run(tenant, payload)

    return entry
