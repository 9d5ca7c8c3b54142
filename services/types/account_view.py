"""The account view: everything known about one account at one moment, each line with the place it
comes from. Assembled afresh by services/account_view for whoever looks; nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.types.actions import Seniority
from services.types.qualification import Change
from services.types.views import Reader


class Channel(StrEnum):
    """Where something happened or was said."""

    MAIL = "mail"
    MEETING = "meeting"
    SLACK = "slack"
    DEAL = "deal"
    NOTE = "note"


class Part(StrEnum):
    """What the view is read from; each is read by itself and may be missing."""

    MAIL = "mail"
    SLACK = "slack"
    MEETINGS = "meetings"
    DEALS = "deals"
    PEOPLE = "people"
    SUMMARIES = "summaries"
    SIGNALS = "signals"
    WORK = "work"
    NOTES = "notes"


PART_WORDS: Mapping[Part, str] = {
    Part.MAIL: "their mail",
    Part.SLACK: "the Slack threads about them",
    Part.MEETINGS: "the meetings",
    Part.DEALS: "the deals",
    Part.PEOPLE: "the people",
    Part.SUMMARIES: "the earlier weeks and months",
    Part.SIGNALS: "the signals",
    Part.WORK: "what we did",
    Part.NOTES: "the notes",
}


class RowKind(StrEnum):
    """What stands behind a line."""

    MESSAGE = "message"
    SLACK_POST = "slack_post"
    TRANSCRIPT = "transcript"
    MEETING = "meeting"
    DEAL = "deal"
    DEAL_CHANGE = "deal_change"
    CONTACT = "contact"
    NOTE = "note"
    ACTION = "action"
    REQUEST = "request"
    SUMMARY = "summary"
    SIGNAL = "signal"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place of a line. Without an address (a mail in somebody else's mailbox, a row of ours)
    the stored text itself is shown on demand."""

    kind: RowKind
    id: UUID
    url: str | None = None

    @property
    def order(self) -> tuple[str, str]:
        """Settles a tie: by the place itself before the id, which only says what came first."""
        return (self.url or "", str(self.id))


# ── What happened ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing on the timeline. `did` is the verb between who and what: `wrote`, `cancelled`.
    `at` is when it happened as far as that can be believed."""

    channel: Channel
    at: datetime
    who: str
    did: str
    text: str
    where: Where
    inbound: bool = False
    subject: str = ""
    summary: str = ""
    said_by: str = ""
    """Whose words a note keeps; its comment is the subject."""
    changes: tuple[Change, ...] = ()
    """What a mail changed in the qualification of its conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLine:
    channel: Channel | None
    text: str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier week or month in a few lines; covers the days before `ends_on`."""

    period: Literal["week", "month"]
    starts_on: date
    ends_on: date
    lines: tuple[PastLine, ...]


# ── What is known ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value of a fact: who said so, when and where, word for word where words prove it."""

    value: str
    at: datetime
    channel: Channel
    where: Where
    who: str = ""
    quote: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What was said last is what holds; what was said before stays visible, newest first. `name` is
    a criterion's or a column's; `about` the deal or person it is a fact of."""

    name: str
    current: Said
    earlier: tuple[Said, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLine:
    id: UUID
    name: str
    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None
    owner: str
    where: Where
    facts: tuple[Fact, ...] = ()
    """Stage, amount and close date that have changed, with what they were."""

    @property
    def open(self) -> bool:
        return self.stage not in ("closed_won", "closed_lost")


# ── People ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A part somebody plays in the sale (a criterion's name), and the words that prove it."""

    name: str
    quote: str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the account. `emails`: all addresses that are one person's, plus-tags included.
    `wrote_at` is when they last wrote, `reached_at` when we last wrote to them."""

    name: str
    emails: tuple[str, ...]
    title: str | None
    seniority: Seniority
    roles: tuple[Role, ...]
    wrote_at: datetime | None
    reached_at: datetime | None
    channels: tuple[Channel, ...]
    confirmed: bool
    where: Where
    personal: bool = False
    """Only known by an address that anybody may have."""
    elsewhere: str | None = None
    """They belong to another account; its name, or nothing when the reader may not know it."""
    outsider: bool = False
    unreachable: str = ""
    """Why nobody may write to them: excluded, or mail comes back."""

    @property
    def never_wrote(self) -> bool:
        return self.wrote_at is None


# ── Promises ────────────────────────────────────────────────────────────────────────────────────
class Side(StrEnum):
    ASKED = "asked"
    """They asked, and nobody has answered."""
    OURS = "ours"
    THEIRS = "theirs"


class PromiseState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Something somebody owes: the words that say so, and what became of it."""

    side: Side
    quote: str
    who: str
    """Who said it."""
    at: datetime
    due: date | None
    state: PromiseState
    where: Where
    kept_by: Where | None = None


# ── Signals, and what we did ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One piece of a signal's evidence: their words, or a figure in ours."""

    words: str
    quoted: bool
    who: str
    at: datetime | None
    where: Where | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """`words` says what it is; `settled` how it ended, empty while it is open."""

    id: UUID
    name: str
    words: str
    kind: str
    severity: str
    why: str
    raised_at: datetime
    proofs: tuple[Proof, ...]
    where: Where
    settled: str = ""
    settled_at: datetime | None = None


class DeedKind(StrEnum):
    DECISION = "decision"
    APPROVAL = "approval"
    GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something decided or granted on our side. `status` is the row's own word."""

    kind: DeedKind
    what: str
    status: str
    by: str
    at: datetime
    where: Where
    settled_at: datetime | None = None
    reason: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A draft that waits for somebody's word."""

    action_id: UUID
    owner_id: UUID | None
    owner: str
    who: str
    subject: str
    asks: tuple[str, ...]
    due: date | None
    at: datetime
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The most useful thing to do now, and why."""

    words: str
    why: str
    where: Where | None = None


# ── The view ────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which mails, posts and meetings are told in full."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account, as `reader` may see it."""

    reader: Reader
    account_id: UUID
    name: str
    domain: str | None
    industry: str | None
    health: int | None
    lifecycle: str | None
    renewal_date: date | None
    owners: tuple[tuple[str, str], ...]
    """Function and name of who looks after it."""
    sharing: tuple[str, ...]
    """Other accounts of the same mail domain, as far as the reader may know them."""
    parts: tuple[str, ...]
    """Accounts that became part of this one."""
    people: tuple[Person, ...]
    people_left_out: int
    people_since: datetime | None
    """Contact before this moment wasn't looked for; None: all there is was read."""
    deals: tuple[DealLine, ...]
    facts: tuple[Fact, ...]
    """One a criterion that is known."""
    events: tuple[Event, ...]
    """Newest first."""
    events_left_out: int
    events_more: bool
    """There are even more than `events_left_out`: nobody counts without end."""
    posts_left_out: int
    window: Window
    past: tuple[Past, ...]
    promises: tuple[Promise, ...]
    signals: tuple[SignalLine, ...]
    deeds: tuple[Deed, ...]
    pending: tuple[Pending, ...]
    next_step: NextStep
    missing: tuple[Part, ...]
    """What couldn't be read just now."""

    @property
    def open_deals(self) -> tuple[DealLine, ...]:
        return tuple(deal for deal in self.deals if deal.open)

    def fact(self, name: str) -> Fact | None:
        return next((one for one in self.facts if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """What stands behind a line that has no address: told as it is kept."""

    reader: Reader
    title: str
    at: datetime | None
    who: str
    text: str
    left_out: int = 0
    """Characters that found no room."""
