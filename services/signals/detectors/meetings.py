"""Meeting cancelled twice: two that were called off, or one twice, and none stands now."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from services.signals.detectors.pure import finding, rules
from services.signals.detectors.sayings import cancelled_by
from services.signals.detectors.seen import believed, on_sale, quoted
from services.signals.grading import Piece, freshness, rising
from services.signals.saying import count, day, names
from services.types.signals import (
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SeenMeeting,
    SignalName,
)

WINDOW = timedelta(days=60)
TWICE = 2


def look(facts: AccountFacts) -> Iterator[Detected]:
    off = [
        one for one in facts.meetings if one.cancellations and facts.now - one.changed_at <= WINDOW
    ]
    times = sum(one.cancellations for one in off)
    if times < TWICE or not on_sale(facts) or _stands(facts, off):
        return
    fresh = freshness(max(one.changed_at for one in off), facts.now)
    titles = names(dict.fromkeys(one.title or "a meeting" for one in off))
    words = f"Called off {count(times, 'time')} in two months: {titles}"
    newest = max(off, key=lambda one: (one.changed_at, one.id))
    pieces = [
        Piece(_fact(newest, words), fresh * (0.55 + 0.2 * rising(times, 2, 4))),
        Piece(
            _fact(newest, f"No meeting with {facts.account_name} is planned any more"), fresh * 0.35
        ),
        *_each(facts, off, fresh),
        *_said(facts),
    ]
    yield finding(SignalName.MEETING_CANCELLED, pieces, words)


def _stands(facts: AccountFacts, off: Sequence[SeenMeeting]) -> bool:
    """A meeting is planned, or took place since."""
    since = max(one.changed_at for one in off)
    return any(one.status == "scheduled" and one.starts_at > since for one in facts.meetings)


def _each(facts: AccountFacts, off: Sequence[SeenMeeting], fresh: float) -> list[Piece]:
    """Where it was several, each is a fact of its own."""
    if len(off) < TWICE:
        return []
    return [
        Piece(
            _fact(
                one,
                f"{one.title or 'A meeting'} of {day(one.starts_at, facts.now)} was called off on "
                f"{day(one.changed_at, facts.now)}",
            ),
            fresh * 0.25,
        )
        for one in off
    ]


def _said(facts: AccountFacts) -> list[Piece]:
    """How they put it."""
    return [
        Piece(quoted(text, quote), 0.35 * freshness(text.happened_at, facts.now))
        for text in believed(facts, facts.now - WINDOW)
        for quote in cancelled_by(text)
    ]


def _fact(meeting: SeenMeeting, words: str) -> Evidence:
    return Evidence(
        source=EvidenceSource.MEETING, source_id=meeting.id, at=meeting.changed_at, words=words
    )


MEETING_CANCELLED = rules(SignalName.MEETING_CANCELLED, look)
