"""An alert in a list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.types.signals import Severity, SignalName


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """One open signal: what, and its first proof."""

    signal_id: UUID
    account_name: str
    name: SignalName
    severity: Severity
    why: str
    proof: str
    raised_at: datetime
    acknowledged: bool = False
