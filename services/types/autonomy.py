"""How far the copilot is trusted: the levels in force, and what people see of them."""

from dataclasses import dataclass

from services.types.actions import AutonomyLevel


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
        levels = (self.earned, self.ceiling, self.narrowed)
        return min((one for one in levels if one is not None), key=lambda one: one.rank)


ASKED_FOR = Authority(earned=AutonomyLevel.APPROVE)
"""Of what a person asked for: it waits for a person, whatever the copilot has earned."""
