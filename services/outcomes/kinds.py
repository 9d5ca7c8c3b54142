"""The table of predictions: what each says will happen, until when, and what settles it. Pure.

- email_engagement, opened for every mail that leaves; settled by their answer or a bounce.
- deal_progression, for a mail about an open deal; settled by the deal's next stage.
- meeting_outcome, for a mail that proposes a meeting or agrees on its date; settled by a meeting
  that was held.
- escalation_result, when somebody is asked to allow a mail, before it can leave; settled by what
  they decide.

Whatever is still open at the end of its window is expired and scores 0 (docs/outcomes.md).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SWEEP = "outcome.sweep"
"""The job that settles what time brings."""
STAGE_MOVED = "outcome.stage"
"""The job that tells predictions and actions of a deal's new stage."""


class Window(StrEnum):
    """How long a prediction runs. Each length is swept at its own pace."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def length(self) -> timedelta:
        return _LENGTHS[self][0]

    @property
    def pace(self) -> timedelta:
        return _LENGTHS[self][1]

    @property
    def timer(self) -> str:
        """The kind of the tenant's timer for sweeping these."""
        return f"{SWEEP}.{self.value}"

    def next_sweep(self, now: datetime) -> datetime:
        """The next round moment of this pace after now, in UTC: the same for everybody, so that a
        clock that jumps, either way, never makes more than one due."""
        day = datetime(now.year, now.month, now.day, tzinfo=UTC)
        return day + self.pace * ((now - day) // self.pace + 1)


_LENGTHS = {
    Window.DAY: (timedelta(hours=24), timedelta(minutes=15)),
    Window.WEEK: (timedelta(days=7), timedelta(hours=6)),
    Window.MONTH: (timedelta(days=30), timedelta(hours=24)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    name: str
    event: str
    window: Window


ENGAGEMENT = Kind(name="email_engagement", event="human reply within 7 days", window=Window.WEEK)
PROGRESSION = Kind(
    name="deal_progression", event="the deal moves forward within 30 days", window=Window.MONTH
)
MEETING = Kind(
    name="meeting_outcome",
    event="a meeting with the account is held within 30 days",
    window=Window.MONTH,
)
ESCALATION = Kind(
    name="escalation_result", event="the request is approved within 24 hours", window=Window.DAY
)
KINDS = (ENGAGEMENT, PROGRESSION, MEETING, ESCALATION)


def kinds_of(window: Window) -> tuple[str, ...]:
    return tuple(kind.name for kind in KINDS if kind.window is window)
