"""Adoption: who decides on what I propose, and how much of it goes out as I wrote it."""

from dataclasses import dataclass
from decimal import Decimal

from services.reports.figures.numbers import Days, share
from services.types.learning import Figures
from services.types.reports import Figure, Part, Unit

KEY, NAME = "adoption", "Adoption"
FORMULA = (
    "p of q people, and u ÷ (u + e + x). p: people who decided on something of mine. q: people who "
    "are enabled. u: what left unchanged, e: changed by people, x: rejected. With Wilson's "
    "interval at 95 %."
)
COUNTED = (
    "p counts each member once who approved, changed or rejected in these days; what left by the "
    "rule is nobody's decision. q are active members who were enabled before these days ended. u, "
    "e and x are the actions proposed on these days, as days are counted in UTC, by what became of "
    "them since; what a person did by hand instead or a newer mail overtook is in none of them."
)
NOBODY = "nobody has decided on anything of mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    deciders: int
    enabled: int
    figures: Figures


def figure(found: Adopted, days: Days) -> Figure:
    seen = found.figures
    people = Part(
        label="People who decided",
        unit=Unit.COUNT,
        value=Decimal(found.deciders),
        part=found.deciders,
        of=max(found.enabled, found.deciders),
    )
    nothing = "" if seen.decided or found.deciders else NOBODY
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=f"proposed: {seen.proposed:,}; decided on: {seen.decided:,}",
        since=days.first,
        until=days.last,
        parts=() if nothing else (people, share("sent unchanged", seen.unchanged, seen.decided)),
        unknown=nothing,
        told={"decided on": seen.decided},
    )
