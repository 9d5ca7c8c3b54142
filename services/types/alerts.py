"""What people are shown of signals: alerts, their list, how good they are, and replays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.types.alert_lines import AlertLine
from services.types.compose import MailPurpose
from services.types.model import SignalKind
from services.types.signals import Evidence, Severity, SignalName, SignalStatus
from services.types.views import DealView, Reader

CARD = "alert"
ROLLUP = "alert_rollup"
QUALITY = "alert_quality"
"""Kinds of card. Subjects: the signal; the member; the warning."""


class Snooze(StrEnum):
    """How long an alert may be put off; the member's own clock counts."""

    TOMORROW = "tomorrow"
    THREE_DAYS = "3_days"
    A_WEEK = "1_week"


SNOOZE_WORDS: Mapping[Snooze, str] = {
    Snooze.TOMORROW: "Until tomorrow",
    Snooze.THREE_DAYS: "For 3 days",
    Snooze.A_WEEK: "For a week",
}


class Way(StrEnum):
    """How what is recommended is done: by a mail to a customer, or by a note of ours."""

    MAIL = "mail"
    NOTE = "note"


class Target(StrEnum):
    """Whom a recommended mail is for."""

    WHO_SAID_IT = "who_said_it"
    CHAMPION = "champion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What to do about a signal, by its name alone: no model has a say in it. `words` begin the
    sentence (`a check-in`), `instruction` is what the mail is written from, or the note's text."""

    way: Way
    words: str
    instruction: str
    purpose: MailPurpose = MailPurpose.FOLLOW_UP
    to: Target = Target.WHO_SAID_IT
    inform_manager: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One piece of evidence, and where it can be read; some of it stands nowhere one could open."""

    evidence: Evidence
    source: str
    """`mail from Dana Reyes`, `the deal`."""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSketch:
    """Whom the recommended mail goes to, and how it begins before anybody has asked for it."""

    contact_id: UUID
    name: str
    title: str | None
    subject: str
    opening: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """The mail that was begun because of an alert."""

    action_id: UUID
    status: str
    """The action's."""
    to: str
    subject: str
    text: str
    mine: bool
    """Whether the reader decides on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert for one reader (card kind `alert`, subject: the signal)."""

    reader: Reader
    signal_id: UUID
    version: int
    name: SignalName
    kind: SignalKind
    severity: Severity
    status: SignalStatus
    account_id: UUID
    account_name: str
    deal: DealView | None
    why: str
    evidence: tuple[EvidenceLine, ...]
    recommendation: Recommendation
    sketch: MailSketch | None
    no_mail: str
    """Why there is nobody to write to, where that is so."""
    draft: AlertDraft | None
    confidence: float
    threshold: float
    detectors: tuple[str, ...]
    raised_at: datetime
    seen_at: datetime
    shared_with: tuple[str, ...] = ()
    """Who else has this card."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_by: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    settled_why: str = ""
    rating: int | None = None
    """The reader's own word: 1 useful, -1 false alarm."""
    moved_to: str | None = None
    """Who has the account now, where it isn't the reader's any more."""

    @property
    def open(self) -> bool:
        return self.status.open and self.moved_to is None

    @property
    def asleep(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > self.reader.now


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsView:
    """A member's open alerts, the most severe first. For executives, who look at no single one,
    `lines` is empty and `counts` says how many there are of each severity."""

    reader: Reader
    lines: tuple[AlertLine, ...]
    total: int
    counts: tuple[tuple[Severity, int], ...] = ()
    may_manage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRollupView:
    """Many alerts of one reader in one card (kind `alert_rollup`, subject: the member)."""

    reader: Reader
    lines: tuple[AlertLine, ...]
    total: int
    accounts: int


# ── How good they are ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many, with the 95 % interval; None where nothing is known."""

    part: int
    of: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        return self.part / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameQuality:
    """How signals of one name did in the span that is looked at."""

    name: SignalName
    raised: int
    useful: Share
    false_alarm: Share
    acted: Share
    minutes_to_action: float | None
    """Half of those that were acted on were acted on within so many minutes."""
    threshold: float
    paused_until: datetime | None
    """Until when feedback moves nothing, after an undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityView:
    """Alert quality, name by name. For executives only `raised` and the totals."""

    reader: Reader
    since: datetime
    days: int
    names: tuple[NameQuality, ...]
    total: NameQuality | None
    """All names together; its name and threshold mean nothing."""
    may_change: bool
    whole: bool
    """Whether the reader sees names and thresholds, or totals only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """The card that warns of a name (kind `alert_quality`, subject: the warning)."""

    reader: Reader
    name: SignalName
    month: date
    false_alarms: int
    rated: int
    threshold: float


# ── Thresholds ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A person's word on a signal: what a threshold learns from."""

    signal_id: UUID
    member_id: UUID
    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move of a threshold, and what it stands on."""

    before: float
    value: float
    reason: str
    samples: Mapping[str, int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """A past move."""

    move_id: UUID
    at: datetime
    before: float
    value: float
    by: str | None
    """Who set it; None: it was moved by feedback."""
    reason: str
    undone_at: datetime | None
    undone_by: str | None
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdView:
    """One name's threshold and its history, the newest move first."""

    reader: Reader
    name: SignalName
    threshold: float
    moves: tuple[MoveLine, ...]
    paused_until: datetime | None
    told: str = ""
    """What has just been done, where something was."""


# ── Replay ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A stored detection, as a replay needs it."""

    account_id: UUID
    account_name: str
    name: SignalName
    cause: str
    confidence: float
    pieces: int
    """Independent pieces of evidence."""
    found_at: datetime
    gone_at: datetime | None
    outcome: str
    """`useful`, `false alarm`, `acted`, `cleared`, `open`, or nothing: it was never raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One signal that would have been raised."""

    account_name: str
    name: SignalName
    at: datetime
    confidence: float
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayView:
    """What would have been raised at another threshold, the newest first."""

    reader: Reader
    names: tuple[SignalName, ...]
    threshold: float
    days: int
    firings: tuple[Firing, ...]
    total: int
    raised: int
    """How many of them were raised in truth."""
    whole: bool
    """False: there was more than is looked through at once."""
