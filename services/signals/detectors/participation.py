"""Fewer or more people taking part: everybody of the customer who writes, or whom they keep on
their mails, lately against before. Whom only we copy takes no part."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.signals.detectors.pure import Rules, finding
from services.signals.detectors.seen import believed, figure, on_sale
from services.signals.grading import Piece, rising
from services.signals.saying import count, day, names
from services.types.signals import AccountFacts, Detected, SeenText, SignalName

LATELY, BEFORE = timedelta(days=35), timedelta(days=80)
LONGEST_TALK = 30
FEWEST_TEXTS, FEWEST_TEXTS_BEFORE = 3, 2
FEWEST_BEFORE = 3
"""People there must have been before for fewer to say something."""
DIFFERENCE = 2
EXPECTED = 2.5
"""So often those who are missing would be on the latest mails at their pace before: with fewer,
nobody among so few mails is chance."""


@dataclass(frozen=True, slots=True)
class Split:
    """The texts of a talk up to a moment, and those after it."""

    before: Sequence[SeenText]
    lately: Sequence[SeenText]

    @property
    def now(self) -> dict[str, SeenText]:
        return _people(self.lately)

    @property
    def then(self) -> dict[str, SeenText]:
        return _people(self.before)

    @property
    def words(self) -> str:
        people = count(len(self.now), "person", "people")
        mails = count(len(self.lately), "message")
        return (
            f"{people} took part in their last {mails}, {len(self.then)} in the "
            f"{len(self.before)} before"
        )


def look(facts: AccountFacts) -> Iterator[Detected]:
    if not on_sale(facts):
        return
    splits = list(_splits(facts))
    for found in (
        [one for split in splits for one in _shrinking(facts, split)],
        [one for split in splits for one in _growing(facts, split)],
    ):
        if found:
            yield max(found, key=lambda one: (one.confidence, one.why))


def _splits(facts: AccountFacts) -> Iterator[Split]:
    """Every way to part the latest weeks from what was before: people come and go on no first of
    a month."""
    talk = [
        text for text in believed(facts) if text.people and facts.now - text.happened_at <= BEFORE
    ][-LONGEST_TALK:]
    for place in range(FEWEST_TEXTS_BEFORE, len(talk) - FEWEST_TEXTS + 1):
        split = Split(before=talk[:place], lately=talk[place:])
        if facts.now - split.lately[0].happened_at <= LATELY:
            yield split


def _shrinking(facts: AccountFacts, split: Split) -> Iterator[Detected]:
    now, then = split.now, split.then
    away = {
        text.sender_email
        for text in facts.texts
        if text.returns_on is not None and text.returns_on > facts.now
    }
    missing = {who: text for who, text in then.items() if who not in now and who not in away}
    usual = _times(missing, split.before) * len(split.lately) / len(split.before)
    fewer = len(then) >= FEWEST_BEFORE and len(then) - len(now) >= DIFFERENCE
    if not fewer or len(missing) < DIFFERENCE or usual < EXPECTED:
        return
    drop = (len(then) - len(now)) / len(then)
    quiet = names(sorted(_called(facts, who) for who in missing))
    last = max(text.happened_at for text in missing.values())
    gone = f"{quiet} take no part since {day(last, facts.now)}"
    counted = figure(split.words, [*split.before, *split.lately], split.lately[0].happened_at)
    pieces = [
        Piece(counted, 0.35 + 0.3 * rising(drop, 0.4, 0.8)),
        Piece(figure(gone, missing.values()), 0.3 + 0.3 * rising(usual, EXPECTED, 8)),
    ]
    yield finding(SignalName.PARTICIPATION_SHRINKING, pieces, split.words)


def _growing(facts: AccountFacts, split: Split) -> Iterator[Detected]:
    now, then = split.now, split.then
    earlier = _people(
        text for text in facts.texts if text.happened_at < split.lately[0].happened_at
    )
    new = {who: text for who, text in _first(split.lately).items() if who not in earlier}
    if len(now) - len(then) < DIFFERENCE or len(new) < DIFFERENCE:
        return
    joined = f"New in the talk: {names(sorted(_called(facts, who) for who in new))}"
    growth = len(now) / max(len(then), 1)
    counted = figure(split.words, [*split.before, *split.lately], split.lately[0].happened_at)
    pieces = [
        Piece(counted, 0.45 + 0.3 * rising(growth, 1.2, 3)),
        Piece(figure(joined, new.values()), 0.35 + 0.2 * rising(len(new), 1, 4)),
    ]
    yield finding(SignalName.PARTICIPATION_GROWING, pieces, split.words)


def _times(people: Iterable[str], texts: Sequence[SeenText]) -> int:
    """On how many of these texts these people are, counted each."""
    return sum(who in text.people for text in texts for who in people)


def _people(texts: Iterable[SeenText]) -> dict[str, SeenText]:
    """Everybody who takes part, with the last text they are on."""
    return {who: text for text in texts for who in text.people}


def _first(texts: Iterable[SeenText]) -> dict[str, SeenText]:
    """Everybody who takes part, with the first text they are on."""
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
