"""How sure a share of successes is, however often one has looked.

A usual interval holds for one look. We look after every decision, and a bound that is looked at
until it crosses always crosses. So the test is a bet that can't be won by waiting: under the
hypothesis the stake E is a non-negative supermartingale that starts at 1, and by Ville's inequality
P(E ever reaches 1/alpha) ≤ alpha, over all looks together.

For the hypothesis "the share is at most p0", after s successes and f failures:

    E(s, f) = 1/(1-p0) · ∫[p0..1] p^s (1-p)^f dp / (p0^s (1-p0)^f)

the likelihood ratio against p0, averaged over every better share alike. Each ratio in the average
has the expected step q·p/p0 + (1-q)(1-p)/(1-p0), which is 1 at q = p0 and less below, so the bound
holds also where the true share q changes from one event to the next, as long as it never exceeds
p0. The integral is an incomplete beta function: one look costs the same after 10 events and after
10 million, and the state is two counts. It is never "reset when it looks bad": it starts once.

`interval` is the same with the average taken over [0, 1]: all shares p with E < 1/alpha, at every
look at once (a confidence sequence).

Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41
(1970); Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
sequences", Ann. Stat. 49 (2021); Ville, "Étude critique de la notion de collectif" (1939).
"""

import math
from collections.abc import Callable

from services.types.earning import Interval

_STEPS = 60
_TINY = 1e-300
_EXACT = 1e-15
_MOST_TERMS = 10_000


def log_e_value(successes: int, failures: int, p0: float) -> float:
    """ln E against "the share of successes is at most p0". ValueError: p0 not inside (0, 1), or a
    negative count."""
    if not 0 < p0 < 1 or successes < 0 or failures < 0:
        raise ValueError("a share strictly between 0 and 1 and counts from 0 on")
    above = _log_beta(successes + 1, failures + 1) + _log_incomplete(
        1 - p0, failures + 1, successes + 1
    )
    against = successes * math.log(p0) + failures * math.log1p(-p0)
    return above - math.log1p(-p0) - against


def log_e_value_below(successes: int, failures: int, p0: float) -> float:
    """ln E against "the share of successes is at least p0": large when it has fallen below."""
    return log_e_value(failures, successes, 1 - p0)


def lower_bound(successes: int, failures: int, alpha: float) -> float:
    """The largest share that is refuted at `alpha`: with probability 1 - alpha the true one is
    above it at every look. 0 while nothing is."""
    # Up to s/(n+1) E falls with p0, so the border is found by halving.
    low, high, needed = 0.0, successes / (successes + failures + 1), -math.log(alpha)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle <= 0 or log_e_value(successes, failures, middle) < needed:
            high = middle
        else:
            low = middle
    return low


def interval(successes: int, failures: int, alpha: float = 0.05) -> Interval:
    """The observed share and, at every look at once, what it may truly be."""
    of = successes + failures
    if of == 0:
        return Interval(value=None, low=0.0, high=1.0, of=0)
    mixed, needed, mean = _log_beta(successes + 1, failures + 1), -math.log(alpha), successes / of

    def refuted(share: float) -> bool:
        return mixed - _log_likelihood(successes, failures, share) >= needed

    low = _border(refuted, 0.0, mean)
    high = _border(refuted, 1.0, mean)
    return Interval(value=mean, low=low, high=high, of=of)


def _border(refuted: Callable[[float], bool], outside: float, inside: float) -> float:
    """Where refuted shares end, from `outside` towards `inside`, which is never refuted."""
    if not refuted(outside):
        return outside
    for _ in range(_STEPS):
        middle = (outside + inside) / 2
        if refuted(middle):
            outside = middle
        else:
            inside = middle
    return outside


def _log_likelihood(successes: int, failures: int, share: float) -> float:
    """-inf where the share can't have brought what was seen."""
    if (share <= 0 and successes) or (share >= 1 and failures):
        return -math.inf
    first = successes * math.log(share) if successes else 0.0
    return first + (failures * math.log1p(-share) if failures else 0.0)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_incomplete(x: float, a: float, b: float) -> float:
    """ln of the regularised incomplete beta function I_x(a, b), by the continued fraction of its
    quicker side (DLMF 8.17.22)."""
    if x > (a + 1) / (a + b + 2):
        return math.log1p(-math.exp(_log_incomplete(1 - x, b, a)))
    front = a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b) - math.log(a)
    return front + math.log(_continued(x, a, b))


def _continued(x: float, a: float, b: float) -> float:
    """Lentz's method: some twenty terms, more only where x is at the border."""
    numerator, denominator = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = denominator
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            denominator = 1 / _nonzero(1 + term * denominator)
            numerator = _nonzero(1 + term / numerator)
            value *= numerator * denominator
        if abs(numerator * denominator - 1) < _EXACT:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
