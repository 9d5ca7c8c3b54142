"""Learning, put together: what is predicted and what came of it, what is learnt from that, and what
people see of it. One file a part beside this one."""

from bot.wiring_coaching import coaching_services
from bot.wiring_confidence import calibration_pages
from bot.wiring_habits import habit_services
from bot.wiring_learning_views import learning_views
from bot.wiring_mail_decisions import MailParts
from bot.wiring_reports import report_services, report_timers
from services.analytics.counting import CountingService
from services.bundle import LearningServices
from services.calibration.service import CalibrationService
from services.mail_out import MailOut
from services.outcomes.bundle import OutcomeServices
from services.sweeps import TenantCheck, TimerHandler
from services.types.model import Lineage


def learning_services(
    parts: MailParts, mail_out: MailOut, lineage: Lineage, outcomes: OutcomeServices
) -> LearningServices:
    """Outcomes come from outside: mail that leaves and mail that is read open and settle them."""
    database, clock, ids, audit = parts.database, parts.clock, parts.ids, parts.audit
    calibration = CalibrationService(db=database, clock=clock, ids=ids, audit=audit)
    return LearningServices(
        outcomes=outcomes,
        calibration=calibration,
        calibration_pages=calibration_pages(database, clock, ids, lineage, calibration),
        counting=CountingService(db=database, clock=clock, ids=ids),
        coaching=coaching_services(database, clock, ids, audit),
        habits=habit_services(database, clock, ids, audit),
        views=learning_views(database, clock, ids, labels=outcomes.labels),
        reports=report_services(parts, mail_out, lineage),
    )


def learning_timers(services: LearningServices) -> dict[str, TimerHandler]:
    """What happens when a timer is due, by its kind."""
    calibration = services.calibration
    return {
        **services.outcomes.sweeps.timers(),
        calibration.TIMER: calibration.due,
        **report_timers(services.reports),
    }


def learning_checks(services: LearningServices) -> tuple[TenantCheck, ...]:
    """What is looked at for every tenant at every tick."""
    return (
        services.calibration.arm,
        services.coaching.nights.check,
        services.counting.check,
        services.reports.teller.arm,
    )
