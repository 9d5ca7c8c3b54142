"""The verbs of approvals that the edge calls, and nothing else of the services."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.types.approval_views import (
    ApprovalCardView,
    FiguresView,
    QueueFilter,
    QueueView,
    RequestFormView,
)
from services.types.approvals import (
    Decided,
    RequestForm,
    RuleSet,
    Seen,
    Submitted,
    Surface,
    VoteChoice,
)
from services.types.people import Actor


class RequestVerbs(Protocol):
    """Asking, taking back, and what goes between the two sides. A repeated `command_id` gets the
    first answer and does nothing."""

    async def submit(self, actor: Actor, form: RequestForm, *, command_id: str) -> Submitted:
        """InvalidInput names the field; Conflict when the same thing is already being asked."""
        ...

    async def withdraw(self, actor: Actor, request_id: UUID, *, command_id: str) -> None: ...
    async def delegate(
        self, actor: Actor, request_id: UUID, *, to_id: UUID, note: str, command_id: str
    ) -> str:
        """One level deep. Says who has it now."""
        ...

    async def ask(
        self, actor: Actor, request_id: UUID, *, question: str, command_id: str
    ) -> None: ...
    async def answer(
        self, actor: Actor, question_id: UUID, *, answer: str, command_id: str
    ) -> None: ...


class DecisionVerbs(Protocol):
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
    ) -> Decided:
        """Vote from what was `seen`. Conflict: somebody was faster (who and when); Forbidden: not
        this person's (who may). `shown_at` is when it reached the person, where the card doesn't
        know (mail); None asks the card."""
        ...

    async def note_refusal(
        self, actor: Actor, request_id: UUID, *, why: str, surface: Surface
    ) -> None:
        """Somebody tried what isn't theirs to decide."""
        ...


class CarryVerbs(Protocol):
    async def retry(self, actor: Actor, request_id: UUID, *, command_id: str) -> None:
        """Try a failed effect once more; admins only."""
        ...


class AbsenceVerbs(Protocol):
    async def set_absence(
        self,
        actor: Actor,
        *,
        first: date,
        last: date,
        delegate_id: UUID | None,
        command_id: str,
    ) -> str:
        """Whole days in the actor's own zone. Says what was set, and what was handed over."""
        ...

    async def cancel_absence(self, actor: Actor, *, command_id: str) -> str: ...


class RuleVerbs(Protocol):
    async def current(self, actor: Actor) -> RuleSet: ...
    async def apply(
        self, actor: Actor, text: str, *, based_on: int, source: str, command_id: str
    ) -> RuleSet:
        """The next version. Conflict when the rules are no longer at version `based_on`."""
        ...


class ApprovalReads(Protocol):
    async def card(
        self, tenant_id: UUID, request_id: UUID, member_id: UUID
    ) -> ApprovalCardView | None: ...
    async def queue(
        self, actor: Actor, which: QueueFilter, type_: str | None = None
    ) -> QueueView: ...
    async def figures(self, actor: Actor, days: int = 30) -> FiguresView: ...
    async def form(
        self, actor: Actor, type_: str, *, account: str = "", text: str = ""
    ) -> RequestFormView: ...
    async def deal_options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        """Open deals whose name or account matches what was typed; at most a hundred."""
        ...

    async def delegate_options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        """Members who could decide instead of the actor."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalVerbs:
    """All the edge may ask of approvals."""

    requests: RequestVerbs
    decisions: DecisionVerbs
    carry: CarryVerbs
    absences: AbsenceVerbs
    rules: RuleVerbs
    reads: ApprovalReads
