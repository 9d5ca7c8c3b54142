"""Pipeline: deals that moved with a part of mine, beside the deals that moved without."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.reports.figures.numbers import Days, difference, share
from services.stages import ahead
from services.types.reports import Figure, Part, Unit

KEY, NAME = "pipeline", "Pipeline"
FORMULA = (
    "m ÷ d, deals with mail of mine less deals without. d: open deals. m: of them, those that "
    "moved a stage forward. Wilson's interval on each share, Newcombe's on their difference, at "
    "95 %. Amounts are those of the deals that moved with a part of mine, currency by currency."
)
COUNTED = (
    "A deal moved with a part of mine when an action of mine holds credit for a stage change of "
    "these days (how credit is shared: the weights of one change add up to 1). With mail of mine: "
    "something of mine about it left in these days or the thirty before. Deals count that were "
    "open at some time in these days. Amounts in different currencies are never added. People "
    "choose which deals they leave to me, so nothing here says that I caused it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A deal whose stage changed."""

    deal: str
    before: str
    after: str
    part_of_mine: bool
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealsSeen:
    """Open deals with mail of mine and without: (moved forward, all)."""

    changes: Sequence[Moved]
    mine: tuple[int, int]
    others: tuple[int, int]


def seen(changes: Sequence[Moved], deals: Mapping[str, bool]) -> DealsSeen:
    """`deals`: those that were open, and whether they had mail of mine."""
    moved = {one.deal for one in changes if ahead(one.before, one.after)}

    def pair(*, mine: bool) -> tuple[int, int]:
        held = [deal for deal, had in deals.items() if had is mine]
        return sum(deal in moved for deal in held), len(held)

    return DealsSeen(changes=changes, mine=pair(mine=True), others=pair(mine=False))


def figure(found: DealsSeen, days: Days) -> Figure:
    forward = [one for one in found.changes if ahead(one.before, one.after)]
    mine = {one.deal: one for one in forward if one.part_of_mine}
    everything = {one.deal for one in forward}
    nothing = "" if everything or found.mine[1] else "no deal moved, and none had mail of mine"
    parts = (
        _count_of("Moved with a part of mine", len(mine), len(everything)),
        *_amounts(list(mine.values())),
        share("with mail of mine, moved forward", *found.mine),
        share("without", *found.others),
        difference("difference", found.mine, found.others),
    )
    unpriced = sum(one.amount is None for one in mine.values())
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=_sample(found, len(everything)),
        since=days.first,
        until=days.last,
        parts=() if nothing else parts,
        notes=(f"{unpriced:,} of these deals have no amount",) if unpriced else (),
        unknown=nothing,
        told={"deals that moved with a part of mine": len(mine)},
    )


def _count_of(label: str, part: int, of: int) -> Part:
    """So many of so many, without an interval: it is a count of all there were."""
    return Part(label=label, unit=Unit.COUNT, value=Decimal(part), part=part, of=of)


def _amounts(moved: Sequence[Moved]) -> tuple[Part, ...]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in moved:
        if one.amount is not None:
            sums[one.currency] += one.amount
    return tuple(
        Part(label="worth", unit=Unit.MONEY, value=sums[code], currency=code)
        for code in sorted(sums)
    )


def _sample(found: DealsSeen, moved: int) -> str:
    return f"open deals: {found.mine[1] + found.others[1]:,}; moved forward: {moved:,}"
