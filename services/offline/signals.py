"""Finds signs of buying, of risk and of a changed engagement in a sentence."""

import re
from collections.abc import Iterator

from services.offline.budget import find_shortage
from services.offline.competitors import find_competitor
from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.rules import Rule, best
from services.offline.signal_rules import BUYING, ENGAGEMENT, RISK
from services.offline.text import Sentence
from services.offline.wider_rules import MORE_BUYING, MORE_RISK
from services.types.model import Ask, AskKind, Finding, Signal, SignalKind
from services.types.qualification import Criterion

_ASKED = {
    AskKind.PRICING: ("pricing asked", 0.75),
    AskKind.CONTRACT: ("contract requested", 0.75),
}
_SURE_DATE = 0.85
# Whoever asks how a contract ends asks for none.
_ENDING = re.compile(
    r"\b(?:terminat\w*|cancel\w*|notice periods?|end(?:ing)? (?:the|our|this)|kündig\w*|résili\w*"
    r"|rescind\w*|disdett\w*|recesso|opzeg\w*|rescis\w*|uppsägning\w*|säga upp)\b",
    re.IGNORECASE,
)


def find_signals(
    sentence: Sentence, ask: Ask | None, findings: tuple[Finding, ...]
) -> tuple[Signal, ...]:
    """At most one signal per kind and name, the surest; what a risk explains is no buying sign."""
    risks = {signal.name: signal for signal in _risks(sentence)}
    engagement = tuple(_by_rules(ENGAGEMENT, SignalKind.ENGAGEMENT, sentence))
    hard = any(name != "competitor named" for name in risks)
    buying = () if hard else _buying(sentence, ask, findings)
    return (*buying, *risks.values(), *engagement)


def _by_rules(rules: tuple[Rule, ...], kind: SignalKind, sentence: Sentence) -> Iterator[Signal]:
    text = sentence.flat
    if ELSEWHERE.search(text) or HYPOTHETICAL.search(text):
        return
    found = best(rules, text)
    if found:
        yield _signal(kind, found[0].name, found[0].confidence, sentence)


def _risks(sentence: Sentence) -> Iterator[Signal]:
    yield from _by_rules(RISK + MORE_RISK, SignalKind.RISK, sentence)
    shortage = find_shortage(sentence.statement) if sentence.statement else None
    if shortage:
        yield _signal(SignalKind.RISK, shortage[0].name, shortage[0].confidence, sentence)
    competitor = find_competitor(sentence.flat)
    if competitor and not ELSEWHERE.search(sentence.flat):
        yield _signal(SignalKind.RISK, "competitor named", competitor[1], sentence)


def _buying(
    sentence: Sentence, ask: Ask | None, findings: tuple[Finding, ...]
) -> tuple[Signal, ...]:
    found = {
        signal.name: signal
        for signal in _by_rules(BUYING + MORE_BUYING, SignalKind.BUYING, sentence)
    }
    if ask is not None and ask.kind in _ASKED:
        name, confidence = _ASKED[ask.kind]
        if ask.kind is not AskKind.CONTRACT or not _ENDING.search(sentence.flat):
            found.setdefault(name, _signal(SignalKind.BUYING, name, confidence, sentence))
    for finding in findings:
        if finding.criterion is Criterion.TIMELINE and finding.confidence >= _SURE_DATE:
            found.setdefault(
                "timeline named", _signal(SignalKind.BUYING, "timeline named", 0.6, sentence)
            )
        if finding.criterion is Criterion.BUDGET and finding.confidence >= 0.7:  # noqa: PLR2004 - stated
            found.setdefault(
                "budget stated", _signal(SignalKind.BUYING, "budget stated", 0.7, sentence)
            )
    return tuple(found.values())


def _signal(kind: SignalKind, name: str, confidence: float, sentence: Sentence) -> Signal:
    return Signal(kind=kind, name=name, confidence=confidence, evidence=sentence.quote)
