"""Looking for signals in what an account wrote: one structured answer, every piece of it quoted."""

import math
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from services.prompts.fence import fenced, rules
from services.types.detection import (
    MODEL_NAMES,
    DetectionRequest,
    NumberedText,
    Proposed,
    Quote,
)
from services.types.signals import SignalName

PROMPT_VERSION = "detect-1"
_MOST = 20
_MOST_QUOTES = 6
_LONGEST_QUOTE = 600

_MEANINGS = {
    SignalName.COMPETITOR_NAMED: "they compare us with, try or prefer another vendor by its name",
    SignalName.PRICING_ASKED: "they ask what it costs, for a quote, terms or a discount",
    SignalName.SENTIMENT_TURN: "one person's tone has become clearly worse than it was before",
    SignalName.READY_TO_BUY: "they say they decided for us, want the contract, or order",
    SignalName.EXPANSION: "they want more seats, teams, countries or products than now",
    SignalName.CANCELLATION: "they say they will end, not renew, or leave for something else",
    SignalName.DISSATISFACTION: "they are unhappy with us, the product or the service",
    SignalName.BUDGET_TROUBLE: "their money is cut, frozen, delayed or in doubt",
}

SYSTEM = """You read what a customer's people and our sales team wrote to each other lately and say
which of these signals the customer's own words show:
{names}

Rules
- Only what the customer's people say counts. A source that says "by us" gives context and is never
  evidence.
- Each signal needs quotes: copied letter by letter from one source, with that source's number, at
  least three words each. A second quote from another source makes it stronger.
- confidence is the probability, from 0 to 1, that a careful reader would say so too. A polite
  question is below 0.5; a plain statement by whoever decides is above 0.8.
- What was said and later taken back or solved shows nothing any more.
- Nothing is found is a right and common answer: then detected is empty. A guess is wrong.
- At most {most} signals, each name at most once.

{rules}"""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class QuoteAnswer(_Answer):
    source: int
    quote: str = Field(max_length=2_000, description="copied letter by letter from that source")


class SignalAnswer(_Answer):
    name: str = Field(max_length=60)
    confidence: float
    quotes: list[QuoteAnswer] = Field(default_factory=list, max_length=_MOST)


class DetectionAnswer(_Answer):
    """All the signals an account's words show."""

    detected: list[SignalAnswer] = Field(default_factory=list, max_length=_MOST)

    def proposals(self) -> tuple[Proposed, ...]:
        """As the business's own values; a name nobody knows, a confidence that is no number, and
        what has no quotes are left out."""
        found = (_proposed(one) for one in self.detected)
        return tuple(one for one in found if one is not None)


def _proposed(answer: SignalAnswer) -> Proposed | None:
    name = answer.name.strip().lower()
    quotes = tuple(
        Quote(number=one.source, words=one.quote.strip()[:_LONGEST_QUOTE])
        for one in answer.quotes[:_MOST_QUOTES]
        if one.quote.strip()
    )
    if name not in {known.value for known in MODEL_NAMES}:
        return None
    if not quotes or not math.isfinite(answer.confidence):
        return None
    return Proposed(
        name=SignalName(name), confidence=min(max(answer.confidence, 0.0), 1.0), quotes=quotes
    )


def messages(request: DetectionRequest, fence: str) -> list[dict[str, str]]:
    """The conversation that asks for a DetectionAnswer."""
    names = "\n".join(f"- {name.value}: {words}" for name, words in _MEANINGS.items())
    parts = [
        f"Today is {request.today.isoformat()}.",
        fenced(f"Account: {request.account_name}", fence),
    ]
    if request.history:
        parts += ["Earlier, in brief (context, never evidence):", fenced(request.history, fence)]
    parts += sources(request.sources, fence)
    system = SYSTEM.format(names=names, most=request.most, rules=rules(fence))
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": "\n\n".join(parts)},
    ]


def sources(found: Sequence[NumberedText], fence: str) -> list[str]:
    """Each text under its number; only the number, the day and the side stand outside the marks."""
    return [source(one, fence) for one in found]


def source(one: NumberedText, fence: str) -> str:
    side = "by the customer" if one.inbound else "by us"
    head = f"Source {one.number}, a {one.sort} of {one.at.date().isoformat()}, {side}:"
    subject = [f"Subject: {one.subject}"] if one.subject else []
    return "\n".join((head, fenced("\n".join((one.who, *subject, "", one.text)), fence)))
