"""What the models cost, and what that is for each conversation that was handled."""

from dataclasses import dataclass
from decimal import Decimal

from services.reports.figures.numbers import Days, count
from services.types.reports import Figure, Part, Unit

KEY, NAME = "cost", "Cost per handled conversation"
FORMULA = (
    "c ÷ k. c: US dollars that all calls of language models cost. k: conversations in which "
    "something of mine was shown to somebody, decided on or sent."
)
COUNTED = (
    "c adds the price of every call that a model answered, by the price table of the day; a call "
    "without a known price makes it unknown. k counts each conversation once, by the actions "
    "proposed in these days. Exact, so there is no range. What Understudy itself and the people "
    "cost isn't in it."
)
CENTS = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    usd: Decimal
    calls: int
    unpriced: int
    """Calls that succeeded and have no known price."""
    handled: int


def figure(spent: Spent, days: Days) -> Figure:
    cost = Part(label="all models", unit=Unit.USD, value=spent.usd)
    each = Part(label="", unit=Unit.USD, value=_each(spent))
    unknown = ""
    if spent.unpriced:
        unknown = f"{spent.unpriced:,} of {spent.calls:,} calls have no known price"
        cost, each = _at_least(spent), Part(label="", unit=Unit.USD, unknown=unknown)
    elif not spent.handled:
        unknown = "no conversation was handled"
        each = Part(label="", unit=Unit.USD, unknown=unknown)
    costs = (each, cost) if spent.calls else (each,)
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=f"calls: {spent.calls:,}; conversations handled: {spent.handled:,}",
        since=days.first,
        until=days.last,
        parts=(*costs, count("conversations handled", spent.handled)),
        notes=("no model was called: the rules and templates cost nothing",)
        if not spent.calls
        else (),
        unknown=unknown,
        told={"conversations handled": spent.handled},
    )


def _each(spent: Spent) -> Decimal | None:
    return (spent.usd / spent.handled).quantize(CENTS) if spent.handled else None


def _at_least(spent: Spent) -> Part:
    return Part(label="all models, as far as prices are known", unit=Unit.USD, value=spent.usd)
