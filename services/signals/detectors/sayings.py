"""What people of the customer said that means something: from what reading each mail has found, or
by the offline rules where it wasn't read. Pure; what a text says is remembered, since ten detectors
ask."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.offline.asks import find_ask
from services.offline.budget import find_budget
from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.rules import Rule
from services.offline.signals import find_signals
from services.offline.text import Sentence, sentences
from services.offline.timeline import find_timeline
from services.signals.detectors.seen import believed
from services.signals.detectors.words import CALLED_OFF, EXPANSION, FURTHER, MORE
from services.types.model import Finding, Signal, SignalKind
from services.types.qualification import Criterion
from services.types.signals import AccountFacts, SeenText

WINDOW = timedelta(days=45)
MOST_TEXTS = 80
"""The newest: an account that writes more says the same in its newest ones."""
_MOST_TEXT = 20_000
_LONGEST_SENTENCE = 1_000
_BUYING_ANEW = frozenset({"ready to buy", "strong interest"})
# A model names what it finds in its own short words; these give them the names the rules use.
_NAMED: tuple[tuple[SignalKind, str, str], ...] = (
    (SignalKind.RISK, "competitor named", r"compet|rival|alternative|other vendor"),
    (SignalKind.RISK, "cancellation", r"cancel|churn|terminat|renew|leav(?:e|ing) us"),
    (SignalKind.RISK, "budget cut", r"budget|funding|freeze|afford"),
    (SignalKind.RISK, "price objection", r"pric|cost|expens"),
    (SignalKind.RISK, "champion leaving", r"champion|sponsor|contact (?:leaving|left)"),
    (SignalKind.RISK, "escalation", r"escalat|legal"),
    (SignalKind.RISK, "dissatisfaction", r"dissatisf|unhapp|frustrat|complain|disappoint"),
    (SignalKind.RISK, "going quiet", r"hold|postpon|delay|priorit|stall|quiet"),
    (SignalKind.RISK, "deal lost", r"lost|declin|reject|not interested"),
    (SignalKind.BUYING, MORE, r"expan|upsell|more seats|additional|rollout|upgrade"),
    (SignalKind.BUYING, "pricing asked", r"pric|quote|cost|discount"),
    (SignalKind.BUYING, "contract requested", r"contract|order form|paperwork|legal"),
    (SignalKind.BUYING, "ready to buy", r"ready|commit|sign|decid|purchase|verbal|go.?ahead"),
    (SignalKind.BUYING, "budget stated", r"budget|fund"),
    (SignalKind.BUYING, "timeline named", r"timeline|deadline|urgen|date"),
    (SignalKind.BUYING, "stakeholder added", r"stakeholder|executive|introduc"),
    (SignalKind.BUYING, "next step proposed", r"next step|demo|meeting|pilot|trial|call"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that means `name`, verbatim, and how sure reading it made us."""

    text: SeenText
    name: str
    confidence: float
    quote: str


def recent(facts: AccountFacts) -> list[SeenText]:
    """What may be quoted of the last weeks, oldest first."""
    return believed(facts, facts.now - WINDOW)[-MOST_TEXTS:]


def sayings(facts: AccountFacts) -> Iterator[Said]:
    """What was said lately, oldest first. Of a text, each name's sentences in their order."""
    for text in recent(facts):
        for signal in said_in(text):
            if signal.evidence in text.text:
                yield Said(text, signal.name, signal.confidence, signal.evidence)


def said_in(text: SeenText) -> Sequence[Signal]:
    words = text.text[:_MOST_TEXT]
    if text.signals is None:
        return _joined((*_read(words, text.happened_at.date()), *_further(words)), _wishes(words))
    return _joined((*map(named, text.signals), *_further(words)), _wishes(words))


def _joined(found: Iterable[Signal], wishes: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """Who asks for more of what they have buys nothing new: such a sentence says only that."""
    more = {wish.evidence for wish in wishes}
    kept = (one for one in found if one.evidence not in more or one.name not in _BUYING_ANEW)
    return (*kept, *wishes)


def named(signal: Signal) -> Signal:
    """The signal under the name that the rules have for it, whatever a model called it."""
    for kind, name, pattern in _NAMED:
        if signal.kind is kind and re.search(pattern, signal.name, re.IGNORECASE):
            return Signal(
                kind=kind, name=name, confidence=signal.confidence, evidence=signal.evidence
            )
    return signal


def cancelled_by(text: SeenText) -> list[str]:
    """The sentences that call a meeting off."""
    return [one.quote for one in _sentences(text.text[:_MOST_TEXT]) if CALLED_OFF.search(one.flat)]


@lru_cache(maxsize=500)
def _read(text: str, day: date) -> tuple[Signal, ...]:
    found: list[Signal] = []
    for sentence in _sentences(text):
        ask = find_ask(sentence, day)
        found += find_signals(sentence, ask, tuple(_findings(sentence, day)))
    return tuple(found)


@lru_cache(maxsize=500)
def _further(text: str) -> tuple[Signal, ...]:
    """What the rules of services/offline don't know."""
    return tuple(
        Signal(kind=kind, name=one.name, confidence=one.confidence, evidence=sentence.quote)
        for sentence in _sentences(text)
        for kind, one in FURTHER
        if _holds((one,), sentence) is not None
    )


def _findings(sentence: Sentence, day: date) -> Iterator[Finding]:
    """What a sign of buying may rest on: money and a date."""
    money = find_budget(sentence.statement, sentence.flat)
    when = find_timeline(sentence.statement, day) if sentence.statement else None
    for criterion, found in ((Criterion.BUDGET, money), (Criterion.TIMELINE, when)):
        if found is not None:
            value, confidence = found
            yield Finding(
                criterion=criterion, value=value, confidence=confidence, quote=sentence.quote
            )


@lru_cache(maxsize=500)
def _wishes(text: str) -> tuple[Signal, ...]:
    """Sentences that ask for more of what they have."""
    return tuple(
        Signal(kind=SignalKind.BUYING, name=MORE, confidence=found, evidence=sentence.quote)
        for sentence in _sentences(text)
        if (found := _holds(EXPANSION, sentence)) is not None
    )


def _holds(rules: Iterable[Rule], sentence: Sentence) -> float | None:
    flat = sentence.flat
    if HYPOTHETICAL.search(flat) or ELSEWHERE.search(flat):
        return None
    return max((one.confidence for one in rules if one.match(flat)), default=None)


def _sentences(text: str) -> list[Sentence]:
    return [one for one in sentences(text) if len(one.quote) <= _LONGEST_SENTENCE]
