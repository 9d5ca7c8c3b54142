"""Goals, put together."""

from db.session import Database
from handlers.goal_verbs import GoalVerbs
from services.audit import AuditService
from services.goals.bundle import GoalServices
from services.goals.days import GoalDays
from services.goals.service import GoalService
from services.goals.views import GoalViews
from services.goals.writing import GoalBook
from services.ports import Clock, Ids
from services.sweeps import TimerHandler


def goal_services(database: Database, clock: Clock, ids: Ids, audit: AuditService) -> GoalServices:
    book = GoalBook(clock=clock, ids=ids, audit=audit)
    return GoalServices(
        deeds=GoalService(db=database, book=book),
        days=GoalDays(book=book),
        views=GoalViews(db=database, clock=clock),
    )


def goal_timers(services: GoalServices) -> dict[str, TimerHandler]:
    return {services.days.TIMER: services.days.due}


def goal_verbs(services: GoalServices) -> GoalVerbs:
    """What the edge may ask of them."""
    return GoalVerbs(reads=services.views, deeds=services.deeds)
