"""The verbs about mailboxes that the edge calls."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.people import Actor


class EndingVerbs(Protocol):
    async def disconnect(self, actor: Actor, mailbox_id: UUID, *, command_id: str) -> None: ...


class DelegationVerbs(Protocol):
    """For admins only: Forbidden for everybody else."""

    async def connect_all(self, actor: Actor, *, command_id: str) -> None: ...
    async def remove_by(self, actor: Actor, *, command_id: str) -> None: ...


class ReadingVerbs(Protocol):
    """What the first reading of a mailbox found, and what its owner says and wants."""

    async def answer(
        self, actor: Actor, reading_id: UUID, *, right: bool, text: str, command_id: str
    ) -> None: ...
    async def draft_waiting(self, actor: Actor, reading_id: UUID, *, command_id: str) -> None: ...
    async def answer_of(self, actor: Actor, reading_id: UUID) -> str | None:
        """What the actor said is wrong, if they did."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxVerbs:
    endings: EndingVerbs
    delegation: DelegationVerbs
    readings: ReadingVerbs
