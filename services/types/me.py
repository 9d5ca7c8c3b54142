"""What a member sees of their own work with the copilot. Built by services/learning_views/me.py,
rendered by blocks/me.py."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.types.alerts import Share
from services.types.coaching import ToTry
from services.types.learning import Figures
from services.types.views import Reader

Label = Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Working days in a row on which nothing was left lying; the longest such row."""

    days: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOutcome:
    """A prediction that waits for its event. `chance` is the calibrated one; None: unknown."""

    action_id: UUID
    about: str
    kind: str
    sent_at: datetime
    until: datetime
    chance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A member's word on something of ours, and what came of it: the action's status and its
    outcome's, empty where there is none."""

    at: datetime
    rating: int
    reason: str
    about: str
    status: str
    edited: bool
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Figures of a span and of the one before it. `answers` are those of mails whose time to be
    answered is over, so they begin and end earlier: a fast answer comes before a late silence, and
    counting open ones would flatter."""

    now: Figures
    before: Figures
    answers: Figures
    answers_before: Figures
    days: int
    first: date
    last: date
    """Of the answers, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MePage:
    """The last days, and as many before."""

    reader: Reader
    spans: Spans
    open: tuple[OpenOutcome, ...]
    open_total: int
    open_mails: int
    """Of them, mails that wait for an answer; the others wait for a deal, a meeting or a word."""
    said: tuple[Said, ...]
    ups: int
    downs: int
    """What the member said in these days; `said` are the last words."""
    tips: ToTry
    rules: int
    """The member's own rules in force."""
    to_label: int
    streak: Streak | None
    """None: not opted in."""
    peers: Share | None
    """Answered, of everybody under the same manager without the member; None where they are so few
    that the sum would tell of one."""
    led_by: str
    """Who else sees the counts; empty: nobody leads this member."""
    shares: bool
    has_mailbox: bool = True
    as_of: datetime | None = None
    """When its sums of days were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLabel:
    """An outcome that code can't judge: the signal's words, whose and when, and why code stopped;
    `said` is what stands now, `by` who said it. `quote` is empty where the text is gone or may not
    be quoted."""

    outcome_id: UUID
    about: str
    kind: str
    whose: str
    quote: str
    source: str
    reason: str
    at: datetime
    said: Label | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPage:
    """What waits for a person's word, newest first, and what this member said lately."""

    reader: Reader
    items: tuple[ToLabel, ...]
    total: int
    page: int
    size: int
    team: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLearning:
    """One line for the Home tab. `whole`: everybody's in view, not the reader's own."""

    days: int
    figures: Figures
    """Drafts of the days; the answers are of the days whose time to be answered is over."""
    whole: bool = False
    team: bool = False
