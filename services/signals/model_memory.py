"""What the model has read of an account, and what it made of it: it is asked again only when there
is something it hasn't read, and until then what it said stands, as far as its evidence does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.signals.evidence import from_json, to_json
from services.types.signals import Detected, SignalName

KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """`reader` is the model with its prompt: another one reads everything anew."""

    reader: str = ""
    read: tuple[str, ...] = ()
    found: tuple[Detected, ...] = ()

    def knows(self, marks: Iterable[str], reader: str) -> bool:
        """Nothing among these is new to this reader."""
        return self.reader == reader and set(marks) <= set(self.read)

    def after(self, marks: Sequence[str], reader: str, found: Sequence[Detected]) -> "Memory":
        """With what this reading adds."""
        before = self.read if self.reader == reader else ()
        read = tuple(dict.fromkeys((*marks, *before)))[:KEPT]
        return Memory(reader=reader, read=read, found=tuple(found))


def memory_to_json(memory: Memory) -> dict[str, Any]:
    """The stored form; `memory_from_json` reads it back unchanged."""
    return {
        "reader": memory.reader,
        "read": list(memory.read),
        "found": [
            {
                "name": one.name.value,
                "confidence": one.confidence,
                "cause": one.cause,
                "contact_id": str(one.contact_id) if one.contact_id else None,
                "detector": one.detector,
                "evidence": to_json(one.evidence),
            }
            for one in memory.found
        ],
    }


def memory_from_json(stored: Mapping[str, Any]) -> Memory:
    return Memory(
        reader=str(stored.get("reader", "")),
        read=tuple(stored.get("read", ())),
        found=tuple(
            Detected(
                name=SignalName(one["name"]),
                confidence=float(one["confidence"]),
                cause=one["cause"],
                contact_id=UUID(one["contact_id"]) if one.get("contact_id") else None,
                detector=one["detector"],
                evidence=from_json(one["evidence"]),
            )
            for one in stored.get("found", ())
        ),
    )
