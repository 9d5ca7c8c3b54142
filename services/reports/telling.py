"""When a report is told, and to whom: executives and admins the month on its first working day,
managers their people's week on Monday, each in their own morning.

A timer a reader. It stays near until the report is there: the sweep only begins a job, and the job
moves the timer on in the transaction that told, so a job that is lost is begun again and one that
runs twice tells once. What is held back (a pause, shadow mode) is looked at again each morning,
until the report is old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

from db import jobs, members, tenants, timers
from db import reports as rows
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.cards import touch
from services.errors import InvalidInput
from services.pacing import turns_to_mail
from services.ports import Clock, Ids
from services.reach import holds_back
from services.reports.making import ReportMaker, whose_of
from services.reports.periods import LATEST, MORNING, Span, last_full, told_at
from services.types.people import Role
from services.types.preferences import Preferences, read_preferences
from services.types.reports import CARD, Report, ReportPeriod
from services.zones import next_time, today_in

TIMER = "report"
MAKE, MAIL = "report.make", "report.mail"
AGAIN = timedelta(minutes=30)
PERIODS: Mapping[str, ReportPeriod] = {
    Role.MANAGER: ReportPeriod.WEEK,
    Role.EXECUTIVE: ReportPeriod.MONTH,
    Role.ADMIN: ReportPeriod.MONTH,
}
"""Who is told of what unasked, by their role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTeller:
    db: Database
    clock: Clock
    ids: Ids
    maker: ReportMaker

    TIMER: ClassVar[str] = TIMER

    async def arm(self, tenant_id: UUID) -> None:
        """Every minute: a timer for each enabled reader who has none."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            found = await rows.list_without_timer(tx, TIMER, list(PERIODS))
            await timers.set_timers(tx, TIMER, {one.id: _next(one, now) for one in found})

    async def due(self, tx: Tx, member_id: UUID) -> None:
        """This reader's timer: begin the report's job, wait, or go on to the next one."""
        now = self.clock.now()
        member = await members.get_member(tx, member_id)
        if member is None or not member.active or member.role not in PERIODS:
            return  # no reader of reports any more: `arm` begins anew when they are one
        span = _span(member, now)
        wish = read_preferences(member.preferences)
        late = today_in(member.timezone, now) - span.last > LATEST[span.period]
        if late or not (wish.report_mail or wish.report_slack):
            await timers.set_timer(tx, TIMER, member_id, _next(member, now))
            return
        over = span.ends((await whose_of(tx, member)).zone)
        if now < over:
            await timers.set_timer(tx, TIMER, member_id, _morning_after(member, over))
        elif await self._waits(tx, member, now):
            await timers.set_timer(tx, TIMER, member_id, _morning_after(member, now))
        else:
            await timers.set_timer(tx, TIMER, member_id, now + AGAIN)
            key = f"{MAKE}:{tx.tenant_id}:{member_id}:{span.first}"
            await jobs.enqueue(tx, MAKE, {"member_id": member_id}, dedupe_key=key, patient=True)

    async def make(self, tenant_id: UUID, member_id: UUID) -> None:
        """The job: the last full week or month of this reader, told once."""
        now = self.clock.now()
        async with self.db.read(tenant_id) as reading:
            member = await members.get_member(reading, member_id)
        if member is None or not member.active or member.role not in PERIODS:
            return
        span = _span(member, now)
        try:
            report = await self.maker.get(tenant_id, member, span)
        except InvalidInput:
            report = None  # from before the tenant's time: there is nothing to tell
        async with self.db.transaction(tenant_id) as tx:
            if report is not None and report.report_id is not None:
                if await self._waits(tx, member, now):
                    return
                await self._tell(tx, member, report)
            await timers.set_timer(tx, TIMER, member_id, _next(member, now))

    async def _tell(self, tx: Tx, member: Member, report: Report) -> None:
        """By mail, in Slack or both, as they want it. Whether a mail can leave is asked when it is
        sent, and where it can't, it comes in Slack. A week without anything disturbs nobody; a
        month without anything is news."""
        if report.report_id is None or (report.empty and report.period is ReportPeriod.WEEK):
            return
        wish = read_preferences(member.preferences)
        if wish.report_mail:
            await self.send(tx, report.report_id, member.id, asked=False)
        if wish.report_slack:
            await touch(tx, CARD, report.report_id, [member.id], clock=self.clock, ids=self.ids)

    async def send(self, tx: Tx, report_id: UUID, member_id: UUID, *, asked: bool) -> bool:
        """Put its mail to this member on the way. Once, unless they have `asked` for it again;
        False when there is nothing to do."""
        now, mail_id = self.clock.now(), self.ids.new()
        if not await rows.add_mail(tx, mail_id, report_id, member_id, now, asked=asked):
            found = await rows.find_mail(tx, report_id, member_id)
            if found is None or not asked or not await rows.ask_mail_again(tx, found.id):
                return False
            mail_id = found.id
        turns = await turns_to_mail(tx, 1, ids=self.ids, now=now)
        await jobs.enqueue(tx, MAIL, {"mail_id": mail_id}, after=turns[0] - now or None)
        return True

    async def _waits(self, tx: ReadTx, member: Member, now: datetime) -> bool:
        """Held back right now, or somebody Slack hasn't told us who they are: figures of the
        company don't go to an address that nobody has confirmed."""
        tenant = await tenants.get_tenant(tx)
        held = tenant is None or holds_back(member, tenant, CARD, now) is not None
        return held or member.slack_user_id is None


def _span(member: Member, now: datetime) -> Span:
    return last_full(PERIODS[member.role], today_in(member.timezone, now))


def _morning(wish: Preferences) -> time:
    return max(MORNING, wish.night[1]) if wish.night else MORNING


def _next(member: Member, now: datetime) -> datetime:
    wish = read_preferences(member.preferences)
    return told_at(PERIODS[member.role], member.timezone, now, _morning(wish))


def _morning_after(member: Member, moment: datetime) -> datetime:
    return next_time(member.timezone, moment, _morning(read_preferences(member.preferences)))
