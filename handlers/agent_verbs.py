"""What the edge asks of the agent (services.agent.AgentService)."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.ports import ChatRef
from services.types.people import Actor


class AgentVerbs(Protocol):
    """Questions in the direct message. LimitReached: too many within the hour."""

    async def ask(
        self,
        actor: Actor,
        *,
        channel: str,
        ts: str,
        thread_ts: str | None,
        text: str,
        seen: Sequence[ChatRef] = (),
    ) -> None:
        """Take a question; the same message asks once. The answer comes by itself."""
        ...

    async def look(self, actor: Actor, seen: Sequence[ChatRef]) -> None: ...
    async def stop(self, actor: Actor, *, channel: str, thread_ts: str | None) -> bool: ...
    async def choose(self, actor: Actor, answer_id: UUID, account_id: UUID) -> None: ...
    async def rate(self, actor: Actor, answer_id: UUID, *, up: bool) -> None: ...
    async def react(self, actor: Actor, *, channel: str, ts: str, rating: int, added: bool) -> bool:
        """A reaction on one of the actor's answers; False when none stands there."""
        ...

    async def prompts(self, actor: Actor) -> tuple[tuple[str, str], ...]:
        """What to ask next, each (title, message)."""
        ...
