"""Outcomes, put together."""

from db.session import Database
from services.audit import AuditService
from services.outcomes.bundle import OutcomeServices
from services.outcomes.labelling import LabelService
from services.outcomes.opening import OutcomeOpener
from services.outcomes.resolving import OutcomeService
from services.outcomes.sweeping import OutcomeSweeper
from services.ports import Clock, Ids


def outcome_services(
    database: Database, clock: Clock, ids: Ids, audit: AuditService
) -> OutcomeServices:
    signals = OutcomeService(clock, ids, audit)
    return OutcomeServices(
        opening=OutcomeOpener(clock, ids),
        signals=signals,
        sweeps=OutcomeSweeper(database, clock, signals),
        labels=LabelService(db=database, clock=clock, ids=ids, outcomes=signals),
    )
