"""Jobs of the index, and the one that answers a find."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog

from blocks.found import found_blocks
from blocks.parts import escape
from handlers.edge import Reply, Surfaces
from services.errors import Forbidden, InvalidInput, NotFound
from services.search.bundle import SearchServices
from services.search.entries import JOB as INDEX
from services.search.indexing import REBUILD, RECONCILE
from services.search.wishes import JOB as FIND
from services.search.wishes import FindWork
from services.types.search import found_words

log = structlog.get_logger(__name__)
JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def search_jobs(search: SearchServices, surfaces: Surfaces) -> dict[str, JobFunction]:
    async def index(tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        await search.index.run(_known(tenant))

    async def reconcile(tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        await search.index.reconcile(_known(tenant))

    async def rebuild(tenant: UUID | None, _payload: Mapping[str, Any]) -> None:
        await search.index.rebuild(_known(tenant))

    async def find(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        tenant_id = _known(tenant)
        work = await search.finds.work(tenant_id, UUID(payload["find_id"]))
        if work is None:
            return
        try:
            await surfaces.tell(work.response_url, reply_to(work).ephemeral())
        except (NotFound, InvalidInput, Forbidden) as refusal:
            log.warning("find_untold", find=str(work.find_id), reason=str(refusal))
            await search.finds.settle(tenant_id, work.find_id, None)
            return
        await search.finds.settle(tenant_id, work.find_id, len(work.view.items) if work.view else 0)

    return {INDEX: index, RECONCILE: reconcile, REBUILD: rebuild, FIND: find}


def reply_to(work: FindWork) -> Reply:
    """What was found, or why nothing could be looked for."""
    if work.view is None:
        return Reply(text=escape(work.refusal))
    return Reply(text=escape(found_words(work.view)), blocks=found_blocks(work.view))


def _known(tenant: UUID | None) -> UUID:
    if tenant is None:
        raise InvalidInput("a job of the index without a tenant")
    return tenant
