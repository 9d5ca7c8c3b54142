"""Edit habits: put together."""

from db.session import Database
from handlers.habits_verbs import HabitVerbs
from services.audit import AuditService
from services.habits.bundle import HabitServices
from services.habits.noting import HabitNoting
from services.habits.service import HabitService
from services.habits.views import HabitViews
from services.ports import Clock, Ids


def habit_services(
    database: Database, clock: Clock, ids: Ids, audit: AuditService
) -> HabitServices:
    return HabitServices(
        noting=HabitNoting(db=database, clock=clock, ids=ids, audit=audit),
        habits=HabitService(db=database, clock=clock, ids=ids, audit=audit),
        views=HabitViews(db=database, clock=clock),
    )


def habit_verbs(services: HabitServices) -> HabitVerbs:
    """What the edge may ask of them."""
    return HabitVerbs(deeds=services.habits, reads=services.views)
