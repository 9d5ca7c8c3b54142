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

PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may come from one of each. `of_two`: from one rep where there are only two,
    who would be locked out for ever otherwise."""

    rep: float = 0.40
    of_two: float = 0.60
    account: float = 0.20
    contact: float = 0.10
    week: float = 0.35


@dataclass(slots=True, kw_only=True)
class Tally:
    """What counts, in the order in which it was known. `decided`: by whom, room or
    not."""

    cases: list[Case] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    members: Counter[UUID | None] = field(default_factory=Counter)
    accounts: Counter[UUID | None] = field(default_factory=Counter)
    contacts: Counter[UUID | None] = field(default_factory=Counter)
    weeks: Counter[str] = field(default_factory=Counter)
    decided: Counter[UUID | None] = field(default_factory=Counter)
    good: int = 0

    def take(self, one: Case, *, caps: Caps, least: int) -> None:
        """The next case, let in if there is room."""
        if one.came is None:
            self.left_out[one.why_not or "not known"] += 1
            return
        self.decided[one.member_id] += 1
        full = _full(self, one, caps, room=max(least, len(self.cases) + 1))
        if full is not None:
            self.left_out[f"enough of one {full}"] += 1
            return
        self.cases.append(one)
        self.good += one.came.good
        self.members[one.member_id] += 1
        self.accounts[one.account_id] += 1
        self.contacts[one.contact_id] += 1
        self.weeks[_week(one.at)] += 1

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
    counted = Tally()
    for one in sorted(cases, key=lambda case: (case.at, str(case.action_id))):
        counted.take(one, caps=caps, least=least)
    return counted


def _full(counted: Tally, one: Case, caps: Caps, *, room: int) -> str | None:
    """The first of its four that has no room left."""
    of_reps = caps.rep if len(counted.decided) > PAIR else max(caps.rep, caps.of_two)
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
