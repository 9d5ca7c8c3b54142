"""What is on its way and should have a job that carries it: all of it in one statement, because
every tenant is asked every minute. Each line below has a partial index or a small table behind it.

`before`: younger work has a job that hasn't been picked up yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from db.actions import OPEN_EFFECTS
from db.agent import OPEN as UNANSWERED
from db.approval_texts import KIND as TEXT
from db.base import TenantRow
from db.cards import KEPT
from db.letters import ON_ITS_WAY
from db.models.actions import Action, Effect
from db.models.agent import AgentAnswer
from db.models.approvals import ApprovalMail
from db.models.cards import Card, Digest
from db.models.coaching import CoachingNight, ReportMail, ReportWish
from db.models.compose import Capture
from db.models.conversations import Message
from db.models.drafts import Draft
from db.models.exports import AutonomyExport
from db.models.letters import DraftLetter
from db.models.looks import AccountLook
from db.models.mailboxes import FirstReading
from db.models.meetings import SlackThread, Transcript
from db.models.outreach import OutreachCheck
from db.models.personas import Persona
from db.models.records import InboundEvent
from db.models.rollout import MemberImport
from db.models.search import Find
from db.models.signals import Scan, ScanAccount
from db.notes import WAITING
from db.session import ReadTx

MOST = 500
Condition = ColumnElement[bool]
Line = Select[str, UUID, int]


@dataclass(frozen=True, slots=True)
class Lost:
    """`number`: of the revision or version that its job goes on from, where it needs one."""

    kind: str
    subject_id: UUID
    number: int | None


async def list_lost(
    tx: ReadTx, now: datetime, before: datetime, *, paused: bool, shadow: bool
) -> list[Lost]:
    """Everything that should have a job, by the job's kind; at most MOST of a kind at once.

    `paused`: what waits to leave goes on waiting. `shadow`: drafts that shadow mode keeps out of
    Gmail are pushed when it ends.
    """
    lines = [
        *_mails(tx.tenant_id, before, paused=paused, shadow=shadow),
        *_looks(tx.tenant_id, now, before),
        *_cards(tx.tenant_id, now),
        *_asked(tx.tenant_id, now, before),
        *_letters(tx.tenant_id, now, before),
        *_samples(tx.tenant_id, before),
        *_autonomy(tx.tenant_id, now, before),
    ]
    found = await tx.session.execute(union_all(*(line.limit(MOST) for line in lines)))
    return [Lost(*row) for row in found]


def _line(
    kind: str,
    model: type[TenantRow],
    tenant_id: UUID,
    *where: Condition,
    subject: InstrumentedAttribute[UUID] | None = None,
    number: InstrumentedAttribute[int] | None = None,
) -> Line:
    counted = null() if number is None else number
    return select(
        literal(kind), model.id if subject is None else subject, cast(counted, Integer)
    ).where(model.tenant_id == tenant_id, *where)


def _mails(tenant: UUID, before: datetime, *, paused: bool, shadow: bool) -> Iterator[Line]:
    """Mail on its way in and out."""
    yield _line(
        "effect.run",
        Effect,
        tenant,
        Effect.status.in_(("sending",) if paused else OPEN_EFFECTS),
        Effect.created_at < before,
        Effect.due_at < before,
    )
    yield _line(
        "message.process",
        Message,
        tenant,
        Message.attention == "new",
        Message.created_at < before,
    )
    yield _line(
        "draft.compose",
        Draft,
        tenant,
        Draft.status == "preparing",
        Draft.created_at < before,
        Action.status.in_(("pending", "held")),
        subject=Action.id,
        number=Draft.revision,
    ).join(Action, (Draft.tenant_id == Action.tenant_id) & (Draft.id == Action.draft_id))
    if not shadow:
        yield _line(
            "draft.push",
            Draft,
            tenant,
            Draft.status == "ready",
            Draft.created_at < before,
            Draft.mailbox_id.is_not(None),
            or_(Draft.gmail_revision.is_(None), Draft.gmail_revision < Draft.revision),
        )
    yield _line(
        "approval.order",
        InboundEvent,
        tenant,
        InboundEvent.source == "gmail",
        InboundEvent.status == "received",
        InboundEvent.created_at < before,
    )


def _looks(tenant: UUID, now: datetime, before: datetime) -> Iterator[Line]:
    """Accounts that nobody looks at: one that changed, or the rest of a scan or of the
    hour's look."""
    yield _line(
        "signals.look",
        AccountLook,
        tenant,
        AccountLook.wanted_rev > AccountLook.looked_rev,
        AccountLook.wanted_at < before,
        _free(AccountLook.lease_until, now),
        subject=AccountLook.account_id,
    )
    queued = exists().where(
        ScanAccount.tenant_id == Scan.tenant_id,
        ScanAccount.scan_id == Scan.id,
        ScanAccount.status == "queued",
        _free(ScanAccount.lease_until, now),
    )
    yield _line("signals.scan_account", Scan, tenant, Scan.status == "running", queued)
    unended = (OutreachCheck.ended_at.is_(None), _free(OutreachCheck.lease_until, now))
    yield _line("outreach.check", OutreachCheck, tenant, *unended)
    going = (CoachingNight.ended_at.is_(None), _free(CoachingNight.lease_until, now))
    yield _line("coaching.find", CoachingNight, tenant, *going)


