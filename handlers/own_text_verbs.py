"""The business verbs of texts the copilot writes by itself
(services.autonomy.own_texts.OwnTextService)."""

from typing import Protocol
from uuid import UUID

from services.types.people import Actor


class OwnTextVerbs(Protocol):
    async def draft_it(self, actor: Actor, action_id: UUID, *, command_id: str) -> None:
        """Conflict: it has moved on, or a text is shown already."""
        ...

    async def leave_it(self, actor: Actor, action_id: UUID, *, command_id: str) -> None: ...
    async def say_why(self, actor: Actor, action_id: UUID, what: str, *, command_id: str) -> None:
        """Why the actor stopped what was leaving by itself."""
        ...
