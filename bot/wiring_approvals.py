"""The approval services of one process, made from the parts bot/wiring.py hands over."""

from collections.abc import Callable

import aiohttp

from bot.adapters.sms import SmsGateway
from bot.config import Settings
from db.session import Database
from handlers.approval_verbs import ApprovalVerbs
from services.approvals.absences import BEGINS, ENDS, AbsenceService
from services.approvals.carry import CarryService
from services.approvals.decisions import DecisionService
from services.approvals.deps import (
    Alarm,
    Asked,
    Deps,
    Notify,
    alarm_nobody,
    asked_nobody,
    tell_nobody,
)
from services.approvals.figures import FigureService
from services.approvals.gated import GatedSends
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.approvals.rule_sets import RuleSetService
from services.approvals.timers import ApprovalTimers
from services.approvals.timing import TIMER
from services.approvals.urgent import UrgentService
from services.approvals.vacancies import VacancyService
from services.approvals.views import ApprovalViews
from services.audit import AuditService
from services.bundle import ApprovalServices
from services.ports import Clock, Ids
from services.sweeps import TenantCheck, TimerHandler
from services.undo_waits import UndoWaits


def approval_deps(
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    notify: Notify = tell_nobody,
    alarm: Alarm = alarm_nobody,
    asked: Asked = asked_nobody,
) -> Deps:
    """What all approval services share; `notify` and `alarm` are wired where mail and the urgent
    channel are made."""
    return Deps(clock=clock, ids=ids, audit=audit, notify=notify, alarm=alarm, asked=asked)


def text_messages(
    settings: Settings, session: Callable[[], aiohttp.ClientSession]
) -> SmsGateway | None:
    """The gateway that urgent texts leave by, where one is set up."""
    if settings.sms_gateway_url is None:
        return None
    token = settings.sms_gateway_token
    return SmsGateway(
        session=session,
        url=settings.sms_gateway_url,
        body=settings.sms_gateway_body,
        content_type=settings.sms_gateway_content_type,
        token=token.get_secret_value() if token else None,
    )


def approval_services(
    database: Database,
    deps: Deps,
    urgent: UrgentService,
    *,
    waits: UndoWaits,
) -> ApprovalServices:
    gated = GatedSends(db=database, clock=deps.clock, ids=deps.ids, audit=deps.audit, waits=waits)
    figures = FigureService(db=database, clock=deps.clock)
    return ApprovalServices(
        gated=gated,
        urgent=urgent,
        requests=RequestService(database, deps),
        decisions=DecisionService(database, deps),
        rechecker=Rechecker(database, deps),
        timers=ApprovalTimers(deps=deps),
        absences=AbsenceService(db=database, deps=deps),
        carry=CarryService(db=database, deps=deps, send_approved=gated.send),
        vacancies=VacancyService(db=database, deps=deps),
        reads=ApprovalViews(database, deps.clock, figures.figures),
        rules=RuleSetService(database, deps.clock, deps.ids, deps.audit),
    )


def approval_timers(services: ApprovalServices) -> dict[str, TimerHandler]:
    """What happens when a timer of approvals is due, by kind."""
    return {
        TIMER: services.timers.due,
        BEGINS: services.absences.begins,
        ENDS: services.absences.ends,
    }


def approval_checks(services: ApprovalServices) -> tuple[TenantCheck, ...]:
    """What the sweep looks after at every tick."""
    return (services.carry.recover, services.vacancies.check)


def approval_verbs(services: ApprovalServices) -> ApprovalVerbs:
    """What the edge may ask of approvals."""
    return ApprovalVerbs(
        requests=services.requests,
        decisions=services.decisions,
        carry=services.carry,
        absences=services.absences,
        rules=services.rules,
        reads=services.reads,
    )
