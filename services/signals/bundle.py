"""The services that look for signals, and those that tell of them; one field each."""

from dataclasses import dataclass

from services.signals.alert_actions import AlertActions
from services.signals.alert_rollups import AlertRollups
from services.signals.alert_views import AlertViews
from services.signals.alerts import AlertService
from services.signals.amounts import AmountService
from services.signals.looking import LookService
from services.signals.quality import QualityService
from services.signals.scan_budget import BudgetWatch
from services.signals.scans import SignalScanService
from services.signals.thresholds import ThresholdService


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalServices:
    looks: LookService
    scans: SignalScanService
    budget: BudgetWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertServices:
    alerts: AlertService
    actions: AlertActions
    rollups: AlertRollups
    views: AlertViews
    thresholds: ThresholdService
    quality: QualityService
    amounts: AmountService
