"""What the edge asks of health (services.health.recomputing.HealthService)."""

from typing import Protocol
from uuid import UUID

from services.types.health import AccountHealthView
from services.types.people import Actor


class HealthVerbs(Protocol):
    async def why(self, actor: Actor, words: str) -> AccountHealthView:
        """By the account's name. InvalidInput names the choices when the words fit several."""
        ...

    async def why_of(self, actor: Actor, account_id: UUID) -> AccountHealthView: ...
