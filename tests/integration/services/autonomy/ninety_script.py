"""Ninety days of a workspace: who is there, what customers write, what people make of it. Made from
a seed, so that every run tells the same story."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 9, 28, tzinfo=UTC)
DAYS = 90
REPS = ("Rita Rep", "Remo Rep", "Ruth Rep")
ACCOUNTS = 30
WORKDAYS = range(5)
QUESTIONS = (
    "Could you send me the security report by Friday?",
    "Could you tell me who looks after our set-up?",
    "Which browsers do you support?",
    "Can our new colleagues use it from Monday on?",
)
ANSWER = "Thanks for your mail. I will look into it and come back to you."
BAD = "I am not sure what you mean."
"""What the model writes in its weak week: people change it, undo it, turn it down."""
WEAK_FROM, WEAK_UNTIL = 63, 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """On that day at that hour a customer writes; the rep does this with the answer, and the
    customer replies or doesn't."""

    day: int
    hour: int
    account: int
    words: str
    does: str
    replies: bool

    @property
    def at(self) -> datetime:
        return MONDAY + timedelta(days=self.day, hours=self.hour)

    @property
    def weak(self) -> bool:
        return WEAK_FROM <= self.day < WEAK_UNTIL


def script(seed: int, *, days: int = DAYS, mails: int = 4) -> Iterator[Deed]:
    """So many mails a workday, oldest first. Reps send 97 of 100 good answers as they stand, and
    turn down or undo most of the weak ones."""
    dice = random.Random(seed)  # noqa: S311 - chances that can be repeated
    for day in range(days):
        if (MONDAY + timedelta(days=day)).weekday() not in WORKDAYS:
            continue
        for hour in sorted(dice.sample(range(8, 15), mails)):
            weak = WEAK_FROM <= day < WEAK_UNTIL
            yield Deed(
                day=day,
                hour=hour,
                account=dice.randrange(ACCOUNTS),
                words=dice.choice(QUESTIONS),
                does=_does(dice.random(), weak=weak),
                replies=dice.random() < (0.2 if weak else 0.72),
            )


def _does(chance: float, *, weak: bool) -> str:
    if weak:
        return "approve" if chance < 0.2 else "edit" if chance < 0.6 else "stop"
    return "approve" if chance < 0.97 else "edit" if chance < 0.99 else "stop"
