"""How an account is: what it is judged by, the score with its reasons, and where the account stands
in its life as a customer."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.types.model import SignalKind
from services.types.qualification import Stage
from services.types.signals import Severity, SignalName
from services.types.views import Reader


class Lifecycle(StrEnum):
    PROSPECT = "prospect"
    DEMO = "demo"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    CHURNED = "churned"


class ReasonKind(StrEnum):
    """What a reason is about; also what can be unknown."""

    ENGAGEMENT = "engagement"
    SIGNALS = "signals"
    ASKS = "asks"
    MEETINGS = "meetings"
    DEALS = "deals"
    RENEWAL = "renewal"
    TONE = "tone"


# ── What is looked at ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSignal:
    id: UUID
    name: SignalName
    kind: SignalKind
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAsk:
    """A mail that asks something and is the last word in its conversation."""

    message_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A meeting, as far as health needs it."""

    id: UUID
    title: str
    starts_at: datetime
    cancelled: bool
    """It was called off, or has been at least once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMove:
    at: datetime
    before: Stage
    after: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDeal:
    id: UUID
    name: str
    stage: Stage
    stage_since: datetime | None
    moves: tuple[StageMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """What the reading of one mail found: its buying and its risk signals."""

    message_id: UUID
    at: datetime
    good: int
    bad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """Everything the score and the lifecycle rest on, at one moment. `heard` are the moments of the
    customer's own mails of the last half year. Nothing depends on the order of anything."""

    now: datetime
    heard: tuple[datetime, ...] = ()
    signals: tuple[OpenSignal, ...] = ()
    asks: tuple[OpenAsk, ...] = ()
    meetings: tuple[Met, ...] = ()
    deals: tuple[HeldDeal, ...] = ()
    tones: tuple[Tone, ...] = ()
    renewal: date | None = None


# ── What comes of it ────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the health is what it is: points up or down, in words, and where it can be seen."""

    kind: ReasonKind
    words: str
    points: int
    source: str = ""
    """Of what sort `source_id` is: message, signal, meeting, deal."""
    source_id: UUID | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind.value,
            "words": self.words,
            "points": self.points,
            "source": self.source,
            "source_id": str(self.source_id) if self.source_id else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`score` is None when there is nothing to judge by. `unknown` took no part: it costs nothing.
    The score is the base and all points, kept between 0 and 100."""

    score: int | None
    reasons: tuple[Reason, ...]
    unknown: tuple[ReasonKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the account is in its life, and what says so."""

    lifecycle: Lifecycle
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastHealth:
    """What it was from a moment on; `given` by a file or a person."""

    at: datetime
    health: int | None
    lifecycle: str | None
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealthView:
    """Why an account's health is what it is. `past` is newest first."""

    reader: Reader
    account_id: UUID
    account_name: str
    health: int | None
    lifecycle: str | None
    lifecycle_why: str
    reasons: tuple[Reason, ...]
    unknown: tuple[ReasonKind, ...]
    given_at: datetime | None
    """Set, it stands as it was given, until a day has passed."""
    computed: int | None
    """What it would be by the reasons, where it was given."""
    past: tuple[PastHealth, ...]
