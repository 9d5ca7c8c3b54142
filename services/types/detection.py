"""What a model is asked about an account's signals, and what it may propose.

The model only proposes: a proposal is a name and quotes, and each quote is looked for in the source
it names before it counts (services/signals/model_detector).
"""

from dataclasses import dataclass
from datetime import date, datetime

from services.types.signals import SignalName

MODEL_NAMES = frozenset(
    {
        SignalName.COMPETITOR_NAMED,
        SignalName.PRICING_ASKED,
        SignalName.SENTIMENT_TURN,
        SignalName.READY_TO_BUY,
        SignalName.EXPANSION,
        SignalName.CANCELLATION,
        SignalName.DISSATISFACTION,
        SignalName.BUDGET_TROUBLE,
    }
)
"""What words can show. Everything else is counted, and counting is the rules' business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedText:
    """One text, by the number it has in the request. `sort` is `mail`, `post` or `transcript`."""

    number: int
    sort: str
    at: datetime
    who: str
    inbound: bool
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionRequest:
    """An account as far as its words go: what was written lately, and earlier weeks in brief."""

    account_name: str
    today: date
    sources: tuple[NumberedText, ...]
    history: str = ""
    most: int = 8
    """How many proposals are wanted at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words that are to stand in the source of that number."""

    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    name: SignalName
    confidence: float
    quotes: tuple[Quote, ...]
