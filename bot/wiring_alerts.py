"""Alerts, put together."""

from db.session import Database
from handlers.alert_verbs import AlertVerbs
from services.audit import AuditService
from services.compose import ComposeService
from services.ports import Clock, Ids
from services.signals.alert_actions import AlertActions
from services.signals.alert_rollups import AlertRollups
from services.signals.alert_views import AlertViews
from services.signals.alerts import AlertService
from services.signals.amounts import AmountService
from services.signals.bundle import AlertServices
from services.signals.quality import QualityService
from services.signals.thresholds import ThresholdService
from services.sweeps import TimerHandler


def alert_services(
    database: Database, clock: Clock, ids: Ids, audit: AuditService, *, composer: ComposeService
) -> AlertServices:
    thresholds = ThresholdService(db=database, clock=clock, ids=ids, audit=audit)
    return AlertServices(
        alerts=AlertService(db=database, clock=clock, ids=ids, audit=audit),
        actions=AlertActions(
            db=database,
            clock=clock,
            ids=ids,
            audit=audit,
            composer=composer,
            learn=thresholds.heard,
        ),
        rollups=AlertRollups(db=database, clock=clock, ids=ids),
        views=AlertViews(db=database, clock=clock),
        thresholds=thresholds,
        quality=QualityService(db=database, clock=clock),
        amounts=AmountService(db=database, clock=clock, ids=ids, audit=audit),
    )


def alert_timers(services: AlertServices) -> dict[str, TimerHandler]:
    return {
        services.alerts.TIMER: services.alerts.awake,
        services.thresholds.TIMER: services.thresholds.due,
    }


def alert_verbs(services: AlertServices) -> AlertVerbs:
    """What the edge may ask of them."""
    return AlertVerbs(
        reads=services.views,
        deeds=services.actions,
        rollups=services.rollups,
        quality=services.quality,
        thresholds=services.thresholds,
        amounts=services.amounts,
    )
