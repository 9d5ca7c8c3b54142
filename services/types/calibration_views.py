"""What people see of how stated probabilities hold: the page, its charts, the adjustments."""

from dataclasses import dataclass

from services.types.calibration import Summary
from services.types.views import Reader

CARD = "calibration"
"""The card with the charts; its subject is whoever asked for it."""
FILE = "calibration"
"""The name under which the file is handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindHealth:
    """One action type and kind of outcome under the lineage of today. `earlier`: outcomes of other
    models, prompts or rules, which are kept apart."""

    summary: Summary
    earlier: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationView:
    """The most outcomes first. `leads`: may look at the charts. `admin`: sees figures, may take
    adjustments back, may have the file."""

    reader: Reader
    kinds: tuple[KindHealth, ...]
    leads: bool = False
    admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentsView:
    """One kind with what adjusted it, newest first. `told`: what has just been done."""

    reader: Reader
    summary: Summary
    told: str = ""
