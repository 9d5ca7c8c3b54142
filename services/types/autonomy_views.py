"""What people see of the copilot's autonomy: the page, one kind of action, what was done."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.types.actions import AutonomyLevel
from services.types.views import Reader


class Standing(StrEnum):
    """What a kind of action comes to, in the order of the page."""

    ACTS = "acts"
    WAITS = "waits"
    RESTS = "rests"
    """Off, only watched, or stopped."""
    NEVER = "never"


class Because(StrEnum):
    """What makes the level in force what it is."""

    HARD_STOP = "hard_stop"
    EVERYTHING_STOPPED = "everything_stopped"
    STOPPED = "stopped"
    LIMIT = "limit"
    RESET = "reset"
    DEMOTED = "demoted"
    ASKS = "asks"
    """Policy asks a person about this kind at every level."""
    EARNED = "earned"
    FIRST = "first"
    """Nothing has moved it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What a type's level rests on, since it is what it is. `good`: of what was decided, the share
    that went as proposed, from 0 to 1; None while nothing was. `success` with half the width of its
    interval. `still_needs`: what a higher level waits for, in words."""

    decided: int
    good: float | None = None
    undone: int = 0
    success: float | None = None
    spread: float | None = None
    still_needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPromotion:
    """A higher level somebody may approve on its card."""

    before: str
    after: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeLine:
    """One kind of action as it stands for the whole tenant."""

    action_type: str
    standing: Standing
    level: AutonomyLevel
    earned: AutonomyLevel
    ceiling: AutonomyLevel | None
    stopped: bool
    because: Because
    since: datetime | None = None
    evidence: EvidenceView | None = None
    pending: PendingPromotion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowingLine:
    """A member's own limit: on one account or all of theirs, for one type or all ('')."""

    account_id: UUID | None
    account: str
    action_type: str
    level: AutonomyLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What became of the actions of some days."""

    days: int
    by_itself: int = 0
    by_people: int = 0
    waiting: int = 0
    rejected: int = 0
    undone: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyView:
    """The page. An executive sees `totals` only; `may_change`: the tenant's limits are theirs."""

    reader: Reader
    totals: Totals
    types: tuple[TypeLine, ...] = ()
    may_change: bool = False
    may_narrow: bool = False
    stopped_since: datetime | None = None
    stopped: bool = False
    stopped_by: str = ""
    shadow: bool = False
    narrowings: tuple[NarrowingLine, ...] = ()
    daily_cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """What moved a type's level, or what it may do. `by` None: it happened by itself."""

    move_id: UUID
    at: datetime
    kind: str
    before: str
    after: str
    by: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeView:
    """One kind of action with a page of what moved it; `older` is where the next page begins."""

    reader: Reader
    line: TypeLine
    moves: tuple[MoveLine, ...]
    moves_in_all: int
    may_change: bool
    may_narrow: bool
    older: UUID | None = None
    first_page: bool = True


# ── What was done ───────────────────────────────────────────────────────────────────────────────
SPANS = (7, 30, 90)
"""Days a list may look back."""


class Which(StrEnum):
    """What a list of actions is narrowed to, beside a level."""

    ANY = ""
    BY_ITSELF = "self"
    WAITS = "waits"
    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingsFilter:
    """`which` is one of Which, or a level. `left_out`: what the copilot decided not to do."""

    action_type: str = ""
    account_id: UUID | None = None
    member_id: UUID | None = None
    which: str = ""
    days: int = 30
    left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingLine:
    """One action, with the newest of everything that hangs on it."""

    id: UUID
    at: datetime
    action_type: str
    status: str
    level: str
    verdict: str
    account: str
    owner: str
    trigger: str
    """A kind of trigger, or what else began it."""
    why: str = ""
    decided: str = ""
    """What the copilot decided by the newest judgement."""
    decided_by: str = ""
    decided_at: datetime | None = None
    surface: str = ""
    effect: str = ""
    due_at: datetime | None = None
    settled_at: datetime | None = None
    undone_by: str = ""
    undone_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutLine:
    """Something that called for an action and got none, with the reason."""

    id: UUID
    at: datetime
    kind: str
    action_type: str
    account: str
    owner: str
    status: str
    why: str
    why_not: str
    settled_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingsView:
    """A page of the list, newest first. `older` and `newer` are where the next pages begin."""

    reader: Reader
    chosen: DoingsFilter
    account: str = ""
    member: str = ""
    lines: tuple[DoingLine, ...] = ()
    left_out: tuple[LeftOutLine, ...] = ()
    older: UUID | None = None
    newer: UUID | None = None
    may_export: bool = False
    may_choose_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    number: int
    at: datetime
    author: str
    by: str
    instruction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementLine:
    revision: int
    at: datetime
    level: str
    verdict: str
    decision: str
    would: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    revision: int
    status: str
    queued_at: datetime
    due_at: datetime
    claimed_at: datetime | None
    settled_at: datetime | None
    undone_at: datetime | None
    undone_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """`predicted` as it was stated, `shown` as people saw it. `late_at`: when it came after
    all, too late to count."""

    event: str
    status: str
    predicted: float
    shown: float
    until: datetime
    resolved_at: datetime | None
    late_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """The action's part, from 0 to 1, in something that happened. `event`: reply, stage or meeting;
    `forward`: what was hoped for, or its opposite."""

    event: str
    at: datetime
    part: float
    forward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """One action from what called for it to what came of it, each part oldest first."""

    reader: Reader
    line: DoingLine
    reasons: tuple[str, ...]
    decision_reason: str
    mail: str = ""
    """The subject of the mail that called for it, or of its own."""
    mail_from: str = ""
    mail_at: datetime | None = None
    trigger_why: str = ""
    revisions: tuple[RevisionLine, ...] = ()
    judgements: tuple[JudgementLine, ...] = ()
    effects: tuple[EffectLine, ...] = ()
    outcomes: tuple[OutcomeLine, ...] = ()
    credits: tuple[CreditLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowForm:
    """What somebody may choose from when they narrow. `types`: with the level in force."""

    types: tuple[tuple[str, AutonomyLevel], ...]
    action_type: str = ""
    daily_cap: int | None = None
