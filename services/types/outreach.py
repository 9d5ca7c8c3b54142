"""What calls for outreach, what is proposed because of it, and what people are shown of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.types.alerts import EvidenceLine, MailSketch
from services.types.goals import GoalName
from services.types.signals import AccountFacts, Evidence, SignalName
from services.types.views import Reader

CARD = "proposal"
"""Kind of card; its subject is the trigger."""


class TriggerKind(StrEnum):
    """What was found. The order is the order in which things are taken up: the most valuable
    first."""

    RENEWAL_WINDOW = "renewal_window"
    BUYING_SIGNAL = "buying_signal"
    PROMISE_DUE = "promise_due"
    RECAP_DUE = "recap_due"
    FOLLOW_UP_DUE = "follow_up_due"
    SILENCE = "silence"
    STAGE_STUCK = "stage_stuck"

    @property
    def rank(self) -> int:
        return list(TriggerKind).index(self)


class TriggerStatus(StrEnum):
    """found → proposed or scheduled → acted; or declined, dismissed, lapsed."""

    FOUND = "found"
    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    ACTED = "acted"
    DECLINED = "declined"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"

    @property
    def open(self) -> bool:
        return self in (TriggerStatus.FOUND, TriggerStatus.PROPOSED, TriggerStatus.SCHEDULED)


class Later(StrEnum):
    """How long a proposal may be put off, on the member's own clock."""

    NEXT_DAY = "next_day"
    A_WEEK = "a_week"


LATER_WORDS: Mapping[Later, str] = {
    Later.NEXT_DAY: "Until the next working day",
    Later.A_WEEK: "For a week",
}


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSignal:
    """An open signal, as far as outreach needs it. `taken`: a mail was begun for it, or somebody
    has put it off."""

    id: UUID
    name: SignalName
    why: str
    evidence: tuple[Evidence, ...]
    deal_id: UUID | None
    contact_id: UUID | None
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vow:
    """A promise of ours that isn't kept, and the mail it stands in."""

    message_id: UUID
    quote: str
    who: str
    at: datetime
    due: date
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMeeting:
    """A meeting that has ended. `guests`: the customer's people who did not decline, whoever
    invited to it first."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    guests: tuple[str, ...]
    message_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachFacts:
    """Everything triggers are found in, at one moment. `timezone` is of whoever looks after the
    account: their days count."""

    facts: AccountFacts
    timezone: str = "UTC"
    signals: tuple[OpenSignal, ...] = ()
    vows: tuple[Vow, ...] = ()
    meetings: tuple[HeldMeeting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that calls for outreach. `key` names it: found again, it has the same one.

    `why` says why now, with dates instead of spans, so that it stays true while it waits. `to`
    names the people it concerns, by address, the likeliest first; `thread_id` the conversation a
    mail would continue.
    """

    kind: TriggerKind
    key: str
    why: str
    evidence: tuple[Evidence, ...]
    name: str = ""
    """The signal's, where it was found in one."""
    subject_id: UUID | None = None
    deal_id: UUID | None = None
    contact_id: UUID | None = None
    to: tuple[str, ...] = ()
    thread_id: UUID | None = None


# ── What is shown ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """One proposal for one reader (card kind `proposal`, subject: the trigger)."""

    reader: Reader
    trigger_id: UUID
    version: int
    kind: TriggerKind
    status: TriggerStatus
    account_id: UUID
    account_name: str
    why: str
    evidence: tuple[EvidenceLine, ...]
    suggestion: str
    """`A check-in`."""
    sketch: MailSketch | None
    found_at: datetime
    put_off_until: datetime | None = None
    why_not: str = ""
    settled_at: datetime | None = None
    settled_by: str | None = None
    drafted_by: str | None = None
    """Who has the mail begun for it; None: nobody, or the copilot itself."""
    draft_id: UUID | None = None
    """The action of that mail, where the reader decides on it."""
    goal: GoalName | None = None
    """What it serves."""
    moved_to: str | None = None
    """Somebody else's account by now: for who may no longer see it."""

    @property
    def asleep(self) -> bool:
        return self.put_off_until is not None and self.put_off_until > self.reader.now


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """One trigger in a list."""

    trigger_id: UUID
    account_name: str
    kind: TriggerKind
    status: TriggerStatus
    why: str
    why_not: str
    at: datetime
    member: str = ""
    """Whose account it is, where that isn't the reader's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsView:
    """`/understudy proposals`: what is open, and what the copilot decided not to do, and why."""

    reader: Reader
    open: tuple[ProposalLine, ...]
    open_total: int
    left: tuple[ProposalLine, ...]
    left_total: int
