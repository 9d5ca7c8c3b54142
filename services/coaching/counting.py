"""From a member's mails to figures: counted by pattern and account, one mail a thread. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from services.coaching.patterns import PATTERNS
from services.coaching.statistics import (
    LARGEST_MEMBER,
    LEAST_EFFECT,
    LEAST_MEMBERS,
    Side,
    compare,
    holds,
    lacking,
    q_values,
    within,
)
from services.coaching.threads import Sent
from services.types.coaching import Compared

Counts = dict[str, dict[str, list[int]]]
"""Pattern → group → [threads on the first side, answered, threads on the second, answered]. Groups
are accounts, or members."""
EXAMPLES = 5
"""On each side, the newest."""


@dataclass(slots=True)
class Tally:
    """`examples`: pattern → [message, action or "", sent, first side, answered]."""

    counts: Counts = field(default_factory=dict)
    examples: dict[str, list[list[object]]] = field(default_factory=dict)
    threads: int = 0

    def add(self, mails: Iterable[Sent]) -> None:
        """One thread's mails, the oldest first. Of each pattern the first mail counts that is on
        one of its sides: the mails of a thread aren't independent of each other."""
        held = list(mails)
        self.threads += bool(held)
        for pattern in PATTERNS:
            for one in held:
                side = pattern.side(one.seen)
                if side is not None:
                    self._count(pattern.key, one, first=side)
                    break

    def _count(self, key: str, one: Sent, *, first: bool) -> None:
        group = self.counts.setdefault(key, {}).setdefault(str(one.account_id), [0, 0, 0, 0])
        at = 0 if first else 2
        group[at] += 1
        group[at + 1] += one.answered
        found = self.examples.setdefault(key, [])
        action = str(one.action_id) if one.action_id else ""
        found.append([str(one.id), action, one.sent_at.isoformat(), first, one.answered])

    def newest(self) -> dict[str, list[list[object]]]:
        """The examples that are kept."""
        kept: dict[str, list[list[object]]] = {}
        for key, found in self.examples.items():
            ordered = sorted(found, key=lambda one: str(one[2]), reverse=True)
            kept[key] = [
                one
                for first in (True, False)
                for one in [each for each in ordered if each[3] is first][:EXAMPLES]
            ]
        return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a look came to: `tests` of all that was compared, `missing` of what couldn't be."""

    tests: Mapping[str, float]
    missing: Mapping[str, int]
    found: Mapping[str, Compared]


def judge(counts: Counts) -> Judged:
    """One member's, by account."""
    compared: dict[str, Compared] = {}
    missing: dict[str, int] = {}
    for pattern in PATTERNS:
        first, second = _sides(counts.get(pattern.key, {}))
        lacks = lacking(first, second)
        if lacks:
            missing[pattern.key] = lacks
        else:
            compared[pattern.key] = compare(first, second)
    return _judged(compared, missing)


def judge_everybody(by_account: Counts, by_member: Counts) -> Judged:
    """Everybody's. Members differ in their customers and in how they write, so a difference has to
    hold when members instead of accounts are taken for what hangs together, and inside members."""
    compared: dict[str, Compared] = {}
    apart: dict[str, float] = {}
    for pattern in PATTERNS:
        first, second = _sides(by_account.get(pattern.key, {}))
        members = by_member.get(pattern.key, {})
        if lacking(first, second) or _too_few(*_sides(members)):
            continue
        compared[pattern.key] = max(
            (compare(first, second), compare(*_sides(members))), key=lambda one: one.p
        )
        compared[pattern.key] = replace(
            compared[pattern.key], accounts=len(by_account[pattern.key])
        )
        apart[pattern.key] = within(_sides({key: one}) for key, one in members.items())
    judged = _judged(compared, {})
    kept = {
        key: one
        for key, one in judged.found.items()
        if abs(apart[key]) >= LEAST_EFFECT and (apart[key] > 0) == (one.effect > 0)
    }
    return replace(judged, found=kept)


def _judged(compared: Mapping[str, Compared], missing: Mapping[str, int]) -> Judged:
    tests = {key: one.p for key, one in compared.items()}
    q = q_values(tests)
    found = {key: replace(one, q=q[key]) for key, one in compared.items()}
    return Judged(
        tests=tests,
        missing=missing,
        found={key: one for key, one in found.items() if holds(one)},
    )


def _too_few(first: Side, second: Side) -> bool:
    """Members, or all of it was written by one."""
    return any(
        len(side.by_account) < LEAST_MEMBERS or side.largest > LARGEST_MEMBER
        for side in (first, second)
    )


def _sides(groups: Mapping[str, Iterable[int]]) -> tuple[Side, Side]:
    first: dict[str, tuple[int, int]] = {}
    second: dict[str, tuple[int, int]] = {}
    for key, (n1, x1, n2, x2) in groups.items():
        if n1:
            first[key] = (n1, x1)
        if n2:
            second[key] = (n2, x2)
    return Side(by_account=first), Side(by_account=second)


def added(into: Counts, counts: Mapping[str, Mapping[str, Iterable[int]]]) -> None:
    """Two counts as one."""
    for pattern, groups in counts.items():
        held = into.setdefault(pattern, {})
        for key, numbers in groups.items():
            held[key] = [a + b for a, b in zip(held.get(key, [0, 0, 0, 0]), numbers, strict=True)]


def as_one(member: str, counts: Mapping[str, Mapping[str, Iterable[int]]]) -> Counts:
    """A member's counts with all their accounts as one group."""
    made: Counts = {}
    for pattern, groups in counts.items():
        for numbers in groups.values():
            added(made, {pattern: {member: numbers}})
    return made
