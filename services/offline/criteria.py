"""Puts the rules together: which criteria does a sentence show?"""

from collections.abc import Iterator
from datetime import date

from services.offline.budget import find_budget
from services.offline.context import DENIED, ELSEWHERE, HYPOTHETICAL
from services.offline.people_rules import AUTHORITY, CHAMPION, DECISION_PROCESS, ECONOMIC_BUYER
from services.offline.problem_rules import DECISION_CRITERIA, METRICS, NEED, PAIN
from services.offline.rules import Rule, best
from services.offline.text import Sentence
from services.offline.timeline import find_timeline
from services.offline.values import short_value
from services.offline.wider_rules import (
    MORE_AUTHORITY,
    MORE_CHAMPION,
    MORE_CRITERIA,
    MORE_METRICS,
    MORE_NEED,
    MORE_PAIN,
    MORE_PROCESS,
)
from services.types.model import Finding
from services.types.qualification import Criterion

_BY_RULES: tuple[tuple[Criterion, tuple[Rule, ...]], ...] = (
    (Criterion.AUTHORITY, AUTHORITY + MORE_AUTHORITY),
    (Criterion.NEED, NEED + MORE_NEED),
    (Criterion.METRICS, METRICS + MORE_METRICS),
    (Criterion.ECONOMIC_BUYER, ECONOMIC_BUYER),
    (Criterion.DECISION_CRITERIA, DECISION_CRITERIA + MORE_CRITERIA),
    (Criterion.DECISION_PROCESS, DECISION_PROCESS + MORE_PROCESS),
    (Criterion.IDENTIFY_PAIN, PAIN + MORE_PAIN),
    (Criterion.CHAMPION, CHAMPION + MORE_CHAMPION),
)


def find_criteria(sentence: Sentence, today: date) -> Iterator[Finding]:
    """Every criterion the sentence shows, with the sentence as its proof."""
    budget = find_budget(sentence.statement, sentence.flat)
    if budget:
        yield _finding(Criterion.BUDGET, budget[0], budget[1], sentence)
    said = sentence.statement
    if not said:
        return
    timeline = find_timeline(said, today)
    if timeline:
        yield _finding(Criterion.TIMELINE, timeline[0], timeline[1], sentence)
    if ELSEWHERE.search(said) or HYPOTHETICAL.search(said):
        return
    shown: set[str] = set()
    for criterion, rules in _BY_RULES:
        found = best(rules, said)
        if found and not (criterion in _DENIABLE and _is_denied(said, found[1].start())):
            value = short_value(criterion, said, found[0], found[1].start())
            if criterion is Criterion.ECONOMIC_BUYER and value in shown:
                # Who decides and who holds the money are two things to know about one person.
                value = f"{value}, approves the spending"
            shown.add(value)
            yield _finding(criterion, value, found[0].confidence, sentence)


_DENIABLE = frozenset(
    {Criterion.CHAMPION, Criterion.NEED, Criterion.METRICS, Criterion.ECONOMIC_BUYER}
)


def _is_denied(said: str, start: int) -> bool:
    """A 'not' right before what was found turns it round."""
    return DENIED.search(said[max(0, start - 14) : start]) is not None


def _finding(criterion: Criterion, value: str, confidence: float, sentence: Sentence) -> Finding:
    return Finding(
        criterion=criterion,
        value=" ".join(value.split()),
        confidence=min(confidence, 0.95),
        quote=sentence.quote,
    )
