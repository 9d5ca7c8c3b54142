"""Coaching, put together."""

from db.session import Database
from services.audit import AuditService
from services.coaching.bundle import CoachingServices
from services.coaching.looking import CoachingLooks
from services.coaching.nights import CoachingNights
from services.coaching.pages import CoachingService
from services.ports import Clock, Ids


def coaching_services(
    database: Database, clock: Clock, ids: Ids, audit: AuditService
) -> CoachingServices:
    looks = CoachingLooks(db=database, clock=clock, ids=ids)
    return CoachingServices(
        nights=CoachingNights(db=database, clock=clock, ids=ids, looks=looks),
        pages=CoachingService(db=database, clock=clock, ids=ids, audit=audit),
    )
