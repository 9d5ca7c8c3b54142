"""Limits of the copilot and the recall of what they no longer allow, put together."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from services.audit import AuditService
from services.autonomy.bundle import LimitServices
from services.autonomy.limits import LimitService
from services.autonomy.recalling import RecallService


def limit_services(
    database: Database, clock: DatabaseClock, ids: TimeOrderedIds, audit: AuditService
) -> LimitServices:
    return LimitServices(
        limits=LimitService(db=database, clock=clock, ids=ids, audit=audit),
        recalls=RecallService(db=database, clock=clock, ids=ids, audit=audit),
    )
