"""When a pending request is looked at next: one timer a request, at its next due moment."""

from datetime import datetime, timedelta

from db import timers
from db.models.approvals import ApprovalRequest
from db.session import Tx

TIMER = "approval"


def next_moment(request: ApprovalRequest) -> datetime | None:
    """The next reminder, breach or expiry, whichever is first; None when nothing is to come."""
    if request.status != "pending":
        return None
    route = request.route
    moments = [request.expires_at] if request.expires_at is not None else []
    # From the last step on it stays where it is until it expires.
    if request.breached_at is None or request.level < len(route.get("escalate", ())):
        reminders = sorted(route.get("remind_before", ()), reverse=True)[request.reminded :]
        moments.append(request.due_at)
        moments += [request.due_at - timedelta(seconds=before) for before in reminders[:1]]
    return min(moments, default=None)


async def arm(tx: Tx, request: ApprovalRequest) -> None:
    """Set or move the request's timer to its next moment, or take it away."""
    moment = next_moment(request)
    if moment is None:
        await timers.drop_timer(tx, TIMER, request.id)
    else:
        await timers.set_timer(tx, TIMER, request.id, moment)
