"""The verbs of reports that the edge calls."""

from datetime import date
from typing import Protocol
from uuid import UUID

from services.types.people import Actor
from services.types.reports import ReportPeriod, ReportView, WayBack


class ReportVerbs(Protocol):
    """services.reports.pages.ReportPages."""

    async def wished(self, actor: Actor, words: str, way: WayBack) -> ReportView | None:
        """None: it is being counted, and comes by the way back."""
        ...

    async def page(
        self, actor: Actor, period: ReportPeriod, first: date, way: WayBack
    ) -> ReportView | None: ...
    async def card(
        self, tenant_id: UUID, report_id: UUID, reader_id: UUID
    ) -> ReportView | None: ...
    async def mail_me(
        self, actor: Actor, period: ReportPeriod, first: date, *, command_id: str
    ) -> str: ...
