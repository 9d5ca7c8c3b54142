"""A report's mail: it leaves once. Claimed under a lease before, settled after; one that may have
left is never sent again. Where none can leave, the report comes in Slack and says why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from db import members, tenants
from db import reports as rows
from db.models.coaching import ReportMail
from db.models.tenants import Member
from db.session import Database
from services.audit import AuditService
from services.cards import touch
from services.errors import ServiceError
from services.letters.leaving import NO_ADDRESS, UNSURE, hand_over
from services.letters.links import Links, Purpose, SlackLink, SubjectLink, no_slack_link
from services.mail_out import MailOut, Notice
from services.ports import Clock, Ids
from services.reader import reader_of
from services.reports.making import report_of
from services.types.mail import Address
from services.types.preferences import read_preferences
from services.types.reports import CARD, ReportLinks, ReportView

log = structlog.get_logger()

LEFT = "They are no longer a member."
UNCONFIRMED = "Slack hasn't confirmed this address yet."
TURNED_OFF = "Its reader wants no reports by mail."
IN_SLACK = frozenset({"failed", "unknown"})

ReportRenderer = Callable[[ReportView, ReportLinks], tuple[str, str, str]]
"""Subject, HTML, plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMailer:
    """`links` and `public_url` are None where people's browsers don't find us."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    mail_out: MailOut
    render: ReportRenderer
    links: Links | None = None
    public_url: str | None = None
    in_slack: SlackLink = no_slack_link

    async def send(self, tenant_id: UUID, mail_id: UUID) -> None:
        """The job. Raises TransientError when the mail certainly didn't leave, to come again."""
        now = self.clock.now()
        async with self.db.read(tenant_id) as tx:
            mail = await rows.get_mail(tx, mail_id)
            member = await members.get_member(tx, mail.recipient_id) if mail else None
            tenant = await tenants.get_tenant(tx)
        if mail is None or mail.status not in {"queued", "sending"}:
            return
        if mail.status == "sending":
            await self._give_up(mail, now)
            return
        if member is None or not member.active:
            await self._settle(mail, None, "queued", "failed", LEFT)
            return
        why = await self._why_not(mail, member)
        if why is not None:
            await self._settle(mail, None, "queued", "failed", why)
            return
        await self._send(mail, member, tenant.team_id if tenant else "")

    async def _why_not(self, mail: ReportMail, member: Member) -> str | None:
        if member.slack_user_id is None:
            return UNCONFIRMED
        if not mail.asked and not read_preferences(member.preferences).report_mail:
            return TURNED_OFF
        address = await self.mail_out.address(mail.tenant_id)
        return None if address is not None else NO_ADDRESS

    async def _send(self, mail: ReportMail, member: Member, team_id: str) -> None:
        sender = await self.mail_out.address(mail.tenant_id)
        async with self.db.read(mail.tenant_id) as tx:
            row = await rows.get_report(tx, mail.report_id)
        if sender is None or row is None:
            await self._settle(mail, None, "queued", "failed", NO_ADDRESS)
            return
        links = self._links(mail, member, team_id)
        view = ReportView(reader=reader_of(member, self.clock), report=report_of(row))
        subject, html, text = self.render(view, links)
        to = Address(email=member.email, name=member.name)
        notice = Notice(
            to=to,
            subject=subject,
            text=text,
            html=html,
            date=self.clock.now(),
            name=f"report.{mail.id}",
            unsubscribe=links.unsubscribe or None,
        )
        try:
            raw = self.mail_out.write(notice, sender)
        except ServiceError as error:
            await self._settle(mail, None, "queued", "failed", str(error))
            return
        token = self.ids.new()
        async with self.db.transaction(mail.tenant_id) as writing:
            claimed = await rows.claim_mail(writing, mail.id, token, self.clock.now())
        if claimed:
            settle = partial(self._settle, mail, token)
            await hand_over(lambda: self.mail_out.send(mail.tenant_id, to=to, raw=raw), settle)

    async def _give_up(self, mail: ReportMail, now: datetime) -> None:
        """Somebody else has claimed it: while their lease runs they are at it."""
        async with self.db.transaction(mail.tenant_id) as tx:
            if await rows.give_up_mail(tx, mail.id, now, UNSURE):
                await touch(
                    tx,
                    CARD,
                    mail.report_id,
                    [mail.recipient_id],
                    clock=self.clock,
                    ids=self.ids,
                )

    async def _settle(
        self,
        mail: ReportMail,
        token: UUID | None,
        expect: str,
        status: str,
        note: str | None = None,
    ) -> bool:
        sent_at = self.clock.now() if status == "sent" else None
        async with self.db.transaction(mail.tenant_id) as tx:
            moved = await rows.settle_mail(
                tx,
                mail.id,
                token,
                expect=expect,
                status=status,
                sent_at=sent_at,
                failure=note or "",
            )
            if moved and status != "queued":
                facts = {"to": str(mail.recipient_id), "note": note}
                await self.audit.append(
                    tx, f"report.mail_{status}", subject_id=mail.report_id, facts=facts
                )
            if moved and status in IN_SLACK and note not in {LEFT, TURNED_OFF}:
                people = [mail.recipient_id]
                await touch(tx, CARD, mail.report_id, people, clock=self.clock, ids=self.ids)
        if moved and status in IN_SLACK:
            log.warning("a report's mail", mail_id=str(mail.id), status=status, note=note)
        return moved

    def _links(self, mail: ReportMail, member: Member, team_id: str) -> ReportLinks:
        in_slack = self.in_slack(team_id, member.dm_channel) if member.dm_channel else ""
        if self.links is None or self.public_url is None:
            return ReportLinks(in_slack=in_slack)
        link = SubjectLink(
            purpose=Purpose.NO_REPORTS,
            tenant_id=mail.tenant_id,
            member_id=member.id,
            subject_id=member.id,
        )
        return ReportLinks(
            in_slack=in_slack, unsubscribe=self.links.url(self.public_url, link) or ""
        )
