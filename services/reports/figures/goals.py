"""Goals: how many of those that ended were reached, and how many of the running ones are behind."""

from dataclasses import dataclass
from decimal import Decimal

from services.reports.figures.numbers import Days
from services.types.reports import Figure, Part, Unit

KEY, NAME = "goals", "Goals"
FORMULA = "g of h. h: goals whose last day was in these days. g: of them, those that were met."
COUNTED = (
    "A goal is settled in the night after its last day, against the target it had then; dropped "
    "ones and those that never had a target aren't counted. Behind: running goals that fell "
    "behind their pace, when the report was made. Counts of all there were, so without a range."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    met: int
    settled: int
    behind: int
    running: int


def figure(found: Goals, days: Days) -> Figure:
    parts = (
        _of("Met", found.met, found.settled),
        _of("running and behind", found.behind, found.running),
    )
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=f"settled: {found.settled:,}; running: {found.running:,}",
        since=days.first,
        until=days.last,
        parts=tuple(one for one in parts if one.of),
        unknown="" if found.settled or found.running else "there is no goal with a target",
        told={"goals met": found.met},
    )


def _of(label: str, part: int, of: int) -> Part:
    return Part(label=label, unit=Unit.COUNT, value=Decimal(part), part=part, of=of)
