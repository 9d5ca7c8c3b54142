"""What people see of the copilot's autonomy, put together."""

from db.session import Database
from handlers.autonomy_verbs import AutonomyVerbs, LimitVerbs, ShadowReads
from services.audit import AuditService
from services.autonomy.desk import DeskServices
from services.autonomy.doings import DoingsService
from services.autonomy.exporting import ExportService
from services.autonomy.handing_out import HandOutService
from services.autonomy.overview import OverviewService
from services.ports import Chats, Clock, Ids


def desk_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    chats: Chats,
) -> DeskServices:
    export = ExportService(db=database)
    return DeskServices(
        overview=OverviewService(db=database, clock=clock),
        doings=DoingsService(db=database, clock=clock),
        export=export,
        hand_out=HandOutService(
            db=database, clock=clock, ids=ids, audit=audit, chats=chats, export=export
        ),
    )


def autonomy_verbs(
    services: DeskServices,
    *,
    limits: LimitVerbs,
    shadow: ShadowReads,
) -> AutonomyVerbs:
    """What the edge may ask of it."""
    return AutonomyVerbs(
        overview=services.overview,
        doings=services.doings,
        hand_out=services.hand_out,
        limits=limits,
        shadow=shadow,
    )
