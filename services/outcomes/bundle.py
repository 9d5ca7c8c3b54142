"""The services of outcomes, one field each."""

from dataclasses import dataclass

from services.outcomes.labelling import LabelService
from services.outcomes.opening import OutcomeOpener
from services.outcomes.resolving import OutcomeService
from services.outcomes.sweeping import OutcomeSweeper


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeServices:
    opening: OutcomeOpener
    signals: OutcomeService
    sweeps: OutcomeSweeper
    labels: LabelService