def _cards(tenant: UUID, now: datetime) -> Iterator[Line]:
    """Cards that want a newer revision and that nobody is delivering right now. What is held back
    waits for a person, not for a job."""
    held = and_(
        func.coalesce(Card.held_rev, 0) > 0,
        or_(Card.kind.in_(KEPT), Card.held_rev >= Card.wanted_rev),
    )
    yield _line(
        "card.deliver",
        Card,
        tenant,
        Card.wanted_rev > Card.delivered_rev,
        not_(held),
        func.coalesce(Card.lease_until, now) <= now,
    ).order_by(Card.id)


def _asked(tenant: UUID, now: datetime, before: datetime) -> Iterator[Line]:
    """What somebody waits for, and sources they have named."""
    reading = (Capture.kind == "qualify", Capture.status.in_(WAITING))
    yield _line("capture.read", Capture, tenant, *reading, Capture.created_at < before)
    fetching = (Capture.kind == "transcript", Capture.status == "reading")
    yield _line("transcript.fetch", Capture, tenant, *fetching, Capture.reading_since < before)
    unread = (Transcript.read_at.is_(None), Transcript.created_at < before)
    yield _line("transcript.read", Transcript, tenant, *unread)
    yield _line(
        "thread.catch_up",
        SlackThread,
        tenant,
        SlackThread.caught_up_at.is_(None),
        SlackThread.ended_at.is_(None),
        SlackThread.created_at < before,
    )
    yield _line("search.find", Find, tenant, Find.settled_at.is_(None), Find.created_at < before)
    counting = (ReportWish.settled_at.is_(None), ReportWish.created_at < before)
    yield _line("report.count", ReportWish, tenant, *counting)
    yield _line(
        "agent.answer",
        AgentAnswer,
        tenant,
        AgentAnswer.status.in_(UNANSWERED),
        AgentAnswer.created_at < before,
        func.coalesce(AgentAnswer.lease_until, now) <= now,
    )
    untold = (FirstReading.status == "read", FirstReading.finished_at < before)
    yield _line("mailbox.intro", FirstReading, tenant, *untold)
    queued = (MemberImport.status == "queued", MemberImport.created_at < before)
    yield _line("members.import", MemberImport, tenant, *queued)


def _letters(tenant: UUID, now: datetime, before: datetime) -> Iterator[Line]:
    """Mails of ours to members."""
    digest = (Digest.mail_status.in_(ON_ITS_WAY), Digest.created_at < before)
    yield _line("digest.mail", Digest, tenant, *digest)
    mail = (ApprovalMail.status.in_(ON_ITS_WAY), ApprovalMail.created_at < before)
    yield _line("approval.mail", ApprovalMail, tenant, ApprovalMail.kind != TEXT, *mail)
    yield _line("approval.sms", ApprovalMail, tenant, ApprovalMail.kind == TEXT, *mail)
    letter = (DraftLetter.status.in_(ON_ITS_WAY), DraftLetter.created_at < before)
    yield _line("draft.letter", DraftLetter, tenant, *letter)
    report = (ReportMail.status.in_(ON_ITS_WAY), ReportMail.created_at < before)
    free = _free(ReportMail.lease_until, now)
    yield _line("report.mail", ReportMail, tenant, *report, free)


def _samples(tenant: UUID, before: datetime) -> Iterator[Line]:
    """Personas whose samples nobody writes."""
    yield _line(
        "persona.preview",
        Persona,
        tenant,
        Persona.preview == "asked",
        Persona.status != "deleted",
        Persona.preview_at < before,
        number=Persona.version,
    )


def _autonomy(tenant: UUID, now: datetime, before: datetime) -> Iterator[Line]:
    yield _line(
        "autonomy.export",
        AutonomyExport,
        tenant,
        AutonomyExport.status == "asked",
        AutonomyExport.created_at < before,
        _free(AutonomyExport.lease_until, now),
    )


def _free(lease_until: InstrumentedAttribute[datetime | None], now: datetime) -> Condition:
    return or_(lease_until.is_(None), lease_until <= now)
