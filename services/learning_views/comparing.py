"""Comparing people fairly, most of whom have a handful of outcomes. Pure.

One answered mail of one is a share of 100 %, and says nothing. So each share is drawn towards
everybody's by as much as its sample is small (empirical Bayes with a beta prior whose weight the
data give), and the order is by what the drawn share is at least: a handful of lucky mails can't
come first, nor an unlucky handful far behind. Where people differ by no more than chance makes
them differ, there is no order at all.
Whether somebody stands out is said against everybody else, with intervals widened so that all the
statements of one page hold together."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt
from statistics import NormalDist

from services.intervals import difference_of, share_of
from services.types.alerts import Share
from services.types.team import Best, Comparison, Moved, Place, Sample, Told

ENOUGH = 10
"""Outcomes before somebody is compared with anybody."""
PEOPLE_FOR_BEST = 10
ERROR = 0.05
ONE_SIDED = NormalDist().inv_cdf(1 - ERROR)
_SURE = 1e-9


@dataclass(frozen=True, slots=True)
class _Prior:
    mean: float
    weight: float
    """How many outcomes the team's share weighs as much as; infinite: nobody differs."""

    def draw(self, part: int, of: int) -> float:
        if self.weight == inf:
            return self.mean
        return (part + self.weight * self.mean) / (of + self.weight)

    def least(self, part: int, of: int) -> float:
        """What it is at least in 19 of 20 cases: the beta distribution's spread, taken as normal,
        which is near enough from ten outcomes on."""
        drawn = self.draw(part, of)
        if self.weight == inf:
            return drawn
        return drawn - ONE_SIDED * sqrt(drawn * (1 - drawn) / (of + self.weight + 1))


def compare(samples: Sequence[Sample]) -> Comparison:
    """Those with enough outcomes first, by what their drawn shares are at least; the others by
    name."""
    placed = [one for one in samples if one.of >= ENOUGH]
    prior = _prior(placed)
    z = NormalDist().inv_cdf(1 - ERROR / 2 / max(len(placed), 1))
    places = [
        Place(
            member_id=one.member_id,
            name=one.name,
            share=share_of(one.part, one.of),
            drawn=prior.draw(one.part, one.of),
            told=_told(one, placed, z),
        )
        for one in sorted(
            placed, key=lambda one: (-round(prior.least(one.part, one.of), 9), one.name.casefold())
        )
    ]
    few = sorted((one for one in samples if one.of < ENOUGH), key=lambda one: one.name.casefold())
    return Comparison(
        places=(*places, *(_too_few(one) for one in few)),
        average=share_of(sum(one.part for one in samples), sum(one.of for one in samples)),
        differs=prior.weight < inf,
        best=_best(places) if prior.weight < inf else None,
    )


def moved(now: Share, before: Share) -> Moved:
    """Against the span before."""
    apart = difference_of(now, before)
    if apart is None:
        return "unknown"
    _, low, high = apart
    if low > 0:
        return "more"
    return "fewer" if high < 0 else "same"


def trend(weeks: Sequence[tuple[int, int]]) -> Moved:
    """The later half of the weeks against the earlier half, each (part, of)."""
    middle = len(weeks) // 2
    earlier, later = weeks[:middle], weeks[middle:]
    return moved(_pooled(later), _pooled(earlier))


def _pooled(counts: Sequence[tuple[int, int]]) -> Share:
    return share_of(sum(part for part, _ in counts), sum(of for _, of in counts))


def _prior(samples: Sequence[Sample]) -> _Prior:
    """By the method of moments: how much more the shares vary than chance alone would have them."""
    total = sum(one.of for one in samples)
    if not total:
        return _Prior(0.0, inf)
    mean = sum(one.part for one in samples) / total
    chance = mean * (1 - mean)
    spread = sum(one.of * (one.part / one.of - mean) ** 2 for one in samples)
    span = total - sum(one.of**2 for one in samples) / total
    if span <= 0 or chance <= 0:
        return _Prior(mean, inf)
    between = (spread - (len(samples) - 1) * chance) / span
    if between <= _SURE:
        return _Prior(mean, inf)
    return _Prior(mean, max(chance / between - 1, 1.0))


def _told(one: Sample, placed: Sequence[Sample], z: float) -> Told:
    others = [other for other in placed if other.member_id != one.member_id]
    rest = share_of(sum(other.part for other in others), sum(other.of for other in others), z)
    apart = difference_of(share_of(one.part, one.of, z), rest)
    if apart is None:
        return "same"
    _, low, high = apart
    if low > 0:
        return "above"
    return "below" if high < 0 else "same"


def _too_few(one: Sample) -> Place:
    return Place(
        member_id=one.member_id,
        name=one.name,
        share=share_of(one.part, one.of),
        drawn=None,
        told="few",
    )


def _best(places: Sequence[Place]) -> Best | None:
    """The first tenth, of ten people and more. They are first partly by luck, so the drawn share
    stands beside theirs."""
    if len(places) < PEOPLE_FOR_BEST:
        return None
    first = places[: ceil(len(places) / 10)]
    drawn = [place.drawn or 0.0 for place in first]
    return Best(
        people=len(first),
        share=_pooled([(place.share.part, place.share.of) for place in first]),
        drawn=sum(drawn) / len(drawn),
    )
