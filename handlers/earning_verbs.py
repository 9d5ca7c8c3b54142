"""The verbs of earned autonomy that the edge calls (services/autonomy/earning)."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.earning import EvidenceView, LevelView, PromotionView
from services.types.people import Actor


class PromotionVerbs(Protocol):
    """Deciding on a proposed level; each answers with the sentence for whoever decided, a repeat
    with the same. Forbidden: not this person's to decide; Conflict: decided already, changed, or
    the organisation's limit lies below."""

    async def allow(
        self, actor: Actor, promotion_id: UUID, *, version: int, command_id: str
    ) -> str: ...
    async def decline(
        self, actor: Actor, promotion_id: UUID, *, version: int, reason: str, command_id: str
    ) -> str: ...


class EarningReads(Protocol):
    """What is shown. A card's view is None when its subject or its reader is gone."""

    async def promotion(
        self, tenant_id: UUID, promotion_id: UUID, member_id: UUID
    ) -> PromotionView | None: ...
    async def moved(self, tenant_id: UUID, move_id: UUID, member_id: UUID) -> LevelView | None: ...
    async def evidence(self, actor: Actor, promotion_id: UUID) -> EvidenceView:
        """For managers and admins."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningVerbs:
    promotions: PromotionVerbs
    reads: EarningReads
