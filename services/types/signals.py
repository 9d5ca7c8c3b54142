"""Signals: what can be detected, the evidence it stands on, and how it goes on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.types.model import Signal, SignalKind

THRESHOLD = 0.7
"""The confidence a signal needs where nobody and nothing has moved it."""
LEAST_THRESHOLD, MOST_THRESHOLD = 0.5, 0.9
LEAST_EVIDENCE = 2
"""Independent pieces: of two sources, or two different facts."""


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class SignalStatus(StrEnum):
    """raised → acknowledged → acted, dismissed or cleared."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"
    DISMISSED = "dismissed"
    CLEARED = "cleared"

    @property
    def open(self) -> bool:
        return self in (SignalStatus.RAISED, SignalStatus.ACKNOWLEDGED)


class SignalName(StrEnum):
    """What is detected. The value is stored, and it is what a threshold is kept for."""

    SILENCE = "silence"
    REPLY_DRIFT = "reply_drift"
    PARTICIPATION_SHRINKING = "participation_shrinking"
    PARTICIPATION_GROWING = "participation_growing"
    SENIOR_CONTACT = "senior_contact"
    CHAMPION_QUIET = "champion_quiet"
    STAGE_STUCK = "stage_stuck"
    CLOSE_DATE_SLIPPING = "close_date_slipping"
    COMPETITOR_NAMED = "competitor_named"
    PRICING_ASKED = "pricing_asked"
    MEETING_CANCELLED = "meeting_cancelled"
    SENTIMENT_TURN = "sentiment_turn"
    READY_TO_BUY = "ready_to_buy"
    EXPANSION = "expansion"
    CANCELLATION = "cancellation"
    DISSATISFACTION = "dissatisfaction"
    BUDGET_TROUBLE = "budget_trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSort:
    """`clock`: it may come true by time alone, so a scan looks without any activity."""

    kind: SignalKind
    severity: Severity
    words: str
    """What it is, as a person would say it, lower case: `gone quiet`."""
    clock: bool = False


CATALOGUE: Mapping[SignalName, SignalSort] = {
    SignalName.SILENCE: SignalSort(
        kind=SignalKind.RISK, severity=Severity.MEDIUM, words="gone quiet", clock=True
    ),
    SignalName.REPLY_DRIFT: SignalSort(
        kind=SignalKind.ENGAGEMENT, severity=Severity.LOW, words="answering more slowly"
    ),
    SignalName.PARTICIPATION_SHRINKING: SignalSort(
        kind=SignalKind.ENGAGEMENT, severity=Severity.MEDIUM, words="fewer people taking part"
    ),
    SignalName.PARTICIPATION_GROWING: SignalSort(
        kind=SignalKind.ENGAGEMENT, severity=Severity.LOW, words="more people taking part"
    ),
    SignalName.SENIOR_CONTACT: SignalSort(
        kind=SignalKind.BUYING, severity=Severity.HIGH, words="a senior person joined"
    ),
    SignalName.CHAMPION_QUIET: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="champion gone quiet", clock=True
    ),
    SignalName.STAGE_STUCK: SignalSort(
        kind=SignalKind.RISK, severity=Severity.MEDIUM, words="deal stuck in its stage", clock=True
    ),
    SignalName.CLOSE_DATE_SLIPPING: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="close date slipping", clock=True
    ),
    SignalName.COMPETITOR_NAMED: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="competitor named"
    ),
    SignalName.PRICING_ASKED: SignalSort(
        kind=SignalKind.BUYING, severity=Severity.HIGH, words="asking about price"
    ),
    SignalName.MEETING_CANCELLED: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="meeting cancelled twice"
    ),
    SignalName.SENTIMENT_TURN: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="tone turned for the worse"
    ),
    SignalName.READY_TO_BUY: SignalSort(
        kind=SignalKind.BUYING, severity=Severity.CRITICAL, words="ready to buy"
    ),
    SignalName.EXPANSION: SignalSort(
        kind=SignalKind.BUYING, severity=Severity.HIGH, words="wants more"
    ),
    SignalName.CANCELLATION: SignalSort(
        kind=SignalKind.RISK, severity=Severity.CRITICAL, words="about to leave"
    ),
    SignalName.DISSATISFACTION: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="unhappy"
    ),
    SignalName.BUDGET_TROUBLE: SignalSort(
        kind=SignalKind.RISK, severity=Severity.HIGH, words="budget in doubt"
    ),
}


