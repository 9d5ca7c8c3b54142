"""What is shown of edit habits and their rules."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.types.alerts import Share
from services.types.habits import Change, Place, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitEffect:
    """What became of a rule that holds since `since`. `before` and `since_then`: in how many of the
    mails that the member decided on they made this change by hand, in the ninety days before and
    since; `changed_before` and `changed_since`: how many they changed at all."""

    since: datetime
    applied: int
    undone: int
    before: Share
    since_then: Share
    changed_before: Share
    changed_since: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitLine:
    """A habit as its member sees it; in their list with its effect, where it is a rule that
    holds."""

    habit_id: UUID
    change: Change
    place: Place
    before: str
    after: str
    status: str
    seen: Seen
    asked_at: datetime | None = None
    decided_at: datetime | None = None
    effect: HabitEffect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitPage:
    """A member's own rules, what was asked and what they said no to."""

    lines: tuple[HabitLine, ...]
    timezone: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitExample:
    """One mail in which the member made the change. The sentences as they stood."""

    action_id: UUID
    at: datetime
    subject: str
    account: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitExamples:
    line: HabitLine
    examples: tuple[HabitExample, ...]
    timezone: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitCounts:
    """A member's edits over ninety days in numbers, without a word of any text: how many of the
    mails they decided on they changed; what they change again and again, in how many conversations;
    how many rules hold, how often these were applied and put back."""

    changed: Share
    changes: tuple[tuple[Change, int], ...] = ()
    rules: int = 0
    applied: int = 0
    undone: int = 0
