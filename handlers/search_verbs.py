"""What the edge asks of searching (services.search)."""

from typing import Protocol

from services.types.people import Actor


class FindVerbs(Protocol):
    """Finding where something was talked about. LimitReached: too many within the hour."""

    async def begin(self, actor: Actor, words: str, *, response_url: str, command_id: str) -> str:
        """Take the wish; the answer comes through the response_url. Says what is looked for."""
        ...
