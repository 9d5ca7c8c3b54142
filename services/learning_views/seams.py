"""What these pages ask of the parts that find what to try, and that keep a person's label."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from db.models.tenants import Member
from db.session import ReadTx
from services.types.me import Tips
from services.types.people import Actor
from services.types.team import Opportunity


class Coach(Protocol):
    """Patterns that held up against chance (services/coaching)."""

    async def tips(self, tx: ReadTx, member: Member, limit: int) -> Tips: ...
    async def opportunities(
        self, tx: ReadTx, manager: Member, person: Member, limit: int
    ) -> tuple[tuple[Opportunity, ...], datetime | None]:
        """With when they were last looked for. Examples only of members who share theirs."""
        ...


class Labelled(Protocol):
    """What a label did, in a sentence."""

    @property
    def sentence(self) -> str: ...


class Labels(Protocol):
    """One click's word on an outcome (services/outcomes)."""

    async def label(
        self,
        actor: Actor,
        outcome_id: UUID,
        positive: bool | None,  # noqa: FBT001 - three answers, not a switch
        command_id: str,
    ) -> Labelled:
        """None: it can't be told. Conflict and Forbidden say why not."""
        ...
