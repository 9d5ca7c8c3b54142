"""Reports, put together."""

from collections.abc import Callable, Sequence

from blocks.report_mail import report_mail
from bot.wiring_letters import slack_link
from bot.wiring_mail_decisions import MailParts
from db.session import ReadTx
from services.analytics.figures import figures
from services.calibration.state import list_summaries
from services.mail_out import MailOut
from services.reports.bundle import ReportServices
from services.reports.figures.quality import Score
from services.reports.gathering import Gathering, ScoresOf
from services.reports.mailing import ReportMailer
from services.reports.making import ReportMaker
from services.reports.pages import ReportPages
from services.reports.telling import ReportTeller
from services.reports.wishes import ReportWishes
from services.sweeps import TimerHandler
from services.types.autonomy_words import type_words

KIND_WORDS = {
    "email_engagement": "answered",
    "deal_progression": "deal moves on",
    "meeting_outcome": "meeting held",
    "escalation_result": "escalation settled",
}


def report_services(
    parts: MailParts, mail_out: MailOut, lineage: Callable[[], str]
) -> ReportServices:
    db, clock, ids, audit = parts.database, parts.clock, parts.ids, parts.audit
    maker = ReportMaker(
        db=db,
        clock=clock,
        ids=ids,
        audit=audit,
        gathering=Gathering(figures=figures, scores=scores_under(lineage)),
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


def scores_under(lineage: Callable[[], str]) -> ScoresOf:
    """How each kind of prediction held as it was stated, under the lineage in force."""

    async def scores(tx: ReadTx) -> Sequence[Score]:
        return [
            Score(
                label=f"{type_words(one.key.action_type)}, {KIND_WORDS.get(one.key.kind, '')}",
                outcomes=one.raw.n,
                brier=one.raw.brier,
                ece=one.raw.ece,
            )
            for one in await list_summaries(tx)
            if one.key.lineage == lineage()
        ]

    return scores
