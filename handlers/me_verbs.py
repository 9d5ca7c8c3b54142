"""The verbs of the pages that say how it goes (services/learning_views)."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.coaching import Opportunities
from services.types.me import Label, LabelPage, MePage
from services.types.people import Actor
from services.types.team import ExampleView, PersonPage, TeamPage
from services.types.work import WorkPage


class MeReads(Protocol):
    async def page(self, actor: Actor) -> MePage:
        """Everybody's own."""
        ...


class TeamReads(Protocol):
    async def page(self, actor: Actor, page: int = 0) -> TeamPage:
        """Forbidden, with the reason, for whoever leads nobody."""
        ...


class WorkReads(Protocol):
    async def page(self, actor: Actor) -> WorkPage:
        """What a team's decisions go into; Forbidden for whoever leads nobody."""
        ...


class PersonReads(Protocol):
    """One person, for whoever leads them: Forbidden for everybody else."""

    async def page(self, actor: Actor, person_id: UUID) -> PersonPage: ...
    async def coaching(self, actor: Actor) -> Opportunities:
        """What to talk about with whom."""
        ...

    async def example(self, actor: Actor, action_id: UUID) -> ExampleView:
        """One mail behind it, of somebody who shares theirs."""
        ...


class LabelVerbs(Protocol):
    """Outcomes that only a person can settle."""

    async def page(self, actor: Actor, page: int = 0) -> LabelPage: ...
    async def label(self, actor: Actor, outcome_id: UUID, said: Label, *, command_id: str) -> str:
        """What it did, in a sentence; saying the other takes it back. Forbidden and Conflict say
        why not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningVerbs:
    """All the edge may ask of them."""

    me: MeReads
    team: TeamReads
    work: WorkReads
    people: PersonReads
    to_label: LabelVerbs
