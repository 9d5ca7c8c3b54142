"""What App Home shows. Built by services/home.py, rendered by blocks/home.py."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.types.alerts import AlertsView
from services.types.approval_views import QueueView
from services.types.goals import GoalLine
from services.types.mailbox_health import MailboxesView
from services.types.me import HomeLearning
from services.types.people import Function
from services.types.setup import SetupView
from services.types.views import HealthView, InboxView, Reader

Band = Literal["", "poor", "fair", "good", "very_good", "unknown"]
NO_DEAL = "none"
"""The stage of an account without an open deal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFilters:
    """What the member chose to see. Pages count from 0."""

    health: Band = ""
    stage: str = ""
    industry: str = ""
    """The key of an industry, as AccountsView.industries has it."""
    search: str = ""
    accounts_page: int = 0
    inbox_page: int = 0
    team_page: int = 0

    @property
    def filtered(self) -> bool:
        return bool(self.health or self.stage or self.industry or self.search)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account, and what is known of it. None is unknown."""

    account_id: UUID
    name: str
    industry: str | None
    health: int | None
    lifecycle: str | None
    renewal_date: date | None
    stage: str | None
    """Of the open deal that closes first; None without an open deal."""
    amount: Decimal | None
    currency: str
    close_date: date | None
    open_deals: int
    last_contact: datetime | None
    waiting: int
    """Mails of it that wait for the reader's word."""
    asked: int
    """Approval requests about it that wait for somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsView:
    """A page of the accounts in the reader's care."""

    function: Function
    items: tuple[AccountLine, ...]
    total: int
    """How many fit the filters."""
    everything: int
    """How many there are."""
    page: int
    size: int
    filters: HomeFilters
    industries: tuple[tuple[str, str], ...] = ()
    """Key and name, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Deals in one currency. `unknown` of them have no amount, so the sum leaves them out."""

    currency: str
    deals: int
    amount: Decimal
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineView:
    """The reader's own deals."""

    open: tuple[Purse, ...]
    closing: tuple[Purse, ...]
    """Of the open ones: those with a close date in this month."""
    stalled: int
    overdue: int
    """Open, and their close date has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceView:
    """What happened since the reader was last here. `since` is None on the first visit."""

    since: datetime | None
    answered: int = 0
    sent: int = 0
    decided: int = 0
    """Requests of the reader that were settled."""
    moved: int = 0
    """Deals of the reader that came into another stage."""
    quiet: int = 0


NewsKind = Literal["answered", "failed", "unknown", "approved", "rejected", "expired", "voided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One outcome, and where its card stands."""

    kind: NewsKind
    title: str
    at: datetime
    detail: str = ""
    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """How much one person has on their desk: numbers, no content."""

    name: str
    waiting: int
    oldest: datetime | None
    approvals: int
    approval_oldest: datetime | None
    overdue: int
    sent: int
    answered: int
    away_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    items: tuple[TeamLine, ...]
    total: int
    page: int
    size: int
    days: int
    """What `sent` and `answered` look back on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyView:
    """The whole company on one calm page."""

    stages: tuple[tuple[str, Purse], ...]
    """Open deals by stage, in the order of the stages."""
    won: tuple[Purse, ...]
    lost: tuple[Purse, ...]
    at_risk: tuple[Purse, ...]
    """Open deals of accounts in poor health."""
    waiting_long: int
    """Mails that have waited for a word for more than a day."""
    approvals_overdue: int
    sent: int
    approved: int
    rejected: int
    answer_minutes: float | None
    """Half of what was sent went out within so many minutes after the mail came."""
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """App Home (kind `home`, subject: the member)."""

    reader: Reader
    decide: QueueView
    """Approvals that wait for the reader."""
    inbox: InboxView
    inbox_page: int
    inbox_size: int
    approvals: QueueView
    """The other list of approvals that the reader chose."""
    accounts: AccountsView
    pipeline: PipelineView
    since: SinceView
    news: tuple[NewsItem, ...]
    status: HealthView
    team: TeamView | None = None
    """For managers."""
    company: CompanyView | None = None
    """For executives."""
    setup: SetupView | None = None
    """For admins: how far this workspace is."""
    notices: tuple[str, ...] = ()
    mailboxes: MailboxesView | None = None
    alerts: AlertsView | None = None
    """What is open at the reader's accounts."""
    goals: tuple[GoalLine, ...] = ()
    """The reader's, as of last night."""
    learning: HomeLearning | None = None
    """How drafts fared, in a line; None where there is nothing to count."""
