"""Reports, put together."""

from blocks.report_mail import report_mail
from bot.wiring_letters import slack_link
from bot.wiring_mail_decisions import MailParts
from services.mail_out import MailOut
from services.reports.bundle import ReportServices
from services.reports.gathering import Gathering
from services.reports.mailing import ReportMailer
from services.reports.making import ReportMaker
from services.reports.pages import ReportPages
from services.reports.telling import ReportTeller
from services.reports.wishes import ReportWishes
from services.sweeps import TimerHandler
from services.types.model import Lineage


def report_services(parts: MailParts, mail_out: MailOut, lineage: Lineage) -> ReportServices:
    db, clock, ids, audit = parts.database, parts.clock, parts.ids, parts.audit
    maker = ReportMaker(
        db=db,
        clock=clock,
        ids=ids,
        audit=audit,
        gathering=Gathering(lineage=lineage),
    )
    teller = ReportTeller(db=db, clock=clock, ids=ids, maker=maker)
    mailer = ReportMailer(
        db=db,
        clock=clock,
        ids=ids,
        audit=audit,
        mail_out=mail_out,
        render=report_mail,
        links=parts.links,
        public_url=parts.public_url,
        in_slack=slack_link(parts),
    )
    pages = ReportPages(
        db=db,
        clock=clock,
        ids=ids,
        audit=audit,
        maker=maker,
        teller=teller,
        wishes=ReportWishes(db=db, clock=clock, ids=ids),
        mail_out=mail_out,
    )
    return ReportServices(pages=pages, teller=teller, mailer=mailer)


def report_timers(services: ReportServices) -> dict[str, TimerHandler]:
    return {services.teller.TIMER: services.teller.due}
