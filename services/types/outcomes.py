"""What an event means for a prediction, and what a label did."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class OutcomeStatus(StrEnum):
    """Ambiguous waits for a person's word; undelivered never reached anybody. Neither scores."""

    PENDING = "pending"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    AMBIGUOUS = "ambiguous"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"

    @property
    def score(self) -> Decimal | None:
        return _SCORES.get(self)


_SCORES = {
    OutcomeStatus.POSITIVE: Decimal(1),
    OutcomeStatus.NEGATIVE: Decimal(0),
    OutcomeStatus.EXPIRED: Decimal(0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a prediction comes to, and which signal says so, in words of ours."""

    status: OutcomeStatus
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A person's answer in a conversation; `at` is when it was received, whenever it is read."""

    conversation_id: UUID
    message_id: UUID
    at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: a reply, a stage or a meeting, by its own row's id. `score`: 1 for
    what was hoped for, 0 for its opposite."""

    kind: str
    id: UUID
    at: datetime
    score: Decimal
    conversation_id: UUID | None = None
    account_id: UUID | None = None
    deal_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What a label did. `own`: by whoever wrote or approved the mail, which is said wherever it
    counts."""

    outcome_id: UUID
    status: OutcomeStatus
    own: bool
    sentence: str