class EvidenceSource(StrEnum):
    """Where a piece of evidence stands; `FIGURE` is counted from several, named in `of`."""

    MESSAGE = "message"
    TRANSCRIPT = "transcript"
    SLACK_POST = "slack_post"
    MEETING = "meeting"
    DEAL = "deal"
    CONTACT = "contact"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece: a verbatim quote from its source, or a number and what it was before.

    Of a message, a transcript or a post, `quote` stands word for word in that source's text. Of the
    others `words` says the fact in ours (`no word from Dana Reyes for 19 days, usually 4`)."""

    source: EvidenceSource
    source_id: UUID | None = None
    at: datetime | None = None
    who: str = ""
    quote: str = ""
    words: str = ""
    of: tuple[UUID, ...] = ()
    """The messages a figure was counted from."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Two pieces with one key are one piece."""
        return (self.source, str(self.source_id or ""), self.quote or self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What one detector says about an account. `cause` is what it is about inside the account: a
    deal's or contact's id, or nothing. The same name and cause is the same thing, whoever says it
    and whenever."""

    name: SignalName
    confidence: float
    evidence: tuple[Evidence, ...]
    detector: str
    cause: str = ""
    severity: Severity | None = None
    """None: what the catalogue says."""
    why: str = ""
    """Why now: one sentence of ours with its numbers."""
    deal_id: UUID | None = None
    contact_id: UUID | None = None


# ── What detectors look at ──────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class SeenText:
    """A message, a transcript or a Slack post, as far as detectors need it. `text` is the visible
    part, stripped of what only machines see. `happened_at` is when it was written as far as that
    can be believed: a mail dated 1970 or 2099 counts from when it was received."""

    source: EvidenceSource
    id: UUID
    conversation_id: UUID
    happened_at: datetime
    inbound: bool
    human: bool
    sender_email: str
    sender_name: str
    contact_id: UUID | None = None
    people: tuple[str, ...] = ()
    """Addresses on the customer's side who take part (from, to, cc), normalised."""
    subject: str = ""
    text: str = ""
    suspicious: bool = False
    """It gives orders to a machine: no words of it count as evidence."""
    signals: tuple[Signal, ...] | None = None
    """What reading it once has found; None: it wasn't read."""
    returns_on: datetime | None = None
    """When its writer said they would be back, of an automatic reply."""

    @property
    def theirs(self) -> bool:
        """Words of a customer that may count as evidence."""
        return self.inbound and self.human and not self.suspicious


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenContact:
    id: UUID
    email: str
    name: str
    title: str | None
    champion: bool
    first_seen_at: datetime | None
    last_wrote_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDeal:
    id: UUID
    name: str
    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None
    first_close_date: date | None
    close_date_moves: int
    stage_since: datetime | None
    stage_days: tuple[float, ...] = ()
    """How many days the tenant's other deals stayed in this stage before they moved on."""
    big: bool = False
    """Among the largest quarter of the tenant's open deals."""

    @property
    def open(self) -> bool:
        return self.stage not in ("closed_won", "closed_lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMeeting:
    id: UUID
    title: str
    starts_at: datetime
    status: str
    cancellations: int
    moves: int
    changed_at: datetime
    message_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """Everything a detector may rest on, at one moment. `texts` are in the order they happened."""

    account_id: UUID
    account_name: str
    now: datetime
    texts: tuple[SeenText, ...] = ()
    contacts: tuple[SeenContact, ...] = ()
    deals: tuple[SeenDeal, ...] = ()
    meetings: tuple[SeenMeeting, ...] = ()
    lifecycle: str | None = None
    renewal_date: date | None = None
    summary: str = ""
    """Earlier weeks and months in a few lines, for a model."""
