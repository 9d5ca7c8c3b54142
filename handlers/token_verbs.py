"""The verbs of bearer tokens that the edge calls (services/api/tokens.py). Admins only."""

from typing import Protocol
from uuid import UUID

from services.types.api import NewToken, TokenLine, TokensView
from services.types.people import Actor


class TokenVerbs(Protocol):
    async def view(self, actor: Actor) -> TokensView: ...
    async def make(self, actor: Actor, *, name: str, days: int, command_id: str) -> NewToken:
        """Conflict for a repeat: a token is shown once."""
        ...

    async def revoke(self, actor: Actor, token_id: UUID) -> TokenLine: ...
