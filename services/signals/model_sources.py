"""Which of an account's texts a model is shown, within a budget, and where each of them stands.

Shown is what was written lately, by both sides, as far as it gives no orders to machines: such a
text is neither shown nor evidence. How much is shown depends on the last month and never on how
long the account has been with us.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.merge import find_quote
from services.types.detection import NumberedText
from services.types.signals import AccountFacts, Evidence, EvidenceSource, SeenText

RECENT = timedelta(days=30)
MOST_SOURCES = 16
LONGEST = 1_600
"""Characters of a mail or post; a transcript may have four times as many."""
_SORTS = {
    EvidenceSource.MESSAGE: "mail",
    EvidenceSource.SLACK_POST: "post",
    EvidenceSource.TRANSCRIPT: "transcript",
}
Count = Callable[[str], int]
"""Tokens of a text to the model that will read it."""
Place = tuple[EvidenceSource, UUID]


@dataclass(frozen=True, slots=True)
class Sources:
    """`texts` as the model is shown them, the oldest first; `places` says where each number stands
    among the account's own texts."""

    texts: tuple[NumberedText, ...]
    places: Mapping[int, tuple[SeenText, ...]]

    @property
    def theirs(self) -> bool:
        """Whether the customer says anything in them."""
        return any(text.inbound for text in self.texts)

    @property
    def shown(self) -> frozenset[Place]:
        return frozenset((part.source, part.id) for one in self.places.values() for part in one)

    def marks(self) -> list[str]:
        """One short mark for each text of theirs: the same as long as the text is the same. What we
        write is no reason to read them again."""
        return [_mark(self.places[text.number]) for text in self.texts if text.inbound]

    def proven(self, number: int, words: str) -> Evidence | None:
        """The quote as it stands in that source, in words of a customer; None when it doesn't."""
        for part in self.places.get(number, ()):
            quote = find_quote(words, part.text) if part.theirs else None
            if quote is not None:
                return Evidence(
                    source=part.source,
                    source_id=part.id,
                    at=part.happened_at,
                    who=part.sender_name or part.sender_email,
                    quote=quote,
                )
        return None


def sources_of(facts: AccountFacts, count: Count, budget: int) -> Sources:
    """The newest texts of the last month that fit into so many tokens."""
    taken: list[tuple[SeenText, ...]] = []
    left = budget
    for parts in _newest(facts):
        left -= count(_words(parts))
        if left < 0 or len(taken) == MOST_SOURCES:
            break
        taken.append(parts)
    numbered = dict(enumerate(reversed(taken), start=1))
    return Sources(tuple(_numbered(*item) for item in numbered.items()), numbered)


def _newest(facts: AccountFacts) -> Sequence[tuple[SeenText, ...]]:
    """Each thing that was written, the newest first; of a transcript all its turns together."""
    since = facts.now - RECENT
    things: dict[Place, list[SeenText]] = {}
    for text in facts.texts:
        readable = text.human and not text.suspicious and text.text.strip()
        if readable and text.happened_at >= since:
            things.setdefault((text.source, text.id), []).append(text)
    in_order = sorted(things.values(), key=lambda parts: parts[-1].happened_at)
    return [tuple(parts) for parts in reversed(in_order)]


def _numbered(number: int, parts: tuple[SeenText, ...]) -> NumberedText:
    first = parts[0]
    return NumberedText(
        number=number,
        sort=_SORTS.get(first.source, "text"),
        at=parts[-1].happened_at,
        who=", ".join(dict.fromkeys(part.sender_name or part.sender_email for part in parts)),
        inbound=any(part.theirs for part in parts),
        subject=first.subject,
        text=_words(parts),
    )


def _words(parts: tuple[SeenText, ...]) -> str:
    """What of it is shown: its beginning; a transcript by speaker."""
    if len(parts) == 1:
        return parts[0].text[:LONGEST]
    said = (f"{part.sender_name or 'We'}: {part.text}" for part in parts)
    return "\n".join(said)[: 4 * LONGEST]


def _mark(parts: Iterable[SeenText]) -> str:
    told = "\n".join(f"{part.source}|{part.id}|{part.text}" for part in parts)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
