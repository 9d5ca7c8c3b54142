"""The verbs of coaching that the edge calls."""

from typing import Protocol
from uuid import UUID

from services.types.coaching import FindingView
from services.types.people import Actor


class CoachingVerbs(Protocol):
    """What was found about how mails go (services.coaching). NotFound: it holds no longer."""

    async def page(self, actor: Actor, finding_id: UUID) -> FindingView: ...
    async def refuse(self, actor: Actor, finding_id: UUID) -> None:
        """Not helpful: it isn't shown to the actor for 90 days."""
        ...
