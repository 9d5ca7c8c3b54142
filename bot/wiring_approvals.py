"""The approval services of one process, made from the parts bot/wiring.py hands over."""

from typing import Any

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from handlers.approval_verbs import ApprovalVerbs
from services.approvals.decisions import DecisionService
from services.approvals.deps import Alarm, Deps, Notify, alarm_nobody, tell_nobody
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.audit import AuditService
from services.bundle import ApprovalServices
from services.errors import NotFound


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


def approval_services(database: Database, deps: Deps) -> ApprovalServices:
    return ApprovalServices(
        requests=RequestService(database, deps),
        decisions=DecisionService(database, deps),
        rechecker=Rechecker(database, deps),
    )


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
        carry=Unset(),
        absences=Unset(),
        rules=Unset(),
        reads=Unset(),
    )
