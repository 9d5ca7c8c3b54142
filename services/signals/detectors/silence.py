"""Gone quiet: nobody there has written for much longer than this account's own pauses, though we
wait for an answer."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from services.offline.asks import find_ask
from services.offline.text import sentences
from services.signals.detectors.absence import expected_back, last_promise
from services.signals.detectors.pure import finding, rules
from services.signals.detectors.seen import (
    called,
    days_written,
    figure,
    on_sale,
    quoted,
    rhythm,
    sent,
    workdays,
    written,
)
from services.signals.grading import Piece, rising
from services.signals.saying import count, day, span
from services.types.signals import AccountFacts, Detected, Evidence, SeenText, SignalName

FEWEST_PAUSES = 3
SHORTEST = 5.0
"""Working days that are never a silence, however lively it was before."""
WAITED = 2.0
"""Working days that an unanswered mail of ours must be old to count."""
UNASKED = 3
"""Days on which we wrote, that call for an answer even where nothing was asked."""
_APPOINTMENT = timedelta(days=45)


def look(facts: AccountFacts) -> Iterator[Detected]:
    theirs = written(facts)
    if not theirs or not on_sale(facts) or _meets(facts, theirs[-1]):
        return
    usual = rhythm(theirs, FEWEST_PAUSES)
    if usual is None or expected_back(facts, facts_of_them(facts)) is not None:
        return
    last = theirs[-1]
    pause = workdays(last.happened_at, facts.now)
    limit = usual.limit(SHORTEST)
    waiting = _unanswered(facts, last)
    if pause <= limit or not waiting:
        return
    since = facts.now - last.happened_at
    words = (
        f"No word for {span(since)}; until then they wrote every {_working(usual.middle)} "
        f"(from {len(days_written(theirs))} days of writing)"
    )
    pieces = [
        Piece(
            figure(words, [text for text in theirs if not text.suspicious], last.happened_at),
            0.4 + 0.45 * rising(pause / limit, 1.0, 2.0),
        ),
        Piece(_waiting_words(facts, waiting), _weight_of_waiting(waiting)),
        *_broken_promise(facts, theirs),
    ]
    why = f"{called(last)} was the last to write, on {day(last.happened_at, facts.now)}"
    yield finding(SignalName.SILENCE, pieces, why)


def _working(days: float) -> str:
    """`2 working days`: what pauses are counted in."""
    told = span(days)
    return told.replace("day", "working day") if days >= 1 else told


def facts_of_them(facts: AccountFacts) -> list[SeenText]:
    """Everything that came from their side, automatic replies among it."""
    return [text for text in facts.texts if text.inbound]


def _meets(facts: AccountFacts, last: SeenText) -> bool:
    """Whoever met us since, or has an appointment with us, isn't silent."""
    return any(
        one.status == "scheduled" and last.happened_at < one.starts_at < facts.now + _APPOINTMENT
        for one in facts.meetings
    )


def _unanswered(facts: AccountFacts, last: SeenText) -> list[SeenText]:
    """Our mails since their last word that have waited a while. When none of them asks anything,
    they may well think that nothing is owed."""
    waiting = [
        text
        for text in sent(facts, last.happened_at)
        if workdays(text.happened_at, facts.now) >= WAITED
    ]
    asked = any(map(_asks, waiting))
    return waiting if asked or len(days_written(waiting)) >= UNASKED else []


def _asks(text: SeenText) -> bool:
    read = sentences(text.text)
    return any(one.question or find_ask(one, text.happened_at.date()) for one in read)


def _waiting_words(facts: AccountFacts, waiting: Sequence[SeenText]) -> Evidence:
    first = waiting[0]
    words = (
        f"{count(len(waiting), 'mail')} of ours unanswered since "
        f"{day(first.happened_at, facts.now)}"
    )
    return figure(words, waiting, first.happened_at)


def _weight_of_waiting(waiting: Sequence[SeenText]) -> float:
    times = len(days_written(waiting))
    return 0.3 + 0.1 * any(map(_asks, waiting)) + 0.2 * rising(times, 1, 3)


def _broken_promise(facts: AccountFacts, theirs: Sequence[SeenText]) -> list[Piece]:
    promise = last_promise(theirs)
    if promise is None or promise.until > facts.now:
        return []
    return [Piece(quoted(promise.text, promise.quote), 0.4)]


SILENCE = rules(SignalName.SILENCE, look)
