"""What people see of a text the copilot wrote, or would write, by itself."""

from dataclasses import dataclass
from datetime import datetime

NOT_NEEDED = "no answer needed"
STOPPED_BECAUSE = {
    "facts": "something in it was wrong",
    "tone": "it didn't sound right",
    "moment": "the wrong moment",
    "mine": "I write this one myself",
    "other": "something else",
}
"""Why somebody stopped what was leaving by itself, and the words it is told in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """What the copilot's judgement of its text says to a reader of its card.

    `unwritten`: nobody is shown a text, and one is written when somebody wants it. `by_rule`: it
    leaves, or left, without a person. `because`: what calls for it, in a sentence's second half.
    `asks_why`: the reader stopped it and has not said why.
    """

    level: str
    decision: str
    would: str
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    unwritten: bool = False
    by_rule: bool = False
    because: str = ""
    asks_why: bool = False
    stopped_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSent:
    """One line of a digest: what left by itself since the last one."""

    account: str
    person: str
    at: datetime
