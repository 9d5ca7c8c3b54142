"""Finds signs of buying, of risk and of a changed engagement in a sentence."""

from collections.abc import Iterator

from services.offline.budget import find_shortage
from services.offline.competitors import find_competitor
from services.offline.context import ELSEWHERE, HYPOTHETICAL, OTHERS
from services.offline.expansion_rules import EXPANSION
from services.offline.leaving_rules import LEAVING
from services.offline.ready_rules import READY
from services.offline.rules import Rule, best
from services.offline.signal_rules import BUYING, ENDING, ENGAGEMENT, RISK
from services.offline.text import Sentence
from services.offline.unhappy_rules import UNHAPPY
from services.offline.wider_rules import MORE_BUYING, MORE_RISK
from services.types.model import Ask, AskKind, Finding, Sign, Signal, signal_of
from services.types.qualification import Criterion

_ASKED = {AskKind.PRICING: Sign.PRICING_ASKED, AskKind.CONTRACT: Sign.CONTRACT_REQUESTED}
_SURE_ASK, _SURE_DATE, _SURE_BUDGET = 0.75, 0.85, 0.7
_BUYING_ANEW = frozenset({Sign.READY_TO_BUY, Sign.STRONG_INTEREST})
_COMPLAINTS = frozenset({Sign.DISSATISFACTION, Sign.ESCALATION})


def find_signals(
    sentence: Sentence, ask: Ask | None, findings: tuple[Finding, ...]
) -> tuple[Signal, ...]:
    """At most one signal per name, the surest; what a risk explains is no buying sign."""
    risks = {signal.name: signal for signal in _risks(sentence)}
    engagement = tuple(_by_rules(ENGAGEMENT, sentence))
    hard = any(name is not Sign.COMPETITOR_NAMED for name in risks)
    buying = () if hard else _buying(sentence, ask, findings)
    return (*buying, *risks.values(), *engagement)


def _by_rules(rules: tuple[Rule, ...], sentence: Sentence) -> Iterator[Signal]:
    text = sentence.flat
    if ELSEWHERE.search(text) or HYPOTHETICAL.search(text):
        return
    found = best(rules, text)
    if found:
        yield signal_of(Sign(found[0].name), found[0].confidence, sentence.quote)


def _risks(sentence: Sentence) -> Iterator[Signal]:
    for found in _by_rules(RISK + MORE_RISK + LEAVING + UNHAPPY, sentence):
        if found.name not in _COMPLAINTS or not OTHERS.search(sentence.flat):
            yield found
    shortage = find_shortage(sentence.statement) if sentence.statement else None
    if shortage:
        yield signal_of(Sign(shortage[0].name), shortage[0].confidence, sentence.quote)
    competitor = find_competitor(sentence.flat)
    if competitor and not ELSEWHERE.search(sentence.flat):
        yield signal_of(Sign.COMPETITOR_NAMED, competitor[1], sentence.quote)


def _buying(
    sentence: Sentence, ask: Ask | None, findings: tuple[Finding, ...]
) -> tuple[Signal, ...]:
    found = {one.name: one for one in _by_rules(BUYING + MORE_BUYING + READY, sentence)}
    for wish in _by_rules(EXPANSION, sentence):
        # Who asks for more of what they have buys nothing new.
        found = {name: one for name, one in found.items() if name not in _BUYING_ANEW}
        found[wish.name] = wish
    if ask is not None and ask.kind in _ASKED and not ENDING.search(sentence.flat):
        name = _ASKED[ask.kind]
        found.setdefault(name, signal_of(name, _SURE_ASK, sentence.quote))
    for finding in findings:
        if finding.criterion is Criterion.TIMELINE and finding.confidence >= _SURE_DATE:
            found.setdefault(
                Sign.TIMELINE_NAMED, signal_of(Sign.TIMELINE_NAMED, 0.6, sentence.quote)
            )
        if finding.criterion is Criterion.BUDGET and finding.confidence >= _SURE_BUDGET:
            found.setdefault(Sign.BUDGET_STATED, signal_of(Sign.BUDGET_STATED, 0.7, sentence.quote))
    return tuple(found.values())
