"""What looks for signals, put together."""

from db.session import Database
from services.model_calls import ModelCallService
from services.ports import Clock, Ids, LanguageModel
from services.signals.bundle import SignalServices
from services.signals.detectors import DETECTORS
from services.signals.facts import facts_of
from services.signals.lifecycle import LifecycleService, Tell
from services.signals.looking import LookService
from services.signals.model_detector import ModelDetectors
from services.signals.scan_budget import BudgetWatch
from services.signals.scans import SignalScanService


def signal_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    *,
    model: LanguageModel,
    calls: ModelCallService,
    tell: Tell,
) -> SignalServices:
    """`tell`: who is told of what is raised and cleared. Without a model the rules look alone."""
    looks = LookService(
        db=database,
        clock=clock,
        ids=ids,
        facts=facts_of,
        detectors=DETECTORS,
        models=None if model.offline else ModelDetectors(db=database, model=model, calls=calls),
        lifecycle=LifecycleService(clock, ids, tell),
    )
    return SignalServices(
        looks=looks,
        scans=SignalScanService(db=database, clock=clock, ids=ids, looks=looks),
        budget=BudgetWatch(db=database, clock=clock, ids=ids, budget_usd=calls.budget_usd),
    )
