"""The verbs of the calibration page that the edge calls (services/confidence)."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.calibration import Key
from services.types.calibration_views import AdjustmentsView, CalibrationView
from services.types.people import Actor


class CalibrationReads(Protocol):
    """How what was said holds. Everybody may read the page; Forbidden: charts are for whoever leads
    people, adjustments for admins."""

    async def page(self, actor: Actor) -> CalibrationView: ...
    async def card(
        self, tenant_id: UUID, subject_id: UUID, member_id: UUID
    ) -> CalibrationView | None: ...
    async def show_charts(self, actor: Actor) -> str: ...
    async def adjustments(self, actor: Actor, key: Key) -> AdjustmentsView: ...
    async def take_back(
        self, actor: Actor, move_id: UUID, *, command_id: str
    ) -> AdjustmentsView: ...


class FileVerbs(Protocol):
    async def request_other(self, actor: Actor, name: str, *, command_id: str) -> str:
        """A file in the actor's direct message; admins only."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationVerbs:
    pages: CalibrationReads
    files: FileVerbs
