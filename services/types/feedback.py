"""What people say about what we made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

WRONG = {
    "facts": "wrong facts",
    "tone": "the tone",
    "length": "too long",
    "needless": "not needed",
    "other": "something else",
}
"""What may be wrong, and the words it is kept in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Scores from 1 to 5. `target`: the text (message), that it was suggested (decision), or all
    that happened in the conversation."""

    target: str
    overall: int
    accuracy: int | None = None
    tone: int | None = None
    usefulness: int | None = None
    words: str = ""

    def scores(self) -> dict[str, int | None]:
        return {
            "overall": self.overall,
            "accuracy": self.accuracy,
            "tone": self.tone,
            "usefulness": self.usefulness,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A command its sender may repeat: carried out once. `digest` is of what it says: the same id
    with other words is no repeat."""

    command_id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of a member at one time; `rating` is None where it was taken back."""

    at: datetime
    rating: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWords:
    """A member's word on one thing: what stands now, and all they said, the newest first."""

    target: Literal["message", "decision", "conversation"]
    rating: int | None
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsView:
    """What a member may say about one action: the text, that it was suggested, the conversation."""

    action_id: UUID
    targets: tuple[TargetWords, ...]
    timezone: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongView:
    """The card after a bad reaction (kind `wrong`, subject: the action). `about` names whom the
    draft answered; `rating` and `reason` are what stands now."""

    action_id: UUID
    about: str
    rating: int | None
    reason: str | None
