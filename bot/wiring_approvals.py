"""The approval services of one process, made from the parts bot/wiring.py hands over."""

from typing import Any

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from handlers.approval_verbs import ApprovalVerbs
from services.approvals.absences import BEGINS, ENDS, AbsenceService
from services.approvals.carry import CarryService, SendApproved, send_nothing
from services.approvals.decisions import DecisionService
from services.approvals.deps import Alarm, Deps, Notify, alarm_nobody, tell_nobody
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.approvals.timers import ApprovalTimers
from services.approvals.timing import TIMER
from services.approvals.vacancies import VacancyService
from services.approvals.views import ApprovalViews, FiguresOf, no_figures
from services.audit import AuditService
from services.bundle import ApprovalServices
from services.errors import NotFound
from services.sweeps import TenantCheck, TimerHandler


def approval_deps(
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    audit: AuditService,
    *,
    notify: Notify = tell_nobody,
    alarm: Alarm = alarm_nobody,
) -> Deps:
    """What all approval services share; `notify` and `alarm` are wired where mail and the urgent
    channel are made."""
    return Deps(clock=clock, ids=ids, audit=audit, notify=notify, alarm=alarm)


def approval_services(
    database: Database,
    deps: Deps,
    *,
    send_approved: SendApproved = send_nothing,
    figures_of: FiguresOf = no_figures,
) -> ApprovalServices:
    return ApprovalServices(
        requests=RequestService(database, deps),
        decisions=DecisionService(database, deps),
        rechecker=Rechecker(database, deps),
        timers=ApprovalTimers(deps=deps),
        absences=AbsenceService(db=database, deps=deps),
        carry=CarryService(db=database, deps=deps, send_approved=send_approved),
        vacancies=VacancyService(db=database, deps=deps),
        reads=ApprovalViews(database, deps.clock, figures_of),
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


class Unset:
    """A part of approvals this process was built without: whoever asks is told so."""

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("__"):
            raise AttributeError(verb)

        async def refuse(*_args: Any, **_kwargs: Any) -> Any:
            raise NotFound("This isn't set up here yet.")

        return refuse


def approval_verbs(services: ApprovalServices) -> ApprovalVerbs:
    """What the edge may ask of approvals."""
    return ApprovalVerbs(
        requests=services.requests,
        decisions=services.decisions,
        carry=services.carry,
        absences=services.absences,
        rules=Unset(),
        reads=services.reads,
    )
