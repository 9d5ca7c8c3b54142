"""BANT and MEDDIC: what a conversation has shown so far, with the quotes that prove it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Criterion(StrEnum):
    BUDGET = "budget"
    AUTHORITY = "authority"
    NEED = "need"
    TIMELINE = "timeline"
    METRICS = "metrics"
    ECONOMIC_BUYER = "economic_buyer"
    DECISION_CRITERIA = "decision_criteria"
    DECISION_PROCESS = "decision_process"
    IDENTIFY_PAIN = "identify_pain"
    CHAMPION = "champion"


BANT = (Criterion.BUDGET, Criterion.AUTHORITY, Criterion.NEED, Criterion.TIMELINE)
MEDDIC = (
    Criterion.METRICS,
    Criterion.ECONOMIC_BUYER,
    Criterion.DECISION_CRITERIA,
    Criterion.DECISION_PROCESS,
    Criterion.IDENTIFY_PAIN,
    Criterion.CHAMPION,
)
# A criterion that names several things at once: a merge extends the list instead of replacing it.
LIST_CRITERIA = frozenset({Criterion.NEED, Criterion.DECISION_CRITERIA, Criterion.IDENTIFY_PAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionState:
    """One criterion. `values` has one entry, or several for a list criterion; none when it is not
    identified. `evidence` holds verbatim quotes joined by ' | '. Confidence is within 0..1."""

    identified: bool = False
    values: tuple[str, ...] = ()
    confidence: float = 0.0
    evidence: str = ""

    @property
    def value(self) -> str | None:
        return ", ".join(self.values) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """The state of all ten criteria. A missing key is an unidentified criterion."""

    criteria: dict[Criterion, CriterionState] = field(default_factory=dict)
    insights: tuple[str, ...] = ()

    def get(self, criterion: Criterion) -> CriterionState:
        return self.criteria.get(criterion, CriterionState())


class Stage(StrEnum):
    """Stage of a deal. The transition map is in services/stages.py."""

    INITIAL = "initial"
    DISCOVERY = "discovery"
    QUALIFICATION = "qualification"
    EVALUATION = "evaluation"
    NEGOTIATION = "negotiation"
    STALLED = "stalled"
    CLOSED_WON = "closed_won"
    CLOSED_LOST = "closed_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a merge changed in one criterion, and the quote that changed it."""

    criterion: Criterion
    before: str | None
    after: str | None
    quote: str
    confidence: float
