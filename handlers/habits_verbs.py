"""What the edge asks of edit habits (services.habits)."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.habit_views import HabitExamples, HabitLine, HabitPage
from services.types.people import Actor


class HabitDeeds(Protocol):
    """A member's own answers; each says what holds now. Forbidden: somebody else's habit."""

    async def accept(self, actor: Actor, habit_id: UUID) -> str: ...
    async def decline(self, actor: Actor, habit_id: UUID) -> str: ...
    async def remove(self, actor: Actor, habit_id: UUID) -> str: ...


class HabitReads(Protocol):
    async def card(self, tenant_id: UUID, habit_id: UUID, member_id: UUID) -> HabitLine | None: ...
    async def page(self, actor: Actor) -> HabitPage: ...
    async def examples(self, actor: Actor, habit_id: UUID) -> HabitExamples: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitVerbs:
    """All the edge may ask of them."""

    deeds: HabitDeeds
    reads: HabitReads
