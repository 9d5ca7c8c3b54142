"""The copilot's autonomy, put together."""

from bot.wiring_confidence import calibration_files
from db.session import Database
from handlers.autonomy_verbs import AutonomyVerbs
from handlers.earning_verbs import EarningVerbs
from services.audit import AuditService
from services.autonomy.bundle import AutonomyServices
from services.autonomy.deciding import DecidingService
from services.autonomy.doings import DoingsService
from services.autonomy.earning.demoting import EarningService
from services.autonomy.earning.evidence import EvidenceReader
from services.autonomy.earning.moving import LevelMover
from services.autonomy.earning.promoting import PromotionService
from services.autonomy.earning.rule import STEPS, Steps
from services.autonomy.earning.views import EarningViews
from services.autonomy.exporting import ExportService
from services.autonomy.handing_out import HandOutService
from services.autonomy.limits import LimitService
from services.autonomy.overview import OverviewService
from services.autonomy.own_texts import OwnTextService
from services.autonomy.recalling import RecallService
from services.autonomy.shadow import ShadowReport
from services.ports import Chats, Clock, Ids
from services.sweeps import TenantCheck
from services.types.model import Lineage
from services.undo_waits import UndoWaits
from services.working_hours import WorkingHours


def deciding_service(
    clock: Clock, ids: Ids, audit: AuditService, waits: UndoWaits
) -> DecidingService:
    return DecidingService(clock=clock, ids=ids, audit=audit, waits=waits, hours=WorkingHours())


def autonomy_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    chats: Chats,
    lineage: Lineage,
    waits: UndoWaits,
    steps: Steps = STEPS,
) -> AutonomyServices:
    reader = EvidenceReader(steps=steps)
    mover = LevelMover(clock=clock, ids=ids, audit=audit)
    promotions = PromotionService(
        db=database, clock=clock, ids=ids, audit=audit, reader=reader, mover=mover
    )
    earning = EarningService(
        db=database,
        clock=clock,
        ids=ids,
        reader=reader,
        mover=mover,
        promotions=promotions,
        lineage=lineage,
    )
    export = ExportService(db=database)
    return AutonomyServices(
        limits=LimitService(db=database, clock=clock, ids=ids, audit=audit),
        recalls=RecallService(db=database, clock=clock, ids=ids, audit=audit),
        earning=earning,
        promotions=promotions,
        earning_views=EarningViews(db=database, clock=clock, waits=waits, steps=steps),
        own_texts=OwnTextService(db=database, clock=clock, ids=ids, audit=audit),
        shadow=ShadowReport(db=database, clock=clock),
        overview=OverviewService(db=database, clock=clock),
        doings=DoingsService(db=database, clock=clock),
        export=export,
        hand_out=HandOutService(
            db=database,
            clock=clock,
            ids=ids,
            audit=audit,
            chats=chats,
            export=export,
            others=calibration_files(database),
        ),
    )


def autonomy_checks(services: AutonomyServices) -> tuple[TenantCheck, ...]:
    return (services.earning.check,)


def autonomy_verbs(services: AutonomyServices) -> AutonomyVerbs:
    """What the edge may ask of it."""
    return AutonomyVerbs(
        overview=services.overview,
        doings=services.doings,
        hand_out=services.hand_out,
        limits=services.limits,
        shadow=services.shadow,
    )


def earning_verbs(services: AutonomyServices) -> EarningVerbs:
    """The same of what earns it."""
    return EarningVerbs(promotions=services.promotions, reads=services.earning_views)
