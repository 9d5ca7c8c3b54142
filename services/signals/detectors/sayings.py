"""What people of the customer said that means something: from what reading each mail has found, or
by the offline rules where it wasn't read. Pure; what a text says is remembered, since ten detectors
ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.offline.asks import find_ask
from services.offline.budget import find_budget
from services.offline.signals import find_signals
from services.offline.text import Sentence, sentences
from services.offline.timeline import find_timeline
from services.signals.detectors.seen import believed
from services.signals.detectors.words import CALLED_OFF
from services.types.model import Finding, Signal
from services.types.qualification import Criterion
from services.types.signals import AccountFacts, SeenText

WINDOW = timedelta(days=45)
MOST_TEXTS = 80
"""The newest: an account that writes more says the same in its newest ones."""
_MOST_TEXT = 20_000
_LONGEST_SENTENCE = 1_000


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
    if text.signals is not None:
        return text.signals
    return _read(text.text[:_MOST_TEXT], text.happened_at.date())


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


def _sentences(text: str) -> list[Sentence]:
    return [one for one in sentences(text) if len(one.quote) <= _LONGEST_SENTENCE]
