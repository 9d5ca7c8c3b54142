"""What a team's decisions go into. Built by services/learning_views/work.py, rendered by
blocks/team_work.py."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.types.alerts import Share
from services.types.learning import Figures
from services.types.views import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class BestWeekday:
    """The weekday (1 Monday to 7 Sunday, UTC) whose mails are answered more often than those of all
    others, beyond chance."""

    weekday: int
    share: Share
    others: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """Of the last days; `weekday` of the last half year whose mails have had their time."""

    reader: Reader
    whole: bool
    as_of: datetime
    days: int
    types: tuple[tuple[str, Figures], ...]
    """By action type, the most decisions first."""
    accounts: tuple[tuple[UUID, str, int], ...]
    """Those with the most decisions; empty for whoever sees totals only."""
    of_accounts: int
    """Decisions on all accounts."""
    conversations: int
    """In which something of ours was shown, decided on or sent."""
    taken_up: int
    proposals: int
    """What the copilot proposed to do unasked, and how much of it was done."""
    weeks: int
    """With mails whose time is over, of the last 26."""
    weekday: BestWeekday | None
    unchanged_kinds: tuple[tuple[str, Share], ...]
    """Kinds that are left unchanged nearly always and still wait for a person each time."""

    @property
    def decided(self) -> int:
        return sum(one.decided for _, one in self.types)
