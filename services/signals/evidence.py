"""Evidence: whether it stands where it says it does, and how it is stored. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.merge import find_quote
from services.signals.grading import identity, is_quoted
from services.types.signals import AccountFacts, Detected, Evidence, EvidenceSource, SeenText


def verify(facts: AccountFacts, detected: Detected) -> Detected:
    """With those pieces only that stand in their source. A quote has to be words of a customer, in
    a text that gives no orders to machines, and carries the source's own spelling from here on; a
    figure has to name messages we know; a fact, a deal, contact or meeting of the account. Whoever
    claims what isn't there is believed less of the rest, in proportion. A cause, deal or contact
    that isn't the account's is none."""
    known = _Known(facts)
    kept = tuple(found for one in detected.evidence if (found := known.proven(one)) is not None)
    share = len(kept) / len(detected.evidence) if detected.evidence else 0.0
    deals, contacts = known.things[EvidenceSource.DEAL], known.things[EvidenceSource.CONTACT]
    return replace(
        detected,
        evidence=kept,
        confidence=round(detected.confidence * share, 4),
        cause=detected.cause if detected.cause in map(str, deals | contacts) else "",
        deal_id=detected.deal_id if detected.deal_id in deals else None,
        contact_id=detected.contact_id if detected.contact_id in contacts else None,
    )


class _Known:
    def __init__(self, facts: AccountFacts) -> None:
        self.texts: dict[tuple[EvidenceSource, UUID], list[SeenText]] = {}
        for text in facts.texts:
            self.texts.setdefault((text.source, text.id), []).append(text)
        self.things = {
            EvidenceSource.DEAL: {one.id for one in facts.deals},
            EvidenceSource.CONTACT: {one.id for one in facts.contacts},
            EvidenceSource.MEETING: {one.id for one in facts.meetings},
        }
        self.counted = {one.id for one in facts.texts} | self.things[EvidenceSource.MEETING]

    def proven(self, one: Evidence) -> Evidence | None:
        if is_quoted(one):
            return self._quoted(one)
        if one.quote or not one.words.strip():
            return None
        if one.source is EvidenceSource.FIGURE:
            return one if one.of and set(one.of) <= self.counted else None
        return one if one.source_id in self.things[one.source] else None

    def _quoted(self, one: Evidence) -> Evidence | None:
        if one.source_id is None:
            return None
        for text in self.texts.get((one.source, one.source_id), ()):
            quote = _standing(one.quote, text.text) if text.theirs else None
            if quote is not None:
                return replace(one, quote=quote, at=text.happened_at)
        return None


def _standing(quote: str, text: str) -> str | None:
    plain = quote.strip()
    return plain if plain and plain in text else find_quote(quote, text)


def digest_of(detected: Detected) -> str:
    """The same as long as it stands on the same evidence, about as surely."""
    step = round(detected.confidence * 20)
    return _hash((*sorted({identity(one) for one in detected.evidence}), str(step)))


def brings_new(evidence: Iterable[Evidence], before: Iterable[Evidence]) -> bool:
    """Some of it wasn't there before."""
    return bool({identity(one) for one in evidence} - {identity(one) for one in before})


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


# ── Storage ─────────────────────────────────────────────────────────────────────────────────────
def to_json(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """The stored form; `from_json` reads it back unchanged."""
    return [
        {
            "source": one.source.value,
            "source_id": str(one.source_id) if one.source_id else None,
            "at": one.at.isoformat() if one.at else None,
            "who": one.who,
            "quote": one.quote,
            "words": one.words,
            "of": [str(message) for message in one.of],
        }
        for one in evidence
    ]


def from_json(stored: Iterable[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            source=EvidenceSource(one["source"]),
            source_id=UUID(one["source_id"]) if one.get("source_id") else None,
            at=datetime.fromisoformat(one["at"]) if one.get("at") else None,
            who=one.get("who", ""),
            quote=one.get("quote", ""),
            words=one.get("words", ""),
            of=tuple(UUID(message) for message in one.get("of", ())),
        )
        for one in stored
    )
