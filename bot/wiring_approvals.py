"""The approval services of one process, made from the parts bot/wiring.py hands over."""

from typing import Any

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from handlers.approval_verbs import ApprovalVerbs
from services.approvals.deps import Alarm, Deps, Notify, alarm_nobody, tell_nobody
from services.audit import AuditService
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


class Unset:
    """A part of approvals this process was built without: whoever asks is told so."""

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("__"):
            raise AttributeError(verb)

        async def refuse(*_args: Any, **_kwargs: Any) -> Any:
            raise NotFound("This isn't set up here yet.")

        return refuse


def approval_verbs() -> ApprovalVerbs:
    """What the edge may ask of approvals."""
    return ApprovalVerbs(
        requests=Unset(),
        decisions=Unset(),
        carry=Unset(),
        absences=Unset(),
        rules=Unset(),
        reads=Unset(),
    )
