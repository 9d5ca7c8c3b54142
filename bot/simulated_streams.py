"""The people and customers of `understudy simulate-autonomy`: honest ones and others."""

import random
from collections.abc import Callable
from dataclasses import dataclass

SHARE = Callable[[int, bool], float]
Next = tuple[int, int, int, float, float]
"""Who decides, for which account, to which contact; the chance that it is good; days since the one
before."""
_OUTSIDER = 99
"""An admin who decides on no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of stream. `share` of good ones, by number and by whether they leave by themselves.
    `reps`: how often each decides, against the others. `friend`: a contact of the first rep's who
    gets this part of all mails, every one of them good."""

    name: str
    share: SHARE
    deserves: bool = False
    reps: tuple[float, ...] = (3, 2, 2, 1)
    accounts: int = 40
    events: int = 600
    after_events: int = 300
    a_day: float = 6
    friend: float = 0
    deciders: frozenset[int] = frozenset({_OUTSIDER})

    def next(self, number: int, dice: random.Random, by_rule: bool) -> Next:  # noqa: FBT001 - the phase
        gap = dice.expovariate(self.a_day)
        if dice.random() < self.friend:
            return 1, 1_000, 10_000, 1.0, gap
        who = dice.choices(range(1, len(self.reps) + 1), self.reps)[0]
        account = dice.randrange(self.accounts)
        contact = account * 10 + dice.randrange(3)
        return who, account, contact, self.share(number, by_rule), gap


def _always(share: float) -> SHARE:
    return lambda _number, _by_rule: share


def _blocks(number: int, by_rule: bool) -> float:  # noqa: FBT001 - the phase
    return 0.7 if by_rule else 1.0 if number // 25 % 2 == 0 else 0.8


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(name="at the threshold, 90 %", share=_always(0.90)),
    Scenario(name="just below, 88 %", share=_always(0.88)),
    Scenario(name="looked at without end, 90 %", share=_always(0.90), events=1_500),
    Scenario(name="honest, 97 %", share=_always(0.97), deserves=True),
    Scenario(name="honest, 99 %", share=_always(0.99), deserves=True),
    Scenario(name="two reps, 97 %", share=_always(0.97), reps=(1, 1), deserves=True),
    Scenario(name="a friend answers forty", share=_always(1.0), friend=1.0, events=40),
    Scenario(name="a friend among 85 %", share=_always(0.85), friend=0.6),
    Scenario(name="one rep only, 99 %", share=_always(0.99), reps=(1,)),
    Scenario(name="all in one week, 100 %", share=_always(1.0), a_day=60, events=200),
    Scenario(name="alternating 100 and 80 %", share=_blocks),
    Scenario(
        name="good, then 70 % on its own",
        share=lambda _number, by_rule: 0.70 if by_rule else 0.97,
        deserves=True,
    ),
    Scenario(
        name="two collude, nobody else leads",
        share=_always(1.0),
        reps=(10, 10, 1),
        deciders=frozenset({1, 2}),
    ),
)
