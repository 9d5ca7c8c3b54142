"""How far the copilot is trusted: the levels in force, and what people see of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.types.actions import AutonomyLevel


def lowest(levels: Iterable[AutonomyLevel | None]) -> AutonomyLevel | None:
    """None says nothing; None of all: nothing is said."""
    said = (level for level in levels if level is not None)
    return min(said, key=lambda level: level.rank, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Everything that decides how far one action type may go for one account, apart from what the
    action itself is. In force is the lowest of all: nothing here ever widens.

    `earned`: what the tenant's evidence has come to. `ceiling`: the organisation's limit.
    `narrowed`: the wish of whoever looks after the account. `stopped`: the kill switch, of the
    whole tenant or of this type.
    """

    earned: AutonomyLevel
    ceiling: AutonomyLevel | None = None
    narrowed: AutonomyLevel | None = None
    stopped: bool = False

    @property
    def level(self) -> AutonomyLevel:
        return lowest((self.ceiling, self.narrowed, self.earned)) or self.earned


ASKED_FOR = Authority(earned=AutonomyLevel.APPROVE)
"""Of what a person asked for: it waits for a person, whatever the copilot has earned."""


def strictest(several: Iterable[Authority]) -> Authority:
    """Of what amounts to several types at once: the lowest of each, stopped if any is."""
    found = tuple(several)
    return Authority(
        earned=lowest(one.earned for one in found) or AutonomyLevel.APPROVE,
        ceiling=lowest(one.ceiling for one in found),
        narrowed=lowest(one.narrowed for one in found),
        stopped=any(one.stopped for one in found),
    )
