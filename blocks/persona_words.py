"""The words of personas: what the steps of a dial are called, how one sounds in a line."""

from collections.abc import Mapping

from blocks.parts import short
from services.types.style import Band, Dial, band

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Slack has no slider: five steps, each with words of its own, read well on a phone."""
LABELS: dict[Dial, str] = {
    Dial.FORMALITY: "Formality",
    Dial.AGGRESSIVENESS: "Pace",
    Dial.TECHNICAL_DEPTH: "Technical depth",
    Dial.RELATIONSHIP_FOCUS: "Warmth",
}
HINTS: dict[Dial, str] = {
    Dial.FORMALITY: "From relaxed (1) to formal (5)",
    Dial.AGGRESSIVENESS: "From patient (1) to direct (5)",
    Dial.TECHNICAL_DEPTH: "From everyday words (1) to technical terms (5)",
    Dial.RELATIONSHIP_FOCUS: "From straight to the matter (1) to personal (5)",
}
WORDS: dict[Dial, tuple[str, str, str, str, str]] = {
    Dial.FORMALITY: (
        "1 · Very relaxed, as among colleagues",
        "2 · Relaxed, first names",
        "3 · In between",
        "4 · Formal, full sentences",
        "5 · Very formal",
    ),
    Dial.AGGRESSIVENESS: (
        "1 · Very patient, all time is theirs",
        "2 · Patient, suggests and asks",
        "3 · Steady, one clear next step",
        "4 · Direct, the point first",
        "5 · Very direct, brief",
    ),
    Dial.TECHNICAL_DEPTH: (
        "1 · Everyday words only",
        "2 · Mostly everyday words",
        "3 · As technical as they are",
        "4 · Technical terms where they fit",
        "5 · In full technical depth",
    ),
    Dial.RELATIONSHIP_FOCUS: (
        "1 · Nothing but the matter",
        "2 · Straight to the matter",
        "3 · Friendly, briefly",
        "4 · Warm, a personal line",
        "5 · Very warm, the person first",
    ),
}
IN_A_LINE: dict[Dial, dict[Band, str]] = {
    Dial.FORMALITY: {Band.LOW: "relaxed", Band.HIGH: "formal"},
    Dial.AGGRESSIVENESS: {Band.LOW: "patient", Band.HIGH: "direct"},
    Dial.TECHNICAL_DEPTH: {Band.LOW: "everyday words", Band.HIGH: "technical"},
    Dial.RELATIONSHIP_FOCUS: {Band.LOW: "to the matter", Band.HIGH: "warm"},
}


def step_of(value: float) -> int:
    """The nearest step, counted from nothing."""
    return min(range(len(STEPS)), key=lambda place: abs(STEPS[place] - value))


def sounds(dials: Mapping[Dial, float], region: str | None) -> str:
    """`formal · direct · Nordics`; what stands in the middle needs no word."""
    said = [word for dial in Dial if (word := IN_A_LINE[dial].get(band(dials[dial]))) is not None]
    words = said or ["in the middle in everything"]
    return " · ".join([*words, *([short(region, 40)] if region else [])])


def names(people: tuple[str, ...], *, most: int = 4) -> str:
    """`Maya, Jonas and 3 more`."""
    shown = ", ".join(short(name, 40) for name in people[:most])
    return shown if len(people) <= most else f"{shown} and {len(people) - most} more"
