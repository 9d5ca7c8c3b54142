"""When a pending request is looked at next: one timer a request, at its next due moment.

What happens then is in timers.py. Every step has its scheduled moment, computed from the request
alone: a sweep that comes late finds the same moments in the same order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from db import timers
from db.models.approvals import ApprovalRequest
from db.session import Tx

TIMER = "approval"

Kind = Literal["expire", "breach", "remind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens next to a request, and when."""

    kind: Kind
    at: datetime


def next_step(request: ApprovalRequest) -> Step | None:
    """The next reminder, breach or expiry, whichever is first; None when nothing is to come. At
    one and the same moment the expiry counts, then the breach."""
    if request.status != "pending":
        return None
    steps = []
    if request.expires_at is not None:
        steps.append(Step(kind="expire", at=request.expires_at))
    # From the last step on it stays where it is until it expires.
    if request.breached_at is None or request.level < len(request.route.get("escalate", ())):
        steps.append(Step(kind="breach", at=request.due_at))
    steps += [Step(kind="remind", at=at) for at in _reminders(request)[request.reminded :][:1]]
    return min(steps, key=lambda step: step.at, default=None)


def next_moment(request: ApprovalRequest) -> datetime | None:
    """When the request is looked at next; None when it needs no looking at."""
    step = next_step(request)
    return step.at if step else None


def sla_of(request: ApprovalRequest) -> timedelta:
    """How long each level has for its decision."""
    return timedelta(seconds=float(request.route["sla"]))


def _reminders(request: ApprovalRequest) -> list[datetime]:
    """The present level's reminders, first one first. One that would come before the level began
    (a day before, with four hours to decide) is left out."""
    ahead = sorted({float(before) for before in request.route.get("remind_before", ())})
    sla = sla_of(request).total_seconds()
    return [
        request.due_at - timedelta(seconds=before) for before in reversed(ahead) if 0 < before < sla
    ]


async def arm(tx: Tx, request: ApprovalRequest) -> None:
    """Set or move the request's timer to its next moment, or take it away. Call it with the request
    locked, or just made."""
    moment = next_moment(request)
    if moment is None:
        await timers.drop_timer(tx, TIMER, request.id)
    else:
        await timers.set_timer(tx, TIMER, request.id, moment)
