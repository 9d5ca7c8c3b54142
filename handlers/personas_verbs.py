"""What the edge asks of personas (services.personas)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.people import Actor
from services.types.personas import (
    PersonaCardView,
    PersonaFormView,
    PersonaListView,
    PersonaPageView,
    PersonaShape,
    PersonaVoice,
    Shaped,
)


class PersonaMakingVerbs(Protocol):
    """Making and changing. `seen` is the version that was on screen: Conflict when it moved on."""

    async def shape(
        self,
        actor: Actor,
        form: PersonaShape,
        *,
        persona_id: UUID | None = None,
        seen: int = 0,
        command_id: str,
    ) -> Shaped: ...
    async def voice(
        self, actor: Actor, persona_id: UUID, voice: PersonaVoice, *, seen: int, command_id: str
    ) -> str: ...
    async def write_samples(self, actor: Actor, persona_id: UUID, *, seen: int) -> str: ...
    async def activate(self, actor: Actor, persona_id: UUID, *, seen: int) -> str: ...
    async def discard(self, actor: Actor, persona_id: UUID, *, seen: int) -> str: ...


class PersonaGivingVerbs(Protocol):
    """Who writes with which. All say what has come of it."""

    async def assign(
        self, actor: Actor, persona_id: UUID, slack_user_ids: Collection[str], *, seen: int
    ) -> str: ...
    async def use(self, actor: Actor, persona_id: UUID) -> str: ...
    async def leave(self, actor: Actor) -> str: ...
    async def remove(self, actor: Actor, persona_id: UUID) -> str: ...


class PersonaReads(Protocol):
    async def overview(self, actor: Actor) -> PersonaListView: ...
    async def form(self, actor: Actor, persona_id: UUID | None = None) -> PersonaFormView: ...
    async def page(self, actor: Actor, persona_id: UUID) -> PersonaPageView: ...
    async def card(
        self, tenant_id: UUID, persona_id: UUID, member_id: UUID
    ) -> PersonaCardView | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaVerbs:
    """All the edge may ask of them."""

    making: PersonaMakingVerbs
    giving: PersonaGivingVerbs
    reads: PersonaReads
