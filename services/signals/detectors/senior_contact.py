"""A senior person joined: first seen lately in a talk that was going on before."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.seniority import seniority_of
from services.signals.detectors.pure import finding, rules
from services.signals.detectors.seen import believed, figure, is_by, on_sale, quoted
from services.signals.detectors.titles import Said, is_senior, opening, title_told
from services.signals.grading import Piece, freshness, rising
from services.signals.saying import count, day
from services.types.actions import Seniority
from services.types.signals import (
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SeenContact,
    SeenText,
    SignalName,
)

NEW = timedelta(days=28)
KNOWN_BEFORE = timedelta(days=10)
FEWEST_BEFORE = 2
"""Texts of theirs before: where nobody wrote yet, whoever comes first joins nothing."""
_WEIGHT = {Seniority.C_SUITE: 0.55, Seniority.VICE_PRESIDENT: 0.5, Seniority.DIRECTOR: 0.45}


def look(facts: AccountFacts) -> Iterator[Detected]:
    if not on_sale(facts):
        return
    for contact in facts.contacts:
        first = contact.first_seen_at
        if first is None or facts.now - first > NEW or not _going_on(facts, first):
            continue
        said = title_told(contact.name, contact.email, believed(facts, first - KNOWN_BEFORE))
        title = contact.title if is_senior(contact.title) else said.title if said else None
        if title is not None:
            yield _joined(facts, contact, title, said, first)


def _going_on(facts: AccountFacts, first: datetime) -> bool:
    before = [text for text in believed(facts) if text.happened_at < first]
    return len(before) >= FEWEST_BEFORE and first - before[0].happened_at >= KNOWN_BEFORE


def _joined(
    facts: AccountFacts, contact: SeenContact, title: str, said: Said | None, first: datetime
) -> Detected:
    name = contact.name or contact.email
    fresh = freshness(first, facts.now)
    on = [text for text in facts.texts if contact.email in text.people or is_by(contact, text)]
    pieces = [
        Piece(_first_seen(facts, name, on, first), fresh * (0.25 + 0.2 * rising(len(on), 1, 4))),
        *_own_words(contact, on, fresh),
    ]
    if is_senior(contact.title):
        pieces.append(Piece(_titled(contact, name), fresh * _WEIGHT[seniority_of(contact.title)]))
    if said is not None:
        pieces.append(Piece(quoted(said.text, said.quote), fresh * 0.5))
    why = f"{name}, {title}, is new in this: first seen on {day(first, facts.now)}"
    return finding(SignalName.SENIOR_CONTACT, pieces, why, contact=contact)


def _titled(contact: SeenContact, name: str) -> Evidence:
    return Evidence(
        source=EvidenceSource.CONTACT,
        source_id=contact.id,
        at=contact.first_seen_at,
        who=name,
        words=f"{name} is {contact.title}",
    )


def _first_seen(
    facts: AccountFacts, name: str, on: Sequence[SeenText], first: datetime
) -> Evidence:
    words = f"{name} takes part since {day(first, facts.now)}: {count(len(on), 'message')}"
    return figure(words, on, first)


def _own_words(contact: SeenContact, on: Sequence[SeenText], fresh: float) -> list[Piece]:
    """What they wrote first themselves."""
    for text in on:
        quote = opening(text) if text.theirs and is_by(contact, text) else None
        if quote is not None:
            return [Piece(quoted(text, quote), fresh * 0.4)]
    return []


SENIOR_CONTACT = rules(SignalName.SENIOR_CONTACT, look)
