"""How far the copilot is trusted: the levels in force, and what people see of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.types.actions import ActionType, AutonomyLevel

TYPE_NAMES: Mapping[ActionType, str] = {
    ActionType.SEND_FOLLOW_UP_EMAIL: "follow-ups",
    ActionType.SEND_ROUTINE_RESPONSE: "answers to mail",
    ActionType.SCHEDULE_MEETING: "invitations to meet",
    ActionType.QUALIFY_CONVERSATION: "notes on what a customer needs",
    ActionType.PROGRESS_EARLY_STAGE: "moves of early deals",
    ActionType.SEND_PROPOSAL: "proposals",
    ActionType.DISCUSS_PRICING: "mail about prices",
    ActionType.NEGOTIATE_TERMS: "mail about terms",
    ActionType.PROGRESS_PAST_EVALUATION: "moves of deals past evaluation",
    ActionType.CONTACT_C_SUITE: "mail to top management",
    ActionType.COMMIT_PRICING: "mail that commits to a price",
    ActionType.MODIFY_CONTRACT: "mail that changes a contract",
    ActionType.STRATEGIC_DECISION: "decisions on strategy",
    ActionType.INITIATE_EXECUTIVE_RELATIONSHIP: "first mail to top management",
}
"""What each type's actions are called in a sentence; a type without words fails a test."""


def name_of(action_type: str) -> str:
    """The words for a type; `''` is every type."""
    if not action_type:
        return "everything I do by myself"
    try:
        return TYPE_NAMES[ActionType(action_type)]
    except ValueError:
        return action_type.replace("_", " ")


def level_words(level: AutonomyLevel) -> str:
    """`undo_window` as people read it."""
    return level.value.replace("_", " ")


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
