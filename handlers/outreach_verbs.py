"""The verbs of proposals that the edge calls (services/outreach)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.types.outreach import Later, ProposalsView, ProposalView
from services.types.people import Actor


class ProposalReads(Protocol):
    """What is shown. A card's view is None when its subject or its reader is gone."""

    async def card(
        self, tenant_id: UUID, trigger_id: UUID, member_id: UUID
    ) -> ProposalView | None: ...
    async def look(self, actor: Actor, trigger_id: UUID) -> ProposalView:
        """NotFound where the account isn't the actor's to see."""
        ...

    async def mine(self, actor: Actor) -> ProposalsView: ...


class ProposalDeeds(Protocol):
    """What people do about a proposal. Conflict: somebody was faster, or it has changed; NotFound:
    it isn't the actor's to see."""

    async def draft(
        self, actor: Actor, trigger_id: UUID, *, version: int, command_id: str
    ) -> str: ...
    async def later(
        self, actor: Actor, trigger_id: UUID, *, version: int, span: Later, command_id: str
    ) -> datetime: ...
    async def dismiss(
        self, actor: Actor, trigger_id: UUID, *, version: int, reason: str, command_id: str
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachVerbs:
    reads: ProposalReads
    deeds: ProposalDeeds
