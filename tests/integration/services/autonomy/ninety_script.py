"""Ninety days of a workspace: who is there, what customers write, what people make of it. Made from
a seed, so that every run tells the same story."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.types.actions import AutonomyLevel

MONDAY = datetime(2026, 9, 28, tzinfo=UTC)
DAYS = 90
REPS = ("Rita Rep", "Remo Rep", "Ruth Rep")
ACCOUNTS = 30
WORKDAYS = range(5)
HOURS = range(8, 15)
QUESTIONS = (
    "Could you send me the security report by Friday?",
    "Could you tell me who looks after our set-up?",
    "Which browsers do you support?",
    "Can our new colleagues use it from Monday on?",
)
ANSWER = "Thanks for your mail. I will look into it and come back to you."
BAD = "I am not sure what you mean."
"""What the model writes in its weak week: people change it, undo it, turn it down."""
WEAK = range(70, 77)
MAILS = (2, 2, 2, 2, 3, 4, 4, 4, 4, 3, 3, 2, 2)
"""A workday, week by week: it goes up while people decide on everything."""
SHADOW, SUGGEST = AutonomyLevel.SHADOW, AutonomyLevel.SUGGEST
APPROVE, UNDO = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW
AUTONOMOUS = AutonomyLevel.AUTONOMOUS

WAYS: Mapping[AutonomyLevel, tuple[tuple[float, str], ...]] = {
    SHADOW: ((0.95, "write"), (1, "nothing")),
    SUGGEST: ((0.95, "draft it"), (1, "leave it")),
    APPROVE: ((0.98, "approve"), (0.995, "edit"), (1, "reject")),
    UNDO: ((0.98, "let"), (1, "undo")),
    AUTONOMOUS: ((0.98, "let"), (1, "undo")),
}
"""What a rep does with an answer, by the level at which it was prepared: up to that chance."""
WAYS_WHEN_WEAK: Mapping[AutonomyLevel, tuple[tuple[float, str], ...]] = {
    **WAYS,
    APPROVE: ((0.2, "approve"), (0.6, "edit"), (1, "reject")),
    UNDO: ((0.2, "let"), (1, "undo")),
    AUTONOMOUS: ((0.2, "let"), (1, "undo")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """On that day at that hour a customer writes. `chance` says what the rep does with what is
    there then, `replies` whether the customer replies to what they get."""

    day: int
    hour: int
    account: int
    words: str = QUESTIONS[0]
    chance: float = 0.0
    replies: bool = False
    weak: bool = False

    @property
    def at(self) -> datetime:
        return MONDAY + timedelta(days=self.day, hours=self.hour)

    @property
    def thread(self) -> str:
        return f"{self.day}-{self.hour}-{self.account}"

    @property
    def subject(self) -> str:
        return f"Question {self.thread}"

    def done_at(self, level: AutonomyLevel) -> str:
        ways = (WAYS_WHEN_WEAK if self.weak else WAYS)[level]
        return next(does for upto, does in ways if self.chance < upto)


def script(seed: int, *, days: int = DAYS) -> Iterator[Deed]:
    """Oldest first."""
    dice = random.Random(seed)  # noqa: S311 - chances that can be repeated
    for day in range(days):
        if day % 7 not in WORKDAYS:
            continue
        for hour in sorted(dice.sample(HOURS, MAILS[day // 7])):
            weak = day in WEAK
            yield Deed(
                day=day,
                hour=hour,
                account=dice.randrange(ACCOUNTS),
                words=dice.choice(QUESTIONS),
                chance=dice.random(),
                replies=dice.random() < (0.1 if weak else 0.4),
                weak=weak,
            )
