"""What happens with the texts the copilot writes by itself."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from services.audit import AuditService
from services.autonomy.deciding import DecidingService
from services.autonomy.moments import WorkingHours
from services.autonomy.own_texts import OwnTextService
from services.autonomy.sending_bundle import SendingServices
from services.autonomy.shadow import ShadowReport
from services.undo_waits import UndoWaits


def deciding_service(
    clock: DatabaseClock, ids: TimeOrderedIds, audit: AuditService, waits: UndoWaits
) -> DecidingService:
    return DecidingService(clock=clock, ids=ids, audit=audit, waits=waits, hours=WorkingHours())


def sending_services(
    database: Database, clock: DatabaseClock, ids: TimeOrderedIds, audit: AuditService
) -> SendingServices:
    return SendingServices(
        own_texts=OwnTextService(db=database, clock=clock, ids=ids, audit=audit),
        shadow=ShadowReport(db=database, clock=clock),
    )
