"""How stated probabilities held, and what is done to them before anybody sees one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.types.alerts import Share

LEAST_SCALE, MOST_SCALE = 0.5, 1.5
LEAST_ESCALATION, MOST_ESCALATION = 0.5, 0.9
ESCALATION = 0.7
"""The calibrated confidence below which a person decides, before anything was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is learned separately: one action type, one kind of outcome, one lineage."""

    action_type: str
    kind: str
    lineage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Of `n` outcomes with a score. None: there are none.

    brier: mean of (probability - score) squared; 0 is perfect, 0.25 is what always saying 0.5 gets.
    ece, the expected calibration error: over ten bins, the mean of |mean probability - mean score|
    weighted by count. mce, the maximum one: the largest of those gaps, however few stand behind."""

    n: int = 0
    brier: float | None = None
    ece: float | None = None
    mce: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """One of ten bins of the stated probability, closed on the right: (low, high]."""

    low: float
    high: float
    count: int
    stated: float | None = None
    """Mean of what was stated; None in an empty bin, as the others."""
    calibrated: float | None = None
    """Mean of the same after the adjustment in force."""
    observed: float | None = None
    """Mean score: how often it came true."""
    observed_low: float | None = None
    observed_high: float | None = None
    """Wilson's interval of `observed`, 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What is done to a stated probability: straight lines between eleven knots, the values for
    0, 0.1 … 1. `scale` and `shift` say what the knots come to: log-odds times scale plus shift."""

    scale: float = 1.0
    shift: float = 0.0
    threshold: float = ESCALATION
    knots: tuple[float, ...] = tuple(step / 10 for step in range(11))
    correcting: bool = False
    """A correction has begun: from then on it follows what the outcomes ask for."""
    apart: bool = False
    """What is shown was found not to hold, and hasn't come near what the outcomes ask for yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationMoveLine:
    """One adjustment, for the list of them."""

    move_id: UUID
    number: int
    at: datetime
    before: Adjustment
    after: Adjustment
    reason: str
    samples: Mapping[str, Any]
    """n, brier, ece; the bins that asked for it with their gaps; what held-out halves said."""
    undone_at: datetime | None = None
    undone_by: str | None = None
    undoable: bool = False
    """The newest that stands: an older one is undone after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How well one key is calibrated. `raw`, `calibrated` and `bins` rest on mail that left as it
    was written; what a person edited first stands apart in `edited` and teaches nothing."""

    key: Key
    raw: Scores
    calibrated: Scores
    """The same outcomes under the adjustment in force today, over the same ten groups."""
    bins: tuple[ReliabilityBin, ...]
    edited: Scores
    adjustment: Adjustment
    ambiguous: Share
    undelivered: Share
    """Left out, of all that ended; `part of of`, edited mail included."""
    moves: tuple[CalibrationMoveLine, ...] = ()
    """Newest first."""
    moved_at: datetime | None = None
    paused_until: datetime | None = None

    @property
    def n(self) -> int:
        """Outcomes that teach: with a score, unedited."""
        return self.raw.n

    @property
    def brier(self) -> float | None:
        return self.calibrated.brier

    @property
    def ece(self) -> float | None:
        return self.calibrated.ece

    @property
    def mce(self) -> float | None:
        return self.calibrated.mce

    @property
    def scale(self) -> float:
        return self.adjustment.scale

    @property
    def threshold(self) -> float:
        return self.adjustment.threshold
