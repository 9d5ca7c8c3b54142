"""One digest over all that a summary is made of: while it is the same, nothing is made anew."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.summary_sources import Fingerprint
from services.summaries.periods import Period, period_of


@dataclass(slots=True)
class Sources:
    """What a period holds. Nothing in it depends on the order things came in."""

    fingerprints: list[Fingerprint] = field(default_factory=list)

    @property
    def hash(self) -> str:
        return source_hash(self.fingerprints)


def source_hash(fingerprints: Iterable[Fingerprint]) -> str:
    """Over kind, id, moment and the digest of the words of each."""
    lines = sorted(
        f"{one.kind} {one.id} {one.at.isoformat()} {one.digest}" for one in set(fingerprints)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def by_period(fingerprints: Iterable[Fingerprint], now: datetime) -> Mapping[Period, Sources]:
    """What there is to summarise at a moment, by period; what is recent isn't in it."""
    found: dict[Period, Sources] = {}
    for one in fingerprints:
        period = period_of(one.at, now)
        if period is not None:
            found.setdefault(period, Sources()).fingerprints.append(one)
    return found
