"""Tone turned for the worse: how a person writes lately against how they wrote before."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import mean

from services.signals.detectors.pure import finding, rules
from services.signals.detectors.seen import believed, by_person, called, figure, quoted
from services.signals.detectors.tone import sharp_sentences, tone_of
from services.signals.grading import Piece, freshness, rising
from services.signals.saying import count, day
from services.types.signals import AccountFacts, Detected, SeenContact, SeenText, SignalName

LATELY = timedelta(days=28)
FEWEST_LATELY, FEWEST_BEFORE = 2, 3
FRIENDLY = 0.2
"""Where it was as friendly as this before, two texts tell; else `FEWEST_BEFORE` do."""
MOST_LATELY, MOST_BEFORE = 4, 25
TURN = 0.4
"""The mean tone must have fallen by so much, on a scale from -1 to 1."""
SHARP = -0.1
_QUOTES = 3


def look(facts: AccountFacts) -> Iterator[Detected]:
    if facts.lifecycle == "churned":
        return
    for _, texts in by_person(text for text in believed(facts) if text.text.strip()):
        found = _of(facts, texts)
        if found is not None:
            yield found


def _of(facts: AccountFacts, texts: Sequence[SeenText]) -> Detected | None:
    """Their last few texts against those before: not split at a day, so that a turn of yesterday
    isn't hidden by the friendly week before it."""
    best: tuple[float, Sequence[SeenText], Sequence[SeenText]] | None = None
    for number in range(FEWEST_LATELY, MOST_LATELY + 1):
        lately, before = texts[-number:], texts[:-number][-MOST_BEFORE:]
        if not _told(before) or facts.now - lately[0].happened_at > LATELY:
            break
        fall = _tone(before) - _tone(lately)
        if _tone(lately) <= SHARP and (best is None or fall > best[0]):
            best = (fall, lately, before)
    return _turned(facts, *best) if best is not None and best[0] >= TURN else None


def _turned(
    facts: AccountFacts, fall: float, lately: Sequence[SeenText], before: Sequence[SeenText]
) -> Detected:
    name = called(lately[-1])
    sharp = [text for text in lately if tone_of(text.text) < SHARP]
    earlier = [text for text in before if tone_of(text.text) < SHARP]
    words = (
        f"{name} wrote sharply in {len(sharp)} of the last {count(len(lately), 'message')}, in "
        f"{len(earlier)} of {len(before)} before"
    )
    fresh = freshness(lately[-1].happened_at, facts.now)
    pieces = [
        Piece(
            figure(words, [*before, *lately], lately[0].happened_at),
            fresh * (0.45 + 0.3 * rising(fall, TURN, 1.2)),
        ),
        *_quotes(facts, sharp),
    ]
    why = f"{words}, the last on {day(lately[-1].happened_at, facts.now)}"
    return finding(SignalName.SENTIMENT_TURN, pieces, why, contact=_contact(facts, lately[-1]))


def _quotes(facts: AccountFacts, sharp: Sequence[SeenText]) -> list[Piece]:
    """The sharpest sentence of each text, then the second."""
    ranked = [
        (place, text, quote)
        for text in reversed(sharp)
        for place, quote in enumerate(sharp_sentences(text.text)[:2])
    ]
    chosen = sorted(ranked, key=lambda one: one[0])[:_QUOTES]
    return [
        Piece(quoted(text, quote), (0.45 - 0.1 * place) * freshness(text.happened_at, facts.now))
        for place, text, quote in chosen
    ]


def _told(before: Sequence[SeenText]) -> bool:
    """Whether they say how it was."""
    fewer = FEWEST_BEFORE - 1
    return len(before) >= FEWEST_BEFORE or (len(before) == fewer and _tone(before) >= FRIENDLY)


def _tone(texts: Sequence[SeenText]) -> float:
    return mean(tone_of(text.text) for text in texts)


def _contact(facts: AccountFacts, text: SeenText) -> SeenContact | None:
    return next(
        (
            one
            for one in facts.contacts
            if one.id == text.contact_id or one.email == text.sender_email
        ),
        None,
    )


SENTIMENT_TURN = rules(SignalName.SENTIMENT_TURN, look)
