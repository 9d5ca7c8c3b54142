"""Figures about what became of what the copilot proposed, by whatever span and people they were
counted for."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of actions; they add up. The fields are the columns of `learning_days`
    (db/models/analytics.py says what each is)."""

    proposed: int = 0
    unchanged: int = 0
    edited: int = 0
    rejected: int = 0
    handled: int = 0
    overtaken: int = 0
    undone: int = 0
    sent: int = 0
    by_itself: int = 0
    answered: int = 0
    expired: int = 0
    negative: int = 0
    ambiguous: int = 0
    undelivered: int = 0
    open: int = 0
    timed: int = 0
    seconds: int = 0
    answers_timed: int = 0
    answer_seconds: int = 0
    good: int = 0
    bad: int = 0
    requests: int = 0

    @classmethod
    def sum(cls, parts: Iterable[Self]) -> Self:
        held = list(parts)
        names = [field.name for field in fields(cls)]
        return cls(**{name: sum(getattr(one, name) for one in held) for name in names})

    @property
    def decided(self) -> int:
        """What people decided on: sent as it was, sent changed, or not sent."""
        return self.unchanged + self.edited + self.rejected

    @property
    def resolved(self) -> int:
        """Predictions that ended with a score: an empty window is one."""
        return self.answered + self.negative + self.expired

    @property
    def left_out(self) -> int:
        """Predictions without a score: ambiguous or not delivered."""
        return self.ambiguous + self.undelivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The digest's line: what people decided on in the last seven days, how much of it left as it
    was written, and how many mails of the last week whose time is over were answered."""

    decided: int
    unchanged: int
    answered: int = 0
    ended: int = 0
    low: float | None = None
    high: float | None = None
    """The 95 % interval of answered of ended; None while none has ended."""
