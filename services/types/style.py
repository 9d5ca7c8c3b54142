"""How a text is to sound: four dials, a region, a person's own words. Tone only: no field here
decides what may be said, to whom, or what policy allows."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

LOW_BELOW = 0.3
HIGH_ABOVE = 0.7
MIDDLE = 0.5


class Dial(StrEnum):
    """What can be set between two ends, from 0 to 1."""

    FORMALITY = "formality"
    AGGRESSIVENESS = "aggressiveness"
    TECHNICAL_DEPTH = "technical_depth"
    RELATIONSHIP_FOCUS = "relationship_focus"


class Band(StrEnum):
    """What a dial's number means. Exactly 0.3 and exactly 0.7 are still in the middle."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


def band(value: float) -> Band:
    if value < LOW_BELOW:
        return Band.LOW
    return Band.HIGH if value > HIGH_ABOVE else Band.MIDDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The tone a text is written in, by one activated version of a persona. `instructions` and
    `examples` hold only what has an effect (services.personas.texts)."""

    persona_id: UUID
    version: int
    formality: float = MIDDLE
    aggressiveness: float = MIDDLE
    technical_depth: float = MIDDLE
    relationship_focus: float = MIDDLE
    region: str | None = None
    """A key of services.regions."""
    instructions: str = ""
    examples: tuple[str, ...] = ()

    def band(self, dial: Dial) -> Band:
        return band(float(getattr(self, dial.value)))
