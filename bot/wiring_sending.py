"""What happens with the texts the copilot writes by itself."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from services.audit import AuditService
from services.autonomy.deciding import DecidingService
from services.autonomy.own_texts import OwnTextService
from services.undo_waits import UndoWaits


def deciding_service(
    clock: DatabaseClock, ids: TimeOrderedIds, audit: AuditService, waits: UndoWaits
) -> DecidingService:
    return DecidingService(clock=clock, ids=ids, audit=audit, waits=waits)


def own_text_service(
    database: Database, clock: DatabaseClock, ids: TimeOrderedIds, audit: AuditService
) -> OwnTextService:
    return OwnTextService(db=database, clock=clock, ids=ids, audit=audit)
