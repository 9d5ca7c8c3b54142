"""Answering more slowly: the time until a mail of ours is answered, lately against before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log2
from statistics import median

from services.signals.detectors.pure import finding, rules
from services.signals.detectors.seen import figure, on_sale, sent, workdays
from services.signals.grading import Piece, rising
from services.signals.saying import count, span
from services.types.signals import (
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SeenText,
    SignalName,
)

LATELY = timedelta(days=42)
FEWEST_LATELY, FEWEST_BEFORE, MOST_LATELY = 3, 4, 8
LONGEST = timedelta(days=30)
"""What comes later than that is no answer to it."""
TIMES = 2.0
SLOWER = 1.0
"""Working days that the median must have grown by: hours more are noise."""
APART = 0.9
"""Of all pairs of an answer lately and one before, so many must be slower lately: a robust measure
that one long absence doesn't move."""


@dataclass(frozen=True, slots=True)
class Answer:
    to: SeenText
    text: SeenText
    took: float
    """Working days."""


@dataclass(frozen=True, slots=True)
class Drift:
    before: Sequence[Answer]
    lately: Sequence[Answer]
    apart: float

    @property
    def now(self) -> float:
        return median(one.took for one in self.lately)

    @property
    def usual(self) -> float:
        return median(one.took for one in self.before)


def look(facts: AccountFacts) -> Iterator[Detected]:
    found = [one for one in _drifts(facts) if _slower(one)] if on_sale(facts) else []
    if found:
        yield _found(facts, max(found, key=lambda one: (one.apart, len(one.lately))))


def _drifts(facts: AccountFacts) -> Iterator[Drift]:
    """The last few answers against those before, wherever the turn may lie."""
    told = answers(facts)
    for number in range(FEWEST_LATELY, min(MOST_LATELY, len(told) - FEWEST_BEFORE) + 1):
        before, lately = told[:-number], told[-number:]
        if facts.now - lately[0].text.happened_at > LATELY:
            break
        pairs = [late.took > early.took for late in lately for early in before]
        yield Drift(before, lately, sum(pairs) / len(pairs))


def _slower(drift: Drift) -> bool:
    grown = drift.now >= drift.usual * TIMES and drift.now - drift.usual >= SLOWER
    return grown and drift.apart >= APART


def _found(facts: AccountFacts, drift: Drift) -> Detected:
    before, lately = drift.before, drift.lately
    slowest = max(one.took for one in before)
    beyond = [one for one in lately if one.took > slowest]
    words = (
        f"They answer in {span(drift.now)} (median of {len(lately)}), before in "
        f"{span(drift.usual)} (of {len(before)})"
    )
    longer = (
        f"{len(beyond)} of their last {count(len(lately), 'answer')} took longer than any before "
        f"({span(slowest)} at most)"
    )
    times = log2(drift.now / max(drift.usual, 1 / 24))
    sure = rising(len(lately) * len(before), 12, 40)
    pieces = [
        Piece(_counted(words, [*before, *lately]), 0.45 + 0.2 * rising(times, 1, 3) + 0.1 * sure),
        Piece(_counted(longer, beyond), 0.3 + 0.2 * rising(len(beyond), 2, 5)),
        *_pending(facts, drift.usual),
    ]
    kept = [piece for piece in pieces if piece.evidence.of]
    return finding(SignalName.REPLY_DRIFT, kept, words)


def answers(facts: AccountFacts) -> list[Answer]:
    """Each mail of ours that got one, with the first word of theirs after it in its thread."""
    waiting: dict[object, SeenText] = {}
    told: list[Answer] = []
    for text in facts.texts:
        if text.source is not EvidenceSource.MESSAGE or not text.human:
            continue
        if not text.inbound:
            waiting.setdefault(text.conversation_id, text)
            continue
        to = waiting.pop(text.conversation_id, None)
        if to is not None and not text.suspicious and text.happened_at - to.happened_at <= LONGEST:
            took = workdays(to.happened_at, text.happened_at)
            told.append(Answer(to=to, text=text, took=took))
    return told


def _counted(words: str, told: Sequence[Answer]) -> Evidence:
    return figure(words, [text for one in told for text in (one.to, one.text)])


def _pending(facts: AccountFacts, usual: float) -> list[Piece]:
    """A mail of ours that has already waited longer than usual counts, too."""
    mails = sent(facts, facts.now - LATELY)
    last = mails[-1] if mails else None
    if last is None or any(
        text.inbound and text.human and text.happened_at > last.happened_at for text in facts.texts
    ):
        return []
    waited = workdays(last.happened_at, facts.now)
    if waited < max(usual * TIMES, 1.0):
        return []
    return [Piece(figure(f"Our last mail has waited for {span(waited)}", [last]), 0.2)]


REPLY_DRIFT = rules(SignalName.REPLY_DRIFT, look)
