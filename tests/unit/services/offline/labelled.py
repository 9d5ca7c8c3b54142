"""Reads the labelled sentences and counts how well the rules find what they say."""

import zlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from services.offline.extract import extract
from services.types.model import ExtractionRequest

TODAY = date(2026, 11, 20)
_FILE = Path(__file__).with_name("sentences.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    text: str
    wanted: frozenset[str]
    allowed: frozenset[str]

    @property
    def held_out(self) -> bool:
        """A third, chosen by the text itself, that the rules were never tuned on."""
        return zlib.crc32(self.text.encode()) % 3 == 0


@dataclass(slots=True)
class Count:
    right: int = 0
    wrong: int = 0
    missed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def load() -> tuple[Labelled, ...]:
    rows = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        labels, _, text = line.partition("\t")
        names = [name for name in labels.split(",") if name]
        rows.append(
            Labelled(
                text=text,
                wanted=frozenset(name for name in names if not name.endswith("?")),
                allowed=frozenset(name.rstrip("?") for name in names),
            )
        )
    return tuple(rows)


def found(text: str) -> frozenset[str]:
    got = extract(ExtractionRequest(text=text, subject="", sender_name="", today=TODAY))
    criteria = {finding.criterion.value for finding in got.findings}
    asks = {f"ask:{ask.kind.value}" for ask in got.asks}
    kinds = {signal.kind.value.split("_")[0] for signal in got.signals if signal.confidence >= 0.5}
    return frozenset(criteria | asks | kinds)


def count(rows: tuple[Labelled, ...]) -> Count:
    total = Count()
    for row in rows:
        got = found(row.text)
        total.right += len(row.wanted & got)
        total.wrong += len(got - row.allowed)
        total.missed += len(row.wanted - got)
        if got - row.allowed or row.wanted - got:
            faults = f"+{sorted(got - row.allowed)} -{sorted(row.wanted - got)}"
            total.faults.append(f"{row.text} {faults}")
    return total
