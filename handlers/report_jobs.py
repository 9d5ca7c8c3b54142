"""Jobs of reports: one is made for its reader, one is counted for who asked, a mail leaves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog

from blocks.parts import escape
from handlers.edge import Reply, Surfaces
from handlers.reports import shown
from services.errors import Forbidden, InvalidInput, NotFound
from services.reports.bundle import ReportServices
from services.reports.telling import MAIL, MAKE
from services.reports.wishes import JOB as COUNT
from services.types.reports import ReportWork

log = structlog.get_logger(__name__)
JobFunction = Callable[[UUID | None, Mapping[str, Any]], Awaitable[None]]


def report_jobs(services: ReportServices, surfaces: Surfaces) -> dict[str, JobFunction]:
    async def make(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        await services.teller.make(_known(tenant), UUID(payload["member_id"]))

    async def mail(tenant: UUID | None, payload: Mapping[str, Any]) -> None:
        await services.mailer.send(_known(tenant), UUID(payload["mail_id"]))

    async def count(given: UUID | None, payload: Mapping[str, Any]) -> None:
        tenant = _known(given)
        work = await services.pages.work(tenant, UUID(payload["wish_id"]))
        if work is None:
            return
        if work.response_url:
            try:
                await surfaces.tell(work.response_url, _reply_to(work).ephemeral())
            except (NotFound, InvalidInput, Forbidden) as refusal:
                # Its way back is over: they ask again, and it is there at once.
                log.warning("report_untold", wish=str(work.wish_id), reason=str(refusal))
        await services.pages.wishes.settle(tenant, work.wish_id)

    return {MAKE: make, MAIL: mail, COUNT: count}


def _reply_to(work: ReportWork) -> Reply:
    return Reply(text=escape(work.refusal)) if work.view is None else shown(work.view)


def _known(tenant: UUID | None) -> UUID:
    if tenant is None:
        raise ValueError("a job of reports without a tenant")
    return tenant
