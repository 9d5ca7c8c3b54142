"""What time does to a pending request: reminders, the breach, the way up the chain, the expiry.

The sweep fires a request's timer once for each step, and every step is stamped with the moment it
was scheduled for: a worker that was away does the same steps in the same order.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import approval_requests as rows
from db.models.approvals import ApprovalRequest
from db.session import Tx
from services.approvals.deps import Deps
from services.approvals.handover import (
    CARD,
    Case,
    Roster,
    case_of,
    hand_over,
    load_roster,
    show,
    speaker,
)
from services.approvals.timing import TIMER, Step, arm, next_step, sla_of
from services.cards import surface_again
from services.types.approvals import ADMIN

__all__ = ["EXPIRED", "TIMER", "ApprovalTimers", "arm"]

EXPIRED = "Nobody decided in time."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTimers:
    """`due` is the handler of timers of the kind `approval`."""

    deps: Deps

    async def due(self, tx: Tx, request_id: UUID) -> None:
        """One step, if it is due, and the timer of the next."""
        request = await rows.lock_request(tx, request_id)
        if request is None:
            return
        step = next_step(request)
        if step is not None and step.at <= self.deps.clock.now():
            await self._take(tx, request, step)
        await arm(tx, request)

    async def catch_up(self, tx: Tx, request: ApprovalRequest) -> bool:
        """Do what the sweep hasn't come to yet, for whoever acts on the locked request right now:
        nobody decides on what has expired. Says whether the request is still pending."""
        now = self.deps.clock.now()
        while (step := next_step(request)) is not None and step.at <= now:
            await self._take(tx, request, step)
            await arm(tx, request)
        return request.status == "pending"

    async def _take(self, tx: Tx, request: ApprovalRequest, step: Step) -> None:
        if step.kind == "expire":
            await self._expire(tx, request, step.at)
        elif step.kind == "breach":
            await self._breach(tx, request, step.at)
        else:
            await self._remind(tx, request, step.at)

    async def _expire(self, tx: Tx, request: ApprovalRequest, at: datetime) -> None:
        settled = await rows.settle_request(
            tx,
            request.id,
            status="expired",
            at=at,
            by=None,
            surface=None,
            reason=EXPIRED,
        )
        if not settled:
            return
        await self.deps.audit.append(
            tx,
            "approval.expired",
            subject_id=request.id,
            facts={"scheduled": at.isoformat(), "why": EXPIRED, "hash": request.payload_hash},
        )
        await self.deps.notify(tx, request, [request.requester_id], "outcome")
        told = [request.requester_id]
        await surface_again(tx, CARD, request.id, told, clock=self.deps.clock, ids=self.deps.ids)

    async def _remind(self, tx: Tx, request: ApprovalRequest, at: datetime) -> None:
        """A fresh card and a mail to everybody who is still to decide."""
        case = await case_of(tx, request)
        request.reminded += 1
        await tx.session.flush()
        waiting = sorted({one for seat in case.open_seats if (one := speaker(seat)) is not None})
        await self.deps.audit.append(
            tx,
            "approval.reminded",
            subject_id=request.id,
            facts={
                "scheduled": at.isoformat(),
                "to": [str(one) for one in waiting],
                "level": request.level,
                "number": request.reminded,
            },
        )
        await self.deps.notify(tx, request, waiting, "reminder")
        await surface_again(tx, CARD, request.id, waiting, clock=self.deps.clock, ids=self.deps.ids)

    async def _breach(self, tx: Tx, request: ApprovalRequest, at: datetime) -> None:
        """Nobody decided in time: the open seats go one step up, and get a new term."""
        case = await case_of(tx, request)
        if request.breached_at is None:
            request.breached_at = at
            await tx.session.flush()
            await self.deps.audit.append(
                tx,
                "approval.breached",
                subject_id=request.id,
                facts={
                    "scheduled": at.isoformat(),
                    "open": [seat.number for seat in case.open_seats],
                },
            )
        case.changed = True
        roster = await load_roster(tx, at)
        if await self._climb(tx, case, roster):
            # Counted from when it was due, whenever the sweep came.
            request.due_at, request.reminded = at + sla_of(request), 0
        await tx.session.flush()
        await show(tx, self.deps, [case], roster)

    async def _climb(self, tx: Tx, case: Case, roster: Roster) -> bool:
        """Up to the first step that has somebody for a seat at least; the last holder keeps it when
        there is none."""
        request, steps = case.request, case.request.route.get("escalate", ())
        while request.level < len(steps) and not case.asked:
            await self._one_up(tx, case, roster, steps[request.level])
            request.level += 1
        if steps and not case.asked:
            await self._one_up(tx, case, roster, ADMIN)
        return bool(case.asked)

    async def _one_up(self, tx: Tx, case: Case, roster: Roster, step: str) -> None:
        for seat in case.open_seats:
            own = {one for one in (seat.holder_id, seat.delegate_id) if one is not None}
            found = roster.ask(
                step,
                of=seat.holder_id,
                title=seat.title,
                requester_id=case.request.requester_id,
                taken=case.taken(seat) | own,
            )
            if found is not None:
                seat.title, seat.escalated = found.title, True
                await hand_over(
                    tx,
                    self.deps,
                    case,
                    seat,
                    roster=roster,
                    verb="approval.escalated",
                    why=found.why,
                    holder_id=found.holder_id,
                    delegate_id=found.delegate_id,
                    more={"step": step},
                )
