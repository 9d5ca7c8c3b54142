"""What is asked of a language model and what it may answer.

The model only ever proposes. Recipients, verdicts and what is executed are never fields here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.types.habits import HabitRule
from services.types.qualification import Criterion
from services.types.style import Style

Lineage = Callable[[], str]
"""What texts are made with today: services/autonomy/lineage.py."""


class Purpose(StrEnum):
    EXTRACT = "extract"
    DRAFT = "draft"
    ANSWER = "answer"
    DETECT = "detect"
    SUMMARISE = "summarise"
    EMBED = "embed"
    """Vectors for searching: another model's work (EMBEDDING_MODEL)."""


class AskKind(StrEnum):
    """What sort of thing is asked; decides which function of the team it belongs to."""

    QUESTION = "question"
    DOCUMENT = "document"
    MEETING = "meeting"
    PRICING = "pricing"
    SUPPORT = "support"
    CONTRACT = "contract"
    OTHER = "other"


class SignalKind(StrEnum):
    BUYING = "buying"
    RISK = "risk"
    ENGAGEMENT = "engagement_change"


class Sign(StrEnum):
    """What a customer's sentence can be a sign of. A closed list: the offline rules find these, a
    model is asked for these and nothing else, and detectors know what each means. The value is
    stored and shown."""

    READY_TO_BUY = "ready to buy"
    CONTRACT_REQUESTED = "contract requested"
    PRICING_ASKED = "pricing asked"
    NEXT_STEP = "next step proposed"
    STAKEHOLDER_ADDED = "stakeholder added"
    URGENCY = "urgency"
    STRONG_INTEREST = "strong interest"
    WANTS_MORE = "wants more"
    """More of what they have: seats, sites, a larger plan. Not a first purchase."""
    TIMELINE_NAMED = "timeline named"
    BUDGET_STATED = "budget stated"

    CANCELLATION = "cancellation"
    """They end what they have, or won't renew it."""
    DEAL_LOST = "deal lost"
    """They chose somebody else, or nobody."""
    GOING_QUIET = "going quiet"
    """Put off, on hold, no priority."""
    DISSATISFACTION = "dissatisfaction"
    """With us; anger at others is no sign."""
    ESCALATION = "escalation"
    CHAMPION_LEAVING = "champion leaving"
    PRICE_OBJECTION = "price objection"
    NO_BUDGET = "no budget"
    BUDGET_CUT = "budget cut"
    COMPETITOR_NAMED = "competitor named"

    ENGAGEMENT_DOWN = "engagement down"
    CONTACT_CHANGED = "contact changed"
    USAGE_DOWN = "usage down"
    USAGE_UP = "usage up"

    @property
    def kind(self) -> SignalKind:
        """Each sign is of one kind, whoever found it."""
        if self in _ENGAGEMENT_SIGNS:
            return SignalKind.ENGAGEMENT
        return SignalKind.RISK if self in _RISK_SIGNS else SignalKind.BUYING


_RISK_SIGNS = frozenset(
    {
        Sign.CANCELLATION,
        Sign.DEAL_LOST,
        Sign.GOING_QUIET,
        Sign.DISSATISFACTION,
        Sign.ESCALATION,
        Sign.CHAMPION_LEAVING,
        Sign.PRICE_OBJECTION,
        Sign.NO_BUDGET,
        Sign.BUDGET_CUT,
        Sign.COMPETITOR_NAMED,
    }
)
_ENGAGEMENT_SIGNS = frozenset(
    {Sign.ENGAGEMENT_DOWN, Sign.CONTACT_CHANGED, Sign.USAGE_DOWN, Sign.USAGE_UP}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A criterion found in a text; `quote` must stand verbatim in that text."""

    criterion: Criterion
    value: str
    confidence: float
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request found in a text. `due` is a day the sender named, in the reader's calendar."""

    quote: str
    kind: AskKind = AskKind.OTHER
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A sentence that is a sign of something; `evidence` stands verbatim in its text."""

    kind: SignalKind
    name: Sign
    confidence: float
    evidence: str


def signal_of(name: Sign, confidence: float, evidence: str) -> Signal:
    """A signal of the kind that its name has."""
    return Signal(kind=name.kind, name=name, confidence=confidence, evidence=evidence)


def sign_of(words: str) -> Sign | None:
    """The sign somebody named, whatever its case and dashes; None: no such sign."""
    try:
        return Sign(" ".join(words.replace("_", " ").replace("-", " ").casefold().split()))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """How much a text tries to give orders to a machine. `why` quotes what gave it away."""

    injection: bool = False
    score: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionRequest:
    """`text` is the visible reply of one mail: data from outside, never instructions."""

    text: str
    subject: str
    sender_name: str
    today: date
    known: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    asks: tuple[Ask, ...] = ()
    signals: tuple[Signal, ...] = ()
    insights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """Everything a draft may be built from. `history` is oldest first, visible text only.
    `previous` and `instruction` are set when a person asked for another revision.

    With a `purpose` (services.types.compose.MailPurpose) it is a mail that somebody asked for: then
    `sender_name` is whom it goes to, `text` the Slack message it was asked on (or nothing),
    `facts` what is stored about the account, `asked_for` the person's own words, and the answer
    carries a subject of its own unless the mail continues a thread.

    `style` is how it is to sound, `habits` what its author always changes; `chat` wants two or
    three sentences instead of a mail."""

    text: str
    subject: str
    sender_name: str
    author_name: str
    company: str
    account_name: str | None
    deal_name: str | None
    stage: str | None
    language: str
    today: date
    asks: tuple[Ask, ...] = ()
    history: tuple[str, ...] = ()
    previous: str | None = None
    instruction: str | None = None
    purpose: str | None = None
    facts: tuple[str, ...] = ()
    asked_for: str = ""
    style: Style | None = None
    habits: tuple[HabitRule, ...] = ()
    chat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """Plain text. `confidence` is the stated probability of a human reply within seven days.
    `subject` only of a mail that begins a thread."""

    body: str
    confidence: float
    reason: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a call cost. `cost` is None when the model has no known price: unpriced is not free."""

    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal | None = Decimal(0)
    latency_ms: int = 0
    attempts: int = 1
