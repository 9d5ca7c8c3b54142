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

LATELY = timedelta(days=35)
FEWEST_LATELY, FEWEST_BEFORE = 4, 6
LONGEST = timedelta(days=30)
"""What comes later than that is no answer to it."""
TIMES = 2.0
SLOWER = 1.0
"""Working days that the median must have grown by: hours more are noise. And two of three must be
slower than three of four were before."""


@dataclass(frozen=True, slots=True)
class Answer:
    to: SeenText
    text: SeenText

    @property
    def took(self) -> float:
        return workdays(self.to.happened_at, self.text.happened_at)


def look(facts: AccountFacts) -> Iterator[Detected]:
    if not on_sale(facts):
        return
    told = answers(facts)
    start = facts.now - LATELY
    lately = [one for one in told if one.text.happened_at > start]
    before = [one for one in told if one.text.happened_at <= start]
    if len(lately) < FEWEST_LATELY or len(before) < FEWEST_BEFORE:
        return
    now, usual, slow = _middle(lately), _middle(before), _slow(before)
    slower = [one for one in lately if one.took > slow]
    if now < usual * TIMES or now - usual < SLOWER or len(slower) * 3 < len(lately) * 2:
        return
    times = now / max(usual, 1 / 24)
    words = (
        f"They answer in {span(now)} (median of {len(lately)}), before in {span(usual)} "
        f"(of {len(before)})"
    )
    share = (
        f"{len(slower)} of their last {count(len(lately), 'answer')} took longer than "
        f"{span(slow)}, which three of four kept to before"
    )
    pieces = [
        Piece(_counted(words, [*before, *lately]), 0.5 + 0.3 * rising(log2(times), 1, 3)),
        Piece(_counted(share, slower), 0.3 + 0.2 * rising(len(slower), 2, 6)),
        *_pending(facts, usual),
    ]
    yield finding(SignalName.REPLY_DRIFT, pieces, words)


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
            told.append(Answer(to=to, text=text))
    return told


def _middle(told: Sequence[Answer]) -> float:
    return median(one.took for one in told)


def _slow(told: Sequence[Answer]) -> float:
    """What three of four stayed under."""
    taken = sorted(one.took for one in told)
    return taken[len(taken) * 3 // 4]


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
