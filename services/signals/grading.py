"""How sure evidence makes us: one scale for all detectors. Pure.

A piece of evidence has a weight from 0 to 1: how sure it would make us alone. Independent pieces
add up as doubts multiply, `1 - (1-w₁)(1-w₂)…`, and never beyond `MOST`. Of pieces that say the
same only the heaviest counts. So more evidence, fresher evidence and stronger evidence each make
the confidence higher, and none ever makes it lower.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.types.signals import Evidence, EvidenceSource

MOST = 0.97
FRESH = timedelta(days=7)
HALF_LIFE = timedelta(days=45)
_ALIKE = 0.8
_QUOTED = (EvidenceSource.MESSAGE, EvidenceSource.TRANSCRIPT, EvidenceSource.SLACK_POST)


@dataclass(frozen=True, slots=True)
class Piece:
    evidence: Evidence
    weight: float


def noisy_or(weights: Iterable[float]) -> float:
    """What is left after all doubts are multiplied, bounded."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1.0 - min(max(weight, 0.0), 1.0)
    return round(min(1.0 - doubt, MOST), 4)


def grade(pieces: Iterable[Piece]) -> float:
    """The confidence that pieces give together."""
    ranked = sorted(pieces, key=lambda one: (-one.weight, one.evidence.key))
    kept: list[Piece] = []
    for piece in ranked:
        if not any(alike(piece.evidence, other.evidence) for other in kept):
            kept.append(piece)
    return noisy_or(piece.weight for piece in kept)


def freshness(at: datetime, now: datetime) -> float:
    """1 for a week, then half of it for each six weeks or so."""
    age = max(now - at - FRESH, timedelta(0))
    return float(0.5 ** (age / HALF_LIFE))


def rising(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


# ── Independence ────────────────────────────────────────────────────────────────────────────────
def independent(evidence: Iterable[Evidence]) -> int:
    """How many pieces say something of their own. The same sentence in two messages of a thread is
    one; so are two sentences that hardly differ, and a fact told twice with another number."""
    kept: list[Evidence] = []
    for piece in sorted(evidence, key=lambda one: one.key):
        if not any(alike(piece, other) for other in kept):
            kept.append(piece)
    return len(kept)


def alike(one: Evidence, other: Evidence) -> bool:
    if bool(one.quote) != bool(other.quote):
        return False
    if one.quote:
        return _same_words(words_of(one.quote), words_of(other.quote))
    return one.source == other.source and fact_of(one) == fact_of(other)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, whatever their case, marks and typography."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple(re.findall(r"[\w']+", plain.replace("\u2019", "'")))


def fact_of(evidence: Evidence) -> tuple[str, str, str]:
    """What a piece is about, without its numbers: `19 days` and `20 days` tell the same."""
    if evidence.quote:
        return (evidence.source, str(evidence.source_id or ""), " ".join(words_of(evidence.quote)))
    words = re.sub(r"\d[\d.,]*", "#", evidence.words)
    return (evidence.source, str(evidence.source_id or ""), words)


def identity(evidence: Evidence) -> str:
    """What makes a piece the same from one look to the next. Of a figure: what it says, since when,
    and the newest message it was counted from; so a day more is no new evidence."""
    if evidence.quote:
        return f"quote|{' '.join(words_of(evidence.quote))}"
    since = evidence.at.date().isoformat() if evidence.at else ""
    newest = str(evidence.of[-1]) if evidence.of else ""
    return "|".join(("fact", *fact_of(evidence)[:2], _sort(evidence), since, newest))


def _sort(evidence: Evidence) -> str:
    """What a fact says, past its names and numbers: its lower-case words."""
    return " ".join(re.findall(r"\b[a-z']{3,}\b", evidence.words))


def _same_words(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other:
        return True
    first, second = set(one), set(other)
    if not first or not second:
        return False
    return len(first & second) / len(first | second) >= _ALIKE


def is_quoted(evidence: Evidence) -> bool:
    """Of a text, where a quote has to stand word for word."""
    return evidence.source in _QUOTED
