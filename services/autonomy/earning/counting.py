"""Which cases count: no rep, account, contact or week may be most of the evidence.

Whether a case is let in is decided by whose and when it was, and by what was let in before it;
never by what came of it. So the bound stays valid: a bet may be skipped, but not after the result
is known. A case that finds no room is left out for good. Pure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.types.earning import Came, Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may come from one of each. Of two reps neither outweighs the other."""

    rep: float = 0.40
    account: float = 0.20
    contact: float = 0.10
    week: float = 0.35


@dataclass(slots=True, kw_only=True)
class Tally:
    """What counts, in the order in which it was known."""

    cases: list[Case] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    members: Counter[UUID | None] = field(default_factory=Counter)
    accounts: Counter[UUID | None] = field(default_factory=Counter)
    contacts: Counter[UUID | None] = field(default_factory=Counter)
    weeks: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> int:
        return sum(1 for one in self.cases if one.came is not None and one.came.good)

    @property
    def bad(self) -> int:
        return len(self.cases) - self.good

    def number(self, *came: Came) -> int:
        return sum(one.came in came for one in self.cases)

    @property
    def by(self) -> dict[str, int]:
        return dict(Counter(one.came.value for one in self.cases if one.came is not None))

    @property
    def shares(self) -> dict[str, float]:
        """The largest share of one of each."""
        whole = len(self.cases)
        if not whole:
            return {}
        return {
            "rep": max(self.members.values()) / whole,
            "account": max(self.accounts.values()) / whole,
            "contact": max(self.contacts.values()) / whole,
            "week": max(self.weeks.values()) / whole,
        }

    @property
    def days(self) -> int:
        """Between the first and the last one."""
        return (self.cases[-1].at - self.cases[0].at).days if self.cases else 0

    def since(self, moment: datetime) -> int:
        return sum(one.at >= moment for one in self.cases)


def tally(cases: Sequence[Case], *, caps: Caps, least: int) -> Tally:
    """The cases in order, each let in if there is room. Until `least` count, room is a share of
    `least`: of one case nothing could be less than all. Accounts and contacts that aren't known are
    one and the same, so that strangers never count as many."""
    counted, people = Tally(), set[UUID | None]()
    for one in sorted(cases, key=lambda case: (case.at, str(case.action_id))):
        if one.came is None:
            counted.left_out[one.why_not or "not known"] += 1
            continue
        people.add(one.member_id)
        full = _full(counted, one, caps, room=max(least, len(counted.cases) + 1), reps=len(people))
        if full:
            counted.left_out[f"enough of one {full}"] += 1
            continue
        counted.cases.append(one)
        counted.members[one.member_id] += 1
        counted.accounts[one.account_id] += 1
        counted.contacts[one.contact_id] += 1
        counted.weeks[_week(one.at)] += 1
    return counted


def _full(counted: Tally, one: Case, caps: Caps, *, room: int, reps: int) -> str | None:
    """The first of its four that has no room left."""
    of_reps = max(caps.rep, 1 / max(reps, 2))
    taken = (
        ("rep", counted.members[one.member_id], of_reps),
        ("account", counted.accounts[one.account_id], caps.account),
        ("contact", counted.contacts[one.contact_id], caps.contact),
        ("week", counted.weeks[_week(one.at)], caps.week),
    )
    return next((name for name, has, most in taken if has + 1 > most * room + 1e-9), None)


def _week(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year}-{week:02}"
