"""The verbs of goals that the edge calls."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.goal_views import GoalFormView, GoalsView, GoalView
from services.types.goals import GoalForm
from services.types.people import Actor


class GoalReads(Protocol):
    """What is shown of goals."""

    async def mine(self, actor: Actor) -> GoalsView: ...
    async def page(self, actor: Actor, goal_id: UUID) -> GoalView: ...
    async def card(self, tenant_id: UUID, goal_id: UUID, reader_id: UUID) -> GoalView | None: ...
    async def form(self, actor: Actor) -> GoalFormView: ...
    async def whom(self, actor: Actor, text: str) -> tuple[tuple[str, str], ...]:
        """(words, value) of those the actor may make a goal for; at most a hundred."""
        ...


class GoalDeeds(Protocol):
    """What people do with them. A repeated `command_id` gets the first answer; Conflict: the goal
    has moved on since `version`."""

    async def make(self, actor: Actor, form: GoalForm, *, command_id: str) -> UUID: ...
    async def set_target(
        self, actor: Actor, goal_id: UUID, *, version: int, target: str, why: str, command_id: str
    ) -> None: ...
    async def accept(
        self, actor: Actor, goal_id: UUID, *, version: int, command_id: str
    ) -> None: ...
    async def drop(self, actor: Actor, goal_id: UUID, *, version: int, command_id: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalVerbs:
    reads: GoalReads
    deeds: GoalDeeds
