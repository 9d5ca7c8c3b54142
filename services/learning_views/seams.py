"""What these pages ask of the part that keeps a person's label."""

from typing import Protocol
from uuid import UUID

from services.types.people import Actor


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
