"""Outreach, put together."""

from db.goals import active_goal_for
from db.session import Database
from handlers.outreach_verbs import OutreachVerbs
from services.audit import AuditService
from services.commissioning import Commissioner
from services.compose import ComposeService
from services.outreach.bundle import OutreachServices
from services.outreach.checking import OutreachCheckService
from services.outreach.deciding import Deciding
from services.outreach.noting import Noting
from services.outreach.proposals import ProposalService
from services.outreach.settling import Settling
from services.outreach.views import ProposalViews
from services.ports import Clock, Ids
from services.sweeps import TenantCheck, TimerHandler


def outreach_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    composer: ComposeService,
) -> OutreachServices:
    settling = Settling(clock=clock, ids=ids, audit=audit)
    deciding = Deciding(
        db=database,
        settling=settling,
        commissioner=Commissioner(clock, ids, audit),
        goal_for=active_goal_for,
    )
    return OutreachServices(
        checks=OutreachCheckService(
            db=database,
            settling=settling,
            look=Noting(db=database, settling=settling).look,
            decide=deciding.decide,
        ),
        proposals=ProposalService(
            db=database, clock=clock, ids=ids, audit=audit, settling=settling, composer=composer
        ),
        views=ProposalViews(db=database, clock=clock),
    )


def outreach_timers(services: OutreachServices) -> dict[str, TimerHandler]:
    return {services.proposals.TIMER: services.proposals.awake}


def outreach_checks(services: OutreachServices) -> tuple[TenantCheck, ...]:
    return (services.checks.check,)


def outreach_verbs(services: OutreachServices) -> OutreachVerbs:
    """What the edge may ask of them."""
    return OutreachVerbs(reads=services.views, deeds=services.proposals)
