"""Jobs of reports: one is made for its reader, a mail leaves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.reports.bundle import ReportServices
from services.reports.telling import MAIL, MAKE

TenantJob = Callable[[UUID, Mapping[str, Any]], Awaitable[None]]


def report_jobs(services: ReportServices) -> dict[str, TenantJob]:
    async def make(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.teller.make(tenant, UUID(payload["member_id"]))

    async def mail(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.mailer.send(tenant, UUID(payload["mail_id"]))

    return {MAKE: make, MAIL: mail}
