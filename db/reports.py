"""SQL of reports as they were told, of their mails, and of who reads them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.coaching import Report, ReportMail
from db.models.directories import Timer
from db.models.tenants import Member
from db.session import ReadTx, Tx

LEASE = timedelta(minutes=2)


async def get_report(tx: ReadTx, report_id: UUID) -> Report | None:
    return await tx.session.get(Report, (tx.tenant_id, report_id))


async def find_report(
    tx: ReadTx, period: str, starts_on: date, member_id: UUID | None
) -> Report | None:
    """The one that was told of these days: the whole tenant's, or a member's."""
    whose = Report.member_id.is_(None) if member_id is None else Report.member_id == member_id
    return await tx.session.scalar(
        select(Report).where(
            Report.tenant_id == tx.tenant_id,
            Report.period == period,
            Report.starts_on == starts_on,
            whose,
        )
    )


async def add_report(tx: Tx, report: Report) -> bool:
    """False when this one was told already: a second one waits for the first and changes
    nothing."""
    values = {
        name: getattr(report, name)
        for name in (
            "id",
            "created_at",
            "period",
            "starts_on",
            "ends_on",
            "member_id",
            "body",
            "made_at",
        )
    }
    rows = await tx.session.execute(
        insert(Report)
        .values(tenant_id=tx.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "period", "starts_on", "member_id"])
        .returning(Report.id)
    )
    return rows.scalar_one_or_none() is not None


# ── Its mails ───────────────────────────────────────────────────────────────────────────────────
async def get_mail(tx: ReadTx, mail_id: UUID) -> ReportMail | None:
    return await tx.session.get(ReportMail, (tx.tenant_id, mail_id), populate_existing=True)


async def find_mail(tx: ReadTx, report_id: UUID, recipient_id: UUID) -> ReportMail | None:
    return await tx.session.scalar(
        select(ReportMail).where(
            ReportMail.tenant_id == tx.tenant_id,
            ReportMail.report_id == report_id,
            ReportMail.recipient_id == recipient_id,
        )
    )


async def add_mail(
    tx: Tx, mail_id: UUID, report_id: UUID, recipient_id: UUID, at: datetime, *, asked: bool
) -> bool:
    """False when this person's mail of this report is there already."""
    rows = await tx.session.execute(
        insert(ReportMail)
        .values(
            tenant_id=tx.tenant_id,
            id=mail_id,
            created_at=at,
            report_id=report_id,
            recipient_id=recipient_id,
            status="queued",
            asked=asked,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "report_id", "recipient_id"])
        .returning(ReportMail.id)
    )
    return rows.scalar_one_or_none() is not None


async def ask_mail_again(tx: Tx, mail_id: UUID) -> bool:
    """Its reader wants it once more. False while it is on its way."""
    return await _moved(
        tx,
        mail_id,
        ReportMail.status.in_(("sent", "failed", "unknown")),
        status="queued",
        asked=True,
        failure="",
    )


async def claim_mail(tx: Tx, mail_id: UUID, token: UUID, now: datetime) -> bool:
    """It is about to be handed over: nobody else takes it while the lease runs."""
    return await _moved(
        tx,
        mail_id,
        ReportMail.status == "queued",
        status="sending",
        lease_token=token,
        lease_until=now + LEASE,
    )


async def give_up_mail(tx: Tx, mail_id: UUID, now: datetime, why: str) -> bool:
    """Whoever had claimed it is gone: nobody knows whether it left."""
    dead = or_(ReportMail.lease_until.is_(None), ReportMail.lease_until <= now)
    claimed = ReportMail.status == "sending"
    return await _moved(tx, mail_id, claimed, dead, status="unknown", failure=why)


async def settle_mail(
    tx: Tx,
    mail_id: UUID,
    token: UUID | None,
    *,
    expect: str,
    status: str,
    sent_at: datetime | None = None,
    failure: str = "",
) -> bool:
    """What became of it. With a `token`: only by whoever holds it."""
    held = [] if token is None else [ReportMail.lease_token == token]
    return await _moved(
        tx,
        mail_id,
        ReportMail.status == expect,
        *held,
        status=status,
        sent_at=sent_at,
        failure=failure,
        lease_until=None,
    )


async def _moved(tx: Tx, mail_id: UUID, *where: Any, **values: Any) -> bool:
    rows = await tx.session.execute(
        update(ReportMail)
        .where(ReportMail.tenant_id == tx.tenant_id, ReportMail.id == mail_id, *where)
        .values(**values)
        .returning(ReportMail.id)
        .execution_options(synchronize_session=False)
    )
    return rows.scalar_one_or_none() is not None


# ── Who reads them ──────────────────────────────────────────────────────────────────────────────
async def list_without_timer(tx: ReadTx, kind: str, roles: Sequence[str]) -> Sequence[Member]:
    """Active, enabled members in these roles without a timer of this kind."""
    timed = select(Timer.subject_id).where(Timer.tenant_id == tx.tenant_id, Timer.kind == kind)
    rows = await tx.session.execute(
        select(Member)
        .where(
            Member.tenant_id == tx.tenant_id,
            Member.active,
            Member.enabled_at.is_not(None),
            Member.role.in_(roles),
            Member.id.not_in(timed),
        )
        .order_by(Member.id)
    )
    return rows.scalars().all()
