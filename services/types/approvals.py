"""Approval requests, the rules that route them, and decisions on them: values without I/O.

Words: a *request* asks for one thing; a *rule* says who may decide on it; a *route* is the rule's
answer for one request; a *seat* is one voice that the decision needs, held by one approver and
perhaps carried by a delegate; a *vote* is what was said on a seat.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.types.people import Role


class RequestType(StrEnum):
    """What members ask for. A gated action's request carries the action's type instead."""

    DISCOUNT = "discount"
    REFUND = "refund"
    EXCEPTION = "exception"
    ESCALATION = "escalation"


class RequestStatus(StrEnum):
    """pending → one of the others, once. Expired is nobody's no; voided means that what was asked
    for has changed and a fresh request stands in its place."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class CarryStatus(StrEnum):
    """How far an approval has been carried out."""

    NONE = "none"
    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Risk(StrEnum):
    """Compares by severity through `severity`, never by spelling."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def severity(self) -> int:
        return list(Risk).index(self)


class Surface(StrEnum):
    """Where a decision was made: the audit names it."""

    SLACK = "slack"
    LINK = "link"
    REPLY = "reply"
    RULE = "rule"
    """A template approved it; nobody decided."""


class VoteChoice(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


MANAGER = "manager"
ADMIN = "admin"
"""Approvers a rule may name besides titles: the requester's own manager, and the admins."""

TITLES = ("sales_manager", "vp_sales", "support_manager", "customer_success_director", "cfo")
ACTION_WORDS = {
    "send_proposal": "Proposal",
    "discuss_pricing": "Mail about prices",
    "negotiate_terms": "Mail about terms",
    "commit_pricing": "Mail that commits to prices",
    "modify_contract": "Mail that changes the contract",
    "contact_c_suite": "Mail to top management",
    "send_routine_response": "Answer",
    "send_follow_up_email": "Follow-up",
    "schedule_meeting": "Invitation to meet",
}
TITLE_WORDS: Mapping[str, str] = {
    MANAGER: "the requester's manager",
    "sales_manager": "a sales manager",
    "support_manager": "a support manager",
    "vp_sales": "a VP of sales",
    "customer_success_director": "a customer success director",
    "cfo": "the CFO",
    ADMIN: "an admin",
}
"""Approvers as a sentence names them."""


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From these measures on (either is enough) this approver decides. The first band of a rule
    starts at zero. `two_person`: at least two distinct people, whatever the quorum says."""

    approver: str
    percentage: Decimal | None = None
    amount: Mapping[str, Decimal] = field(default_factory=dict)
    """Per currency. A currency that no band names is routed to the strictest band."""
    quorum: int = 1
    seats: int = 1
    """How many are asked; at least the quorum."""
    two_person: bool = False
    line: int = 0

    @property
    def needed(self) -> int:
        return max(self.quorum, 2 if self.two_person else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who decides on one type of request (at these risks). `type` is a RequestType or an
    ActionType. `escalate` names who is asked when nobody decided in time, step by step: `manager`
    (of the one who was asked), a title, or `admin`."""

    id: str
    type: str
    risks: frozenset[Risk]
    bands: tuple[Band, ...]
    sla: Mapping[Urgency, timedelta]
    remind_before: tuple[timedelta, ...]
    escalate: tuple[str, ...]
    expires_after: timedelta | None
    """Counted from the submission; None: it waits until somebody decides."""
    read_at_least: timedelta = timedelta(seconds=10)
    """A decision faster than this counts as hasty in the figures; it is never blocked."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoApproval:
    """A template: what fits all its caps is approved without a person, and says so."""

    name: str
    type: str
    risks: frozenset[Risk]
    percentage_up_to: Decimal | None = None
    amount_up_to: Mapping[str, Decimal] = field(default_factory=dict)
    per_member_per_month: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentChannel:
    """What happens besides when a request is critical: a second person is told at once, and both
    get an SMS if the process has a gateway (SMS_GATEWAY_URL)."""

    second_person: str | None = None
    sms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All rules of a tenant; every applied file is the next version, and no version changes."""

    version: int
    rules: tuple[Rule, ...]
    auto_approvals: tuple[AutoApproval, ...] = ()
    urgent: UrgentChannel = UrgentChannel()


# ── Routing ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """A member as routing sees them. `load` counts the pending seats they carry."""

    id: UUID
    name: str
    role: Role
    titles: frozenset[str]
    manager_id: UUID | None = None
    active: bool = True
    load: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Out of office, both ends included in between: [starts_at, ends_at)."""

    member_id: UUID
    delegate_id: UUID | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What routing must know of a request."""

    type: str
    requester_id: UUID
    urgency: Urgency
    risk: Risk
    percentage: Decimal | None = None
    amount: Decimal | None = None
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One voice. `holder_id` is None when nobody may hold it: an admin must see to it.
    `delegate_id` speaks for an absent holder. `why` is how it came to them, for the record."""

    title: str
    holder_id: UUID | None
    delegate_id: UUID | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who is asked, how many must agree, until when, and why, in one sentence."""

    rule_id: str
    rule_version: int
    title: str
    seats: tuple[Seat, ...]
    needed: int
    sentence: str
    sla: timedelta
    remind_before: tuple[timedelta, ...]
    escalate: tuple[str, ...]
    expires_after: timedelta | None
    read_at_least: timedelta
    auto: AutoApproval | None = None
    """Set when a template approves it; then nobody is asked."""


# ── Commands of the service ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """What a member asks for, as they filled it in. Numbers are still words: the service checks
    them and names the field that is wrong. `action_id` and `revision` only for a gated action."""

    type: str
    reason: str
    account_id: UUID | None = None
    deal_id: UUID | None = None
    percentage: str = ""
    amount: str = ""
    currency: str = ""
    urgency: Urgency = Urgency.NORMAL
    evidence: str = ""
    competitor: str = ""
    action_id: UUID | None = None
    revision: int | None = None
    seen: str = ""
    """The digest of the findings that stood before the asker, where the draft has any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was on the card, page or mail that somebody decides from."""

    payload_hash: str
    rule_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The request as it stands after it was handed in; `sentence` tells the requester who has it,
    why and until when."""

    request_id: UUID
    status: RequestStatus
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of a decision: the request's status now (pending while the quorum lacks votes,
    voided when what was shown no longer holds), and the sentence for whoever decided."""

    request_id: UUID
    status: RequestStatus
    sentence: str
    counted: bool
    """Whether this vote was taken. False: the request was voided instead."""
    fresh_id: UUID | None = None


# ── What takes effect ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class DealBasis:
    """The deal as it stood when the request was made; another stage, amount or close date voids."""

    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None
