"""Champion gone quiet: who spoke for us no longer writes, while others do or our mails wait."""

from collections.abc import Iterator, Sequence

from services.signals.detectors.absence import expected_back
from services.signals.detectors.pure import finding, rules
from services.signals.detectors.sayings import sayings
from services.signals.detectors.seen import (
    believed,
    days_written,
    figure,
    is_by,
    on_sale,
    quoted,
    rhythm,
    sent,
    workdays,
    written,
    wrote,
)
from services.signals.grading import Piece, freshness, rising
from services.signals.saying import count, day, span
from services.types.model import Sign
from services.types.signals import AccountFacts, Detected, SeenContact, SeenText, SignalName

FEWEST_PAUSES = 2
SHORTEST = 7.0


def look(facts: AccountFacts) -> Iterator[Detected]:
    if not on_sale(facts):
        return
    for contact in facts.contacts:
        found = _of(facts, contact) if contact.champion else None
        if found is not None:
            yield found


def _of(facts: AccountFacts, contact: SeenContact) -> Detected | None:
    theirs = wrote(contact, written(facts))
    usual = rhythm(theirs, FEWEST_PAUSES)
    from_them = [text for text in facts.texts if text.inbound and is_by(contact, text)]
    if usual is None or expected_back(facts, from_them) is not None:
        return None
    last = theirs[-1]
    pause, limit = workdays(last.happened_at, facts.now), usual.limit(SHORTEST)
    if pause <= limit:
        return None
    name, since = contact.name or contact.email, facts.now - last.happened_at
    words = (
        f"No word from {name} for {span(since)}; until then every {span(usual.middle)} "
        f"(median of {count(len(days_written(theirs)), 'day')})"
    )
    of = [text for text in theirs if not text.suspicious]
    pieces = [
        Piece(figure(words, of, last.happened_at), 0.4 + 0.4 * rising(pause / limit, 1.0, 2.0)),
        *_others(facts, contact, name, last),
        *_waiting(facts, contact, name, last),
        *_leaving(facts, contact),
    ]
    why = f"{name} wrote last on {day(last.happened_at, facts.now)}, {span(since)} ago"
    return finding(SignalName.CHAMPION_QUIET, pieces, why, contact=contact)


def _others(facts: AccountFacts, contact: SeenContact, name: str, last: SeenText) -> list[Piece]:
    others = [text for text in believed(facts, last.happened_at) if not is_by(contact, text)]
    if not others:
        return []
    words = f"Others there wrote {count(len(others), 'time')} since {name} did"
    return [Piece(figure(words, others, last.happened_at), 0.35 + 0.2 * rising(len(others), 1, 4))]


def _waiting(facts: AccountFacts, contact: SeenContact, name: str, last: SeenText) -> list[Piece]:
    mails = [text for text in sent(facts, last.happened_at) if contact.email in text.people]
    old: Sequence[SeenText] = [
        text
        for text in mails
        if workdays(text.happened_at, facts.now) >= 2  # noqa: PLR2004 - time to answer
    ]
    if not old:
        return []
    words = (
        f"{count(len(old), 'mail')} to {name} unanswered since {day(old[0].happened_at, facts.now)}"
    )
    weight = 0.3 + 0.2 * rising(len(old), 1, 3)
    return [Piece(figure(words, old, old[0].happened_at), weight)]


def _leaving(facts: AccountFacts, contact: SeenContact) -> list[Piece]:
    """They said that they leave, or somebody else said so of them."""
    first = contact.name.split(" ")[0]
    return [
        Piece(quoted(one.text, one.quote), 0.5 * freshness(one.text.happened_at, facts.now))
        for one in sayings(facts)
        if one.name == Sign.CHAMPION_LEAVING
        and (is_by(contact, one.text) or (first and first in one.quote))
    ]


CHAMPION_QUIET = rules(SignalName.CHAMPION_QUIET, look)
