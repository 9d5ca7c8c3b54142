"""Read models: what a card, a modal, the Home tab or a command answer shows. Frozen at delivery,
built by services from the database, rendered by blocks/ without another question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.types.alert_lines import AlertLine
from services.types.budget import BudgetUse
from services.types.confidence import BorneOut
from services.types.findings import Finding
from services.types.goals import GoalLine
from services.types.learning import Learned
from services.types.own_texts import OwnSent, OwnView
from services.types.people import Role
from services.types.qualification import Criterion

ActionState = Literal["pending", "approved", "done", "rejected", "voided", "handled", "failed"]
EffectState = Literal["queued", "sending", "done", "cancelled", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: decides words for days and hours."""

    member_id: UUID
    name: str
    role: Role
    timezone: str
    now: datetime
    email: str = ""
    """Their own address: a card names the sender only when it is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealView:
    name: str
    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One criterion that this mail changed, and the sender's words that prove it."""

    criterion: Criterion
    before: str | None
    after: str | None
    quote: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    quote: str
    kind: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The revision that would leave, whole. `cc` and `bcc` are shown because they leave too."""

    draft_id: UUID
    revision: int
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    text: str
    author: Literal["model", "member", "gmail"]
    author_name: str | None
    model: str | None
    instruction: str | None
    in_gmail: bool
    """Whether Gmail Drafts already holds this very revision."""
    findings: tuple[Finding, ...] = ()
    seen: str = ""
    """The digest of the findings; a decision on the draft brings it along."""


GateStatus = Literal["none", "pending", "approved", "rejected", "expired", "withdrawn", "voided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """The tenant's rules let this draft leave only by an approval request: how that stands.
    `current`: the request is about the revision on the card; `anew`: it was asked again because the
    text before it changed."""

    type: str
    status: GateStatus
    current: bool = False
    deciders: tuple[str, ...] = ()
    due_at: datetime | None = None
    anew: bool = False
    leaving: bool = False
    """Approved, and about to be carried out."""
    settled_by: str | None = None
    settled_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoView:
    """What was approved waits until `leaves_at`, and may be called off until it is on its way.
    `allowed`: the reader may; `asked_by`: somebody did while it was leaving already."""

    action_id: UUID
    leaves_at: datetime
    allowed: bool
    asked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedView:
    """The mail on a card answers nothing: somebody asked for it, or the copilot began it by itself
    (`started`). `purpose` is a word of services.types.compose.MailPurpose."""

    purpose: str
    instruction: str
    source: str
    """The Slack message it was asked on, or nothing."""
    permalink: str | None
    thread: str | None
    """The subject of the conversation it continues."""
    heard_at: datetime | None
    """When the recipient last wrote."""
    alert: str = ""
    """The alert it was asked on, in words; then the instruction is none of a person's."""
    why_now: str = ""
    """What it was proposed because of; then the instruction is none of a person's either."""
    started: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCardView:
    """The card about one mail that asks for something (kind `mail`, subject: the action), or about
    one that somebody asked for (`composed`): then the contact is its recipient.

    `deal` is None without an open deal; then the card leads with the ask, its due day and the
    account's health. `reader_is_responder` is False for a colleague who got the same mail: they see
    who has it and may take over. Terminal states name who did what and when."""

    reader: Reader
    action_id: UUID
    state: ActionState
    effect: EffectState | None
    responder_name: str | None
    reader_is_responder: bool
    contact_name: str
    contact_email: str
    contact_title: str | None
    sender_unverified: bool
    stranger: bool
    """In a thread with the account, and none of its people."""
    first_contact: bool
    account_name: str | None
    account_health: int | None
    account_lifecycle: str | None
    deal: DealView | None
    subject: str
    received_at: datetime
    summary: str
    asks: tuple[AskView, ...]
    changes: tuple[ChangeView, ...]
    gaps: tuple[Criterion, ...]
    suspicious: str | None
    """Why the text looks like orders to a machine, or None."""
    analysed: bool
    """False while or because the model could not be asked; the card is useful all the same."""
    draft: DraftView | None
    verdict_reasons: tuple[str, ...]
    confidence: float
    confidence_reason: str
    offline: bool
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    note: str | None
    """One more plain sentence the state needs (changed in Gmail, sent by hand, why it failed)."""
    newer_action_id: UUID | None
    rating: int | None
    gate: GateView | None = None
    """Set when nobody can approve it by a click."""
    asked: bool = False
    """The reader was asked how it was, and hasn't answered."""
    undo: UndoView | None = None
    """Set while it waits before it leaves."""
    sent_at: datetime | None = None
    composed: ComposedView | None = None
    account_id: UUID | None = None
    own: OwnView | None = None
    """Set where the copilot judged a text of its own, or keeps one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsortedMailView:
    conversation_id: UUID
    sender_name: str
    sender_email: str
    subject: str
    received_at: datetime
    suggested_accounts: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsortedCardView:
    """Mail of nobody's account, rolled up per member (kind `unsorted`, subject: the member)."""

    reader: Reader
    items: tuple[UnsortedMailView, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxCardView:
    """A mailbox that needs its owner (kind `mailbox`, subject: the mailbox)."""

    reader: Reader
    address: str
    status: Literal["connected", "reconnect", "disconnected"]
    connect_url: str | None = None
    """Leads to Google; only where the reader may connect it, and it is set up."""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """Something that waits for the reader. `where` is a Slack permalink, when there is a card."""

    action_id: UUID
    title: str
    why: str
    since: datetime
    due: date | None
    channel: str | None
    ts: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    reader: Reader
    items: tuple[InboxItem, ...]
    unsorted: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietItem:
    message_id: UUID
    account_name: str | None
    sender_name: str
    subject: str
    received_at: datetime
    reason: str
    should_have_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietView:
    reader: Reader
    items: tuple[QuietItem, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    criterion: Criterion
    value: str | None
    confidence: float
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatus:
    address: str
    status: str
    synced_at: datetime | None
    watch_expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """Is it working, and on what: as far as the foot of a page says it."""

    reader: Reader
    model: str
    offline: bool
    kill_switch: bool
    mailboxes: tuple[MailboxStatus, ...]
    quiet_today: int
    mail_out: str
    """How digests and notices leave: an address, or "Slack only"."""
    held_jobs: int
    connected: bool = True
    """False when Slack took the token back: nothing can be delivered there."""
    shadow: bool = False
    paused_until: datetime | None = None
    """Until when the reader wants nothing unasked."""
    budget: BudgetUse | None = None
    """The month's model budget, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView(HealthView):
    """`/understudy status`: the same, with what waits and what it costs."""

    waiting: int
    spent_this_month_usd: Decimal
    unpriced_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestApproval:
    """A request that waits for the reader's word."""

    request_id: UUID
    title: str
    why: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One member's day (kind `digest`, subject: the digest row)."""

    reader: Reader
    day: date
    waiting: tuple[InboxItem, ...]
    sent: tuple[str, ...]
    """One line each: what left since the last digest, and to whom."""
    answered: tuple[str, ...]
    quiet: int
    unsorted: int
    approvals: tuple[DigestApproval, ...] = ()
    alerts: tuple[str, ...] = ()
    """One line each: what needs the reader beside their mail."""
    since: datetime | None = None
    total: int = 0
    """How many drafts wait altogether; `waiting` holds the longest waiting."""
    signals: tuple[AlertLine, ...] = ()
    """Open alerts at the reader's accounts, the most severe first, of `signals_total`."""
    signals_total: int = 0
    goals: tuple[GoalLine, ...] = ()
    """Goals that fell behind since the last digest."""
    by_myself: tuple[OwnSent, ...] = ()
    """What left by itself since the last digest, oldest first; not among `sent`."""
    learned: Learned | None = None
    tip: str = ""
    """What is new in the member's figures and what to try, in words of ours; mostly empty."""
    """What became of the reader's drafts in the last seven days; None where nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLinks:
    """Where a digest's mail leads, by what it is about. All empty where nobody's browser finds
    us."""

    pages: Mapping[UUID, str] = field(default_factory=dict)
    unsubscribe: str = ""
    in_slack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """Why this card, this draft, this verdict: the data behind it."""

    reader: Reader
    action_id: UUID
    trigger: str
    linked_because: str
    verdict: str
    reasons: tuple[str, ...]
    confidence: float
    confidence_reason: str
    model: str
    stated: float
    """As it was stated, before what came of such statements was looked at."""
    came_true: BorneOut
    """Of the statements in its tenth of the scale: how many came true."""
    evidence: tuple[CriterionView, ...]
    asks: tuple[AskView, ...] = ()
    signals: tuple[tuple[str, str, float], ...] = field(default=())
    own: OwnView | None = None
