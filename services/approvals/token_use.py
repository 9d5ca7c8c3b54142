"""What the two ways of deciding on a request from a mail share: the token is used once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from db.models.approvals import ApprovalMail
from db.session import Database
from services.letters.using import used
from services.ports import Clock
from services.types.approvals import Decided, Seen, Surface, VoteChoice
from services.types.people import Actor


class Decider(Protocol):
    """The one way to decide, whatever the surface (services.approvals.decisions)."""

    async def decide(
        self,
        actor: Actor,
        request_id: UUID,
        *,
        choice: VoteChoice,
        reason: str,
        conditions: tuple[str, ...],
        seen: Seen,
        surface: Surface,
        command_id: str,
        shown_at: datetime | None = None,
    ) -> Decided: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A decision as somebody put it."""

    choice: Literal["approve", "reject"]
    reason: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUse:
    """Decides with a mail's token. The command is the mail itself, so that whatever is repeated, by
    the same or the other way, gets the first answer and does nothing."""

    db: Database
    clock: Clock
    decisions: Decider

    async def decide(
        self, actor: Actor, mail: ApprovalMail, wanted: Wanted, *, surface: Surface, by: str
    ) -> Decided:
        async with used(self.db, self.clock, mail, by):
            return await self.decisions.decide(
                actor,
                mail.request_id,
                choice=VoteChoice(wanted.choice),
                reason=wanted.reason,
                conditions=wanted.conditions,
                seen=Seen(payload_hash=mail.payload_hash, rule_version=mail.rule_version),
                surface=surface,
                command_id=f"approval-mail:{mail.id}",
                shown_at=mail.sent_at,
            )
