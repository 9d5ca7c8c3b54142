"""Mails somebody asks for, messages taken up from Slack, and notes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.types.model import Finding
from services.types.qualification import Criterion
from services.types.views import CriterionView, Reader


class MailPurpose(StrEnum):
    """What a mail is for. A reply answers what a Slack message tells of."""

    OUTREACH = "outreach"
    FOLLOW_UP = "follow_up"
    UPDATE = "update"
    ESCALATION = "escalation"
    REPLY = "reply"


class CaptureKind(StrEnum):
    """What somebody took a text up for."""

    COMPOSE = "compose"
    REPLY = "reply"
    QUALIFY = "qualify"
    LOG = "log"
    TRANSCRIPT = "transcript"
    FOLLOW = "follow"


CaptureStatus = Literal["open", "reading", "read", "failed", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSource:
    """A Slack message as it was found: its words without markup, and where it stands."""

    text: str
    channel: str = ""
    ts: str = ""
    author_id: str | None = None
    author_name: str = ""

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.ts}" if self.channel and self.ts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChoice:
    """A person at the account. `barred` says why they can't be written to; None when they can."""

    id: UUID
    name: str
    email: str
    title: str | None
    observed: bool
    barred: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeFormView:
    """What the form for a mail starts with. `thread` is the account's newest open conversation."""

    reader: Reader
    capture_id: UUID
    source: str
    """The Slack message it is asked on, or nothing."""
    author: str
    account: tuple[UUID, str] | None
    contacts: tuple[ContactChoice, ...]
    chosen: UUID | None
    thread: tuple[UUID, str] | None
    purpose: MailPurpose
    instruction: str
    suspicious: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeForm:
    """A mail as somebody asks for it."""

    capture_id: UUID
    account_id: UUID
    contact_id: UUID
    purpose: MailPurpose
    instruction: str
    thread_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What became of words like `draft Acme for a nudge`: a mail under way (`action_id`), a form to
    fill in, or several accounts to choose from."""

    action_id: UUID | None = None
    sentence: str = ""
    form: ComposeFormView | None = None
    accounts: tuple[tuple[UUID, str], ...] = ()
    capture_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureView:
    """What was made of a text somebody took up (card kind `capture`, subject: the capture)."""

    reader: Reader
    capture_id: UUID
    kind: CaptureKind
    status: CaptureStatus
    text: str
    author: str
    permalink: str | None
    deal: tuple[UUID, str] | None
    account_name: str | None
    findings: tuple[Finding, ...] = ()
    summary: str = ""
    suspicious: bool = False
    offline: bool = False
    told: str = ""
    """What came of it, once it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationView:
    """`/understudy qualify ACCOUNT`: what is known, what is missing, what to ask next."""

    reader: Reader
    account_id: UUID
    account_name: str
    deals: tuple[str, ...]
    """Names of the open deals."""
    known: tuple[CriterionView, ...]
    gaps: tuple[Criterion, ...]
