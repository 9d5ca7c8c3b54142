"""Evidence as it is stored with a signal or a detection."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.types.signals import Evidence, EvidenceSource


def evidence_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """What can't be read proves nothing, so it is left out."""
    return tuple(one for piece in stored if (one := _piece(piece)) is not None)


def _piece(piece: Mapping[str, Any]) -> Evidence | None:
    try:
        source_id, at = piece.get("source_id"), piece.get("at")
        return Evidence(
            source=EvidenceSource(piece["source"]),
            source_id=UUID(source_id) if source_id else None,
            at=datetime.fromisoformat(at) if at else None,
            who=str(piece.get("who", "")),
            quote=str(piece.get("quote", "")),
            words=str(piece.get("words", "")),
            of=tuple(UUID(one) for one in piece.get("of", ())),
        )
    except (KeyError, TypeError, ValueError):
        return None


def proof_of(evidence: Iterable[Evidence]) -> str:
    """The first piece in one line: somebody's words where there are some, else the figure."""
    pieces = list(evidence)
    quoted = next((one for one in pieces if one.quote), None)
    if quoted is not None:
        return f"{quoted.who}: “{quoted.quote}”" if quoted.who else f"“{quoted.quote}”"
    return next((one.words for one in pieces if one.words), "")
