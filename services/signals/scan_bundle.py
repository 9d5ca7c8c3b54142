"""The services that look for signals."""

from dataclasses import dataclass

from services.signals.looking import LookService
from services.signals.scan_budget import BudgetWatch
from services.signals.scans import SignalScanService


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalServices:
    looks: LookService
    scans: SignalScanService
    budget: BudgetWatch
