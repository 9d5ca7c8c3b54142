"""Whether two shares differ by more than chance would have them, seldom wrong and soon sure. Pure.

Threads of one account are no independent cases: whoever answers always, answers always. So both
sides' threads are first made fewer by the design effect of their accounts (as Rao and Scott do),
and the interval and the p-value are those of the fewer. docs/coaching.md holds the formulas.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, lgamma
from typing import TypeVar

from services.intervals import newcombe, share_of, wilson
from services.types.coaching import Compared

Key = TypeVar("Key", bound=Hashable)

# The evidence thresholds: below any of them no comparison is made, so that none can be shown.
LEAST_THREADS = 30
"""On each side."""
LEAST_ACCOUNTS = 5
"""And as many different contacts, on each side."""
LARGEST_SHARE = 1 / 3
"""Of a side's threads, from one account."""
LEAST_MEMBERS = 3
"""On each side of everybody's figures."""
LARGEST_MEMBER = 1 / 2
"""Of a side's threads, by one member, in everybody's figures."""
LARGEST_Q = 0.05
LEAST_EFFECT = 0.05
_Z = 2.9
_SEEN = 5
"""Fewer cases of the rarer kind say nothing about how they are spread."""
_NEARLY = 1e-7
"""Two tables whose probabilities differ by less are equally likely: rounding tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: account → (threads, answered)."""

    by_account: Mapping[str, tuple[int, int]]

    @property
    def of(self) -> int:
        return sum(threads for threads, _ in self.by_account.values())

    @property
    def part(self) -> int:
        return sum(answered for _, answered in self.by_account.values())

    @property
    def rarer(self) -> int:
        """Threads of whatever is rarer here: answered, or not."""
        return min(self.part, self.of - self.part)

    @property
    def largest(self) -> float:
        """The largest account's share of the threads."""
        return max((n for n, _ in self.by_account.values()), default=0) / self.of if self.of else 0


def lacking(first: Side, second: Side) -> int:
    """How many threads are missing before the two may be compared; 0 when nothing is. Where threads
    enough come from too few accounts, at least one from each that is missing."""
    return max(_lacks(side) for side in (first, second))


def _lacks(side: Side) -> int:
    threads = max(LEAST_THREADS - side.of, 0)
    accounts = max(LEAST_ACCOUNTS - len(side.by_account), 0)
    most = max((n for n, _ in side.by_account.values()), default=0)
    # The others would have to write twice what the largest one does.
    crowded = max(round(most / LARGEST_SHARE) - side.of, 0) if side.of else 0
    return max(threads, accounts, crowded)


def compare(first: Side, second: Side) -> Compared:
    """The difference of the two shares answered. ValueError where a side has no thread."""
    if not first.of or not second.of:
        raise ValueError("nothing to compare with")
    found = compare_counts(
        (first.part, first.of), (second.part, second.of), design=design_effect(first, second)
    )
    return replace(found, accounts=len({*first.by_account, *second.by_account}))


def compare_counts(
    first: tuple[int, int], second: tuple[int, int], *, design: float = 1.0
) -> Compared:
    """The same of two (part, of) whose cases are independent but for the design effect."""
    (part1, of1), (part2, of2) = first, second
    x1, n1, x2, n2 = (n / design for n in (part1, of1, part2, of2))
    low, high = newcombe((x1 / n1, *wilson(x1, n1)), (x2 / n2, *wilson(x2, n2)))
    return Compared(
        first=share_of(part1, of1),
        second=share_of(part2, of2),
        effect=part1 / of1 - part2 / of2,
        low=low,
        high=high,
        p=fisher(round(x1), round(n1), round(x2), round(n2)),
    )


def design_effect(first: Side, second: Side) -> float:
    """The difference's variance between accounts over that of as many independent threads, never
    taken for less than 1. An account that has threads on both sides moves both shares alike, and
    takes nothing from their difference. Where nearly all or nearly none of a side were answered,
    its accounts show no variance that could be seen: there both shares are taken for one."""
    n1, n2 = first.of, second.of
    p1, p2 = first.part / n1, second.part / n2
    if min(first.rarer, second.rarer) < _SEEN:
        p1 = p2 = (first.part + second.part) / (n1 + n2)
    independent = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    accounts = {*first.by_account, *second.by_account}
    if not independent or len(accounts) == 1:
        return 1.0
    between = 0.0
    for account in accounts:
        of1, part1 = first.by_account.get(account, (0, 0))
        of2, part2 = second.by_account.get(account, (0, 0))
        between += ((part1 - p1 * of1) / n1 - (part2 - p2 * of2) / n2) ** 2
    return max(between / independent * _of_few(first, second), 1.0)


def _of_few(first: Side, second: Side) -> float:
    """What a variance between few accounts is taken for: they are seldom all there are. That is
    Student's t against the normal, squared, where a q-value of 0.05 over a dozen comparisons is
    decided (z = 2.9), at as many degrees of freedom as accounts of equal size would give."""
    counted: dict[str, int] = {}
    for side in (first, second):
        for account, (threads, _) in side.by_account.items():
            counted[account] = counted.get(account, 0) + threads
    free = sum(counted.values()) ** 2 / sum(n * n for n in counted.values()) - 1
    if free <= 0:
        return float(len(counted))
    t = _Z + (_Z**3 + _Z) / (4 * free) + (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * free**2)
    return (free + 1) / free * (t / _Z) ** 2


def fisher(x1: int, n1: int, x2: int, n2: int) -> float:
    """Fisher's exact test, two-sided: how likely a table no likelier than this one is, among all
    with the same margins, when both shares are one."""
    total, hits = n1 + n2, x1 + x2
    rest = _choose(total, hits)

    def likely(at: int) -> float:
        return exp(_choose(n1, at) + _choose(n2, hits - at) - rest)

    seen = likely(x1) * (1 + _NEARLY)
    found = sum(
        p for at in range(max(0, hits - n2), min(n1, hits) + 1) if (p := likely(at)) <= seen
    )
    return min(found, 1.0)


def _choose(n: int, k: int) -> float:
    """The logarithm of n over k."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def within(strata: Iterable[tuple[Side, Side]]) -> float:
    """The difference inside the strata, pooled (Mantel and Haenszel's): what is left of it when
    nobody is compared with somebody else. 0 where no stratum has both sides."""
    weights = differences = 0.0
    for first, second in strata:
        n1, n2 = first.of, second.of
        if n1 and n2:
            weight = n1 * n2 / (n1 + n2)
            weights += weight
            differences += weight * (first.part / n1 - second.part / n2)
    return differences / weights if weights else 0.0


def q_values(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """Benjamini and Hochberg's: of what is shown with q up to 0.05, one in twenty is expected to be
    chance. Over everything that was compared for one reader, shown or not."""
    ordered: Sequence[tuple[Key, float]] = sorted(p_values.items(), key=lambda one: one[1])
    found: dict[Key, float] = {}
    least = 1.0
    for rank in range(len(ordered), 0, -1):
        key, p = ordered[rank - 1]
        least = min(least, p * len(ordered) / rank)
        found[key] = least
    return found


def holds(found: Compared) -> bool:
    """Whether it is worth saying, once there was evidence enough to look."""
    return (
        found.q <= LARGEST_Q
        and abs(found.effect) >= LEAST_EFFECT
        and not (found.low <= 0 <= found.high)
    )
