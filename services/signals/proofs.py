"""What an alert stands on, in one line. Pure."""

from collections.abc import Sequence

from services.types.signals import Evidence


def proof_of(evidence: Sequence[Evidence]) -> str:
    """Somebody's words where there are some, else the first figure."""
    quoted = next((one for one in evidence if one.quote), None)
    if quoted is not None:
        return f"{quoted.who}: “{quoted.quote}”" if quoted.who else f"“{quoted.quote}”"
    return next((one.words for one in evidence if one.words), "")
