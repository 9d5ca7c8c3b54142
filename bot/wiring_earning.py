"""Earned autonomy, put together."""

from db.session import Database
from handlers.earning_verbs import EarningVerbs
from services.audit import AuditService
from services.autonomy.earning.bundle import EarningServices
from services.autonomy.earning.demoting import EarningService, Lineage
from services.autonomy.earning.evidence import EvidenceReader
from services.autonomy.earning.moving import LevelMover
from services.autonomy.earning.promoting import PromotionService
from services.autonomy.earning.rule import STEPS, Steps
from services.autonomy.earning.views import EarningViews
from services.ports import Clock, Ids
from services.undo_waits import UndoWaits


def earning_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    lineage: Lineage,
    waits: UndoWaits,
    steps: Steps = STEPS,
) -> EarningServices:
    reader = EvidenceReader(steps=steps)
    mover = LevelMover(clock=clock, ids=ids, audit=audit)
    promotions = PromotionService(
        db=database, clock=clock, ids=ids, audit=audit, reader=reader, mover=mover
    )
    return EarningServices(
        earning=EarningService(
            db=database,
            clock=clock,
            ids=ids,
            reader=reader,
            mover=mover,
            promotions=promotions,
            lineage=lineage,
        ),
        promotions=promotions,
        views=EarningViews(db=database, clock=clock, waits=waits, steps=steps),
    )


def earning_verbs(services: EarningServices) -> EarningVerbs:
    """What the edge may ask of it."""
    return EarningVerbs(
        promotions=services.promotions, levels=services.earning, reads=services.views
    )
