"""Fewer or more people taking part: everybody of the customer on a mail or in a talk, in the last
month against the month before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from services.signals.detectors.pure import Rules, finding
from services.signals.detectors.seen import figure, on_sale
from services.signals.grading import Piece, rising
from services.signals.saying import count, day, names
from services.types.signals import AccountFacts, Detected, SeenText, SignalName

WINDOW = timedelta(days=30)
FEWEST_TEXTS = 3
FEWEST_BEFORE = 3
"""People there must have been before for fewer to say something."""
DIFFERENCE = 2
EXPECTED = 2.5
"""So often those who are missing would be on the last month's mails at the pace of the one before:
with fewer, nobody among so few mails is chance."""


def look(facts: AccountFacts) -> Iterator[Detected]:
    middle, start = facts.now - WINDOW, facts.now - 2 * WINDOW
    talk = [text for text in facts.texts if text.human and text.people and not text.suspicious]
    lately = [text for text in talk if text.happened_at > middle]
    before = [text for text in talk if start < text.happened_at <= middle]
    enough = min(len(lately), len(before)) >= FEWEST_TEXTS
    if not enough or not on_sale(facts) or not any(text.inbound for text in lately):
        return
    now, then = _people(lately), _people(before)
    if len(then) >= FEWEST_BEFORE and len(then) - len(now) >= DIFFERENCE:
        yield from _shrinking(facts, lately, before)
    if len(now) - len(then) >= DIFFERENCE:
        yield from _growing(facts, lately, before)


def _shrinking(
    facts: AccountFacts, lately: Sequence[SeenText], before: Sequence[SeenText]
) -> Iterator[Detected]:
    now, then = _people(lately), _people(before)
    away = {
        text.sender_email
        for text in facts.texts
        if text.returns_on is not None and text.returns_on > facts.now
    }
    missing = {who: text for who, text in then.items() if who not in now and who not in away}
    drop = (len(then) - len(now)) / len(then)
    usual = _expected(missing, before) * len(lately) / len(before)
    if len(missing) < DIFFERENCE or usual < EXPECTED:
        return
    words = _figures(now, then)
    quiet = names(sorted(_called(facts, who) for who in missing))
    last = max(text.happened_at for text in missing.values())
    gone = f"{quiet} {'is' if len(missing) == 1 else 'are'} on no mail since {day(last, facts.now)}"
    pieces = [
        Piece(
            figure(words, [*before, *lately], facts.now - WINDOW),
            0.35 + 0.3 * rising(drop, 0.4, 0.8),
        ),
        Piece(figure(gone, missing.values()), 0.3 + 0.3 * rising(usual, EXPECTED, 8)),
    ]
    yield finding(SignalName.PARTICIPATION_SHRINKING, pieces, words)


def _expected(people: Iterable[str], texts: Sequence[SeenText]) -> int:
    """On how many of these texts these people are, counted each."""
    return sum(who in text.people for text in texts for who in people)


def _growing(
    facts: AccountFacts, lately: Sequence[SeenText], before: Sequence[SeenText]
) -> Iterator[Detected]:
    now, then = _people(lately), _people(before)
    earlier = _people(text for text in facts.texts if text.happened_at <= lately[0].happened_at)
    new = {who: text for who, text in _first(lately).items() if who not in then | earlier}
    if not new:
        return
    words = _figures(now, then)
    joined = f"New on the mails: {names(sorted(_called(facts, who) for who in new))}"
    growth = len(now) / max(len(then), 1)
    pieces = [
        Piece(
            figure(words, [*before, *lately], facts.now - WINDOW),
            0.5 + 0.3 * rising(growth, 1.2, 3),
        ),
        Piece(figure(joined, new.values()), 0.35 + 0.2 * rising(len(new), 1, 4)),
    ]
    yield finding(SignalName.PARTICIPATION_GROWING, pieces, words)


def _figures(now: Mapping[str, SeenText], then: Mapping[str, SeenText]) -> str:
    people = count(len(now), "person", "people")
    return f"{people} took part in the last month, {len(then)} in the one before"


def _people(texts: Iterable[SeenText]) -> dict[str, SeenText]:
    """Everybody who takes part, with the last text they are on."""
    return {who: text for text in texts for who in text.people}


def _first(texts: Iterable[SeenText]) -> Mapping[str, SeenText]:
    found: dict[str, SeenText] = {}
    for text in texts:
        for who in text.people:
            found.setdefault(who, text)
    return found


def _called(facts: AccountFacts, email: str) -> str:
    """Their name where we know it."""
    for contact in facts.contacts:
        if contact.email == email and contact.name:
            return contact.name
    wrote = (text for text in facts.texts if text.sender_email == email and text.sender_name)
    return next((text.sender_name for text in wrote), email)


PARTICIPATION = Rules(
    name="rules.participation",
    names=frozenset({SignalName.PARTICIPATION_SHRINKING, SignalName.PARTICIPATION_GROWING}),
    look=look,
)
