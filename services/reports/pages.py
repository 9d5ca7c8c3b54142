"""What is shown of reports, and the wish to have one by mail."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from db import commands, members, tenants
from db import reports as rows
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.audit import AuditService
from services.errors import Forbidden, InvalidInput, NotFound
from services.mail_out import MailOut
from services.ports import Clock, Ids
from services.reader import reader_of
from services.reports.mailing import UNCONFIRMED
from services.reports.making import ReportMaker, report_of, whose_of
from services.reports.periods import Span, span_of, wished
from services.reports.telling import ReportTeller
from services.reports.wishes import ReportWishes
from services.types.people import OVERSEERS, Actor
from services.types.reports import Report, ReportPeriod, ReportView, ReportWork, WayBack
from services.zones import today_in

NOT_FOR_REPS = (
    "Reports are for managers, executives and admins. How your own drafts fared: `/understudy me`."
)
NO_MAIL = "No mailbox is set up to send it from, so it can't be mailed. Here it stays."
UNFINISHED = "These days aren't over, so there is no report to mail yet."
NOT_COUNTED = "I'm counting these days. Ask again in a moment, then it can be mailed."
ON_ITS_WAY = "It is on its way to {email}."
IS_LEAVING = "It is on its way to you already."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPages:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    maker: ReportMaker
    teller: ReportTeller
    wishes: ReportWishes
    mail_out: MailOut

    async def wished(self, actor: Actor, words: str, way: WayBack) -> ReportView | None:
        """By what somebody typed, at once: as it was told, or counted last. None: these days are
        being counted, and come by the way back. Forbidden for a rep, InvalidInput for days nobody
        knows."""
        member = await self._member(actor)
        span = wished(words, today_in(member.timezone, self.clock.now()))
        return await self._at_once(member, span, way)

    async def page(
        self, actor: Actor, period: ReportPeriod, first: date, way: WayBack
    ) -> ReportView | None:
        """The same by the days themselves."""
        member = await self._member(actor)
        if first > today_in(member.timezone, self.clock.now()):
            raise InvalidInput("These days haven't begun yet.")
        return await self._at_once(member, span_of(period, first), way)

    async def work(self, tenant_id: UUID, wish_id: UUID) -> ReportWork | None:
        """The job: count what somebody asked for. None: it was told before, or can't be any
        more."""
        wish = await self.wishes.open(tenant_id, wish_id)
        if wish is None:
            return None
        span = span_of(ReportPeriod(wish.period), wish.starts_on)
        work = ReportWork(wish_id=wish_id, response_url=wish.response_url)
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, wish.member_id)
        if member is None or not member.active or member.role not in OVERSEERS:
            return replace(work, refusal=NOT_FOR_REPS)
        try:
            report = await self.maker.get(tenant_id, member, span)
        except InvalidInput as refusal:
            return replace(work, refusal=str(refusal))
        return replace(work, view=await self._view(member, report))

    async def card(self, tenant_id: UUID, report_id: UUID, reader_id: UUID) -> ReportView | None:
        """None when it is gone or not for this member."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, reader_id)
            row = await rows.get_report(tx, report_id)
            if member is None or row is None or member.role not in OVERSEERS:
                return None
            if row.member_id != (await whose_of(tx, member)).member_id:
                return None
            by_mail = await self._by_mail(tx, report_id, reader_id)
            earlier = await self._earlier(tx, report_of(row))
        return ReportView(
            reader=reader_of(member, self.clock),
            report=report_of(row),
            by_mail=by_mail,
            may_mail=await self._may_mail(member),
            earlier=earlier,
        )

    async def mail_me(
        self, actor: Actor, period: ReportPeriod, first: date, *, command_id: str
    ) -> str:
        """Send it to whoever asks, also once more; the same command again sends nothing. Says what
        becomes of it."""
        member = await self._member(actor)
        if not await self._may_mail(member):
            return NO_MAIL if member.slack_user_id is not None else UNCONFIRMED
        span = span_of(period, first)
        async with self.db.read(actor.tenant_id) as reading:
            report = await self.maker.known(reading, member, span)
        if today_in(member.timezone, self.clock.now()) <= span.last:
            return UNFINISHED
        if report is None or report.report_id is None:
            await self.wishes.begin(member, span, WayBack(command_id=command_id))
            return NOT_COUNTED
        async with self.db.transaction(actor.tenant_id) as tx:
            await require_member(tx, actor)
            now = self.clock.now()
            done = await commands.claim_command(
                tx, result_id=self.ids.new(), command_id=command_id, verb="report.mail", now=now
            )
            if done is not None:
                return str(done.get("sentence", IS_LEAVING))
            sent = await self.teller.send(tx, report.report_id, member.id, asked=True)
            sentence = ON_ITS_WAY.format(email=member.email) if sent else IS_LEAVING
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await self.audit.append(
                tx, "report.mail_asked", actor=actor, subject_id=report.report_id
            )
            return sentence

    async def _member(self, actor: Actor) -> Member:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
        if member.role not in OVERSEERS:
            raise Forbidden(NOT_FOR_REPS)
        return member

    async def _at_once(self, member: Member, span: Span, way: WayBack) -> ReportView | None:
        async with self.db.read(member.tenant_id) as tx:
            report = await self.maker.known(tx, member, span)
        if report is None:
            await self.wishes.begin(member, span, way)
            return None
        if not report.fresh:
            await self.wishes.renew(member, span, report)
        return await self._view(member, report)

    async def _view(self, member: Member, report: Report) -> ReportView:
        async with self.db.read(member.tenant_id) as tx:
            told = report.report_id
            by_mail = await self._by_mail(tx, told, member.id) if told else ""
            earlier = await self._earlier(tx, report)
        return ReportView(
            reader=reader_of(member, self.clock),
            report=report,
            by_mail=by_mail,
            may_mail=report.report_id is not None and await self._may_mail(member),
            earlier=earlier,
        )

    async def _may_mail(self, member: Member) -> bool:
        address = await self.mail_out.address(member.tenant_id)
        return address is not None and member.slack_user_id is not None

    async def _earlier(self, tx: ReadTx, report: Report) -> date | None:
        before = span_of(report.period, report.first).before
        tenant = await self._began(tx, report.zone)
        return before.first if before.last >= tenant else None

    async def _began(self, tx: ReadTx, zone: str) -> date:
        tenant = await tenants.get_tenant(tx)
        if tenant is None:
            raise NotFound("This workspace is gone.")
        return today_in(zone, tenant.created_at)

    @staticmethod
    async def _by_mail(tx: ReadTx, report_id: UUID, reader_id: UUID) -> str:
        """What became of its mail to this reader."""
        mail = await rows.find_mail(tx, report_id, reader_id)
        if mail is None:
            return ""
        return {
            "queued": "It is on its way by mail.",
            "sending": "It is on its way by mail.",
            "sent": "It came by mail too.",
            "failed": f"It didn't go by mail: {mail.failure}",
            "unknown": mail.failure,
        }[mail.status]
