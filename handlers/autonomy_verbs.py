"""The verbs of the copilot's autonomy that the edge calls (services/autonomy)."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.actions import AutonomyLevel
from services.types.autonomy_views import (
    AutonomyView,
    ChainView,
    DoingsFilter,
    DoingsView,
    NarrowForm,
    TypeView,
)
from services.types.people import Actor
from services.types.shadow import ShadowView


class OverviewReads(Protocol):
    """The page and its parts. Forbidden: executives see totals only."""

    async def page(self, actor: Actor) -> AutonomyView: ...
    async def type(
        self, actor: Actor, action_type: str, *, before: UUID | None = None
    ) -> TypeView: ...
    async def narrow_form(self, actor: Actor, action_type: str = "") -> NarrowForm: ...


class DoingsReads(Protocol):
    async def list(
        self,
        actor: Actor,
        chosen: DoingsFilter,
        *,
        before: UUID | None = None,
        after: UUID | None = None,
    ) -> DoingsView: ...
    async def story(self, actor: Actor, action_id: UUID) -> ChainView:
        """NotFound where it isn't the actor's to see."""
        ...

    async def people(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]: ...


class HandOutVerbs(Protocol):
    async def request(self, actor: Actor, chosen: DoingsFilter, *, command_id: str) -> str:
        """The list as a file in the actor's direct message; admins only."""
        ...


class LimitVerbs(Protocol):
    """What takes autonomy away, and gives back what was taken; each says what holds from now on.
    Limits and stops are for admins. Forbidden: it isn't theirs; InvalidInput: it would limit
    nothing; Conflict: it is so already."""

    async def set_ceiling(
        self, actor: Actor, action_type: str, level: AutonomyLevel | None, *, command_id: str
    ) -> str:
        """None lifts the organisation's limit."""
        ...

    async def stop_type(self, actor: Actor, action_type: str, *, command_id: str) -> str: ...
    async def release_type(self, actor: Actor, action_type: str, *, command_id: str) -> str: ...
    async def narrow(
        self,
        actor: Actor,
        account_id: UUID | None,
        action_type: str,
        level: AutonomyLevel | None,
        *,
        command_id: str,
    ) -> str:
        """The actor's own limit: on one account or all of theirs (None), for one type or all ('');
        a level of None lifts it. What would widen is refused."""
        ...

    async def set_daily_cap(self, actor: Actor, cap: int, *, command_id: str) -> str: ...


class ShadowReads(Protocol):
    async def report(self, actor: Actor, days: int) -> ShadowView:
        """For whoever leads people."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyVerbs:
    """All the edge may ask of it."""

    overview: OverviewReads
    doings: DoingsReads
    hand_out: HandOutVerbs
    limits: LimitVerbs
    shadow: ShadowReads
