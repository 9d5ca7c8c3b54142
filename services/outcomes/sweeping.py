"""What time brings: windows that close, meetings that were held, requests that were decided.

One timer a tenant and length of window, at a round moment, enqueues one job; the job takes what is
due by the hundred, FOR UPDATE SKIP LOCKED, so that any number of workers share it without waiting
and without settling anything twice. A timer a prediction would settle them one by one, in the
tenant's only sweep, behind everything else that is due.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db import jobs, timers
from db import outcome_credits as credit_rows
from db import outcomes as rows
from db.models.outcomes import Outcome
from db.session import Database, Tx
from db.tenants import is_paused
from services.calibration.counting import place_of, recount
from services.outcomes.crediting import MET, credit
from services.outcomes.kinds import (
    ESCALATION,
    MEETING,
    PROGRESSION,
    SWEEP,
    Window,
    kinds_of,
)
from services.outcomes.resolving import OutcomeService, Settlement
from services.outcomes.signals import (
    CALLED_OFF,
    HELD,
    SILENT,
    request_verdict,
    stage_verdict,
)
from services.ports import Clock
from services.sweeps import TimerHandler
from services.types.outcomes import Event, OutcomeStatus, Verdict

BATCH = 100
Step = Callable[[Tx, datetime], Awaitable[int]]
_EMPTY = Verdict(status=OutcomeStatus.EXPIRED, reason=SILENT)
_MET = Verdict(status=OutcomeStatus.POSITIVE, reason=HELD)


@dataclass(frozen=True, slots=True)
class OutcomeSweeper:
    db: Database
    clock: Clock
    outcomes: OutcomeService

    def timers(self) -> dict[str, TimerHandler]:
        """What happens when a tenant's timer for a length of window is due, by the timer's kind."""
        return {window.timer: _Due(self.clock, window) for window in Window}

    async def run(self, tenant_id: UUID, window: Window) -> int:
        """The job: settle all that is due among predictions of this length; how many that were.
        While a tenant is paused nobody reads its mail, so no window closes: that it passed unheard
        says nothing. What was answered meanwhile corrects it once it is read."""
        done = 0
        # Each step in transactions of its own: all it settles takes the bins in one order.
        for step in self._steps(window):
            while True:
                async with self.db.transaction(tenant_id) as tx:
                    if await is_paused(tx):
                        return done
                    found = await step(tx, self.clock.now())
                if not found:
                    break
                done += found
        return done

    async def stage_moved(self, tenant_id: UUID, change_id: UUID) -> None:
        """The job of a deal's new stage."""
        async with self.db.transaction(tenant_id) as tx:
            await self.outcomes.stage_moved(tx, change_id)

    def _steps(self, window: Window) -> tuple[Step, ...]:
        async def close(tx: Tx, now: datetime) -> int:
            due = await rows.claim_due(tx, kinds_of(window), now, BATCH)
            looked = [(one, await self._look_back(tx, one)) for one in due]
            return await self._settle(tx, looked)

        before: dict[Window, tuple[Step, ...]] = {
            Window.DAY: (self._decided, self._allowed_late),
            Window.MONTH: (self._met, self._share_out),
        }
        return (self._count_missing, *before.get(window, ()), close)

    async def _settle(self, tx: Tx, found: Sequence[tuple[Outcome, Verdict]]) -> int:
        await self.outcomes.settle(
            tx, [Settlement(outcome=outcome, verdict=verdict) for outcome, verdict in found]
        )
        return len(found)

    async def _look_back(self, tx: Tx, outcome: Outcome) -> Verdict:
        """What a window that is over held after all, whether or not its signal was told."""
        opened, ended = outcome.created_at, outcome.window_ends_at
        if outcome.kind == PROGRESSION.name and outcome.deal_id is not None:
            changes = await rows.list_stage_changes(tx, outcome.deal_id, opened, ended)
            moves = (stage_verdict(one.before, one.after) for one in changes)
            return next((move for move in moves if move is not None), _EMPTY)
        if outcome.kind == MEETING.name and outcome.account_id is not None:
            off = await rows.called_off(tx, outcome.account_id, opened, ended)
            return Verdict(status=OutcomeStatus.NEGATIVE, reason=CALLED_OFF) if off else _EMPTY
        if outcome.kind == ESCALATION.name:
            return await self._decision(tx, outcome)
        return _EMPTY

    @staticmethod
    async def _decision(tx: Tx, outcome: Outcome) -> Verdict:
        """What was decided on its newest request inside the window."""
        request = await rows.newest_request(tx, outcome.action_id)
        if request is None or request.settled_at is None:
            return _EMPTY
        if request.settled_at > outcome.window_ends_at:
            return _EMPTY
        return request_verdict(request.status) or _EMPTY

    async def _decided(self, tx: Tx, _now: datetime) -> int:
        """Requests that were decided inside the window."""
        claimed = await rows.claim_decided(tx, BATCH)
        return await self._settle(
            tx, [(outcome, await self._decision(tx, outcome)) for outcome in claimed]
        )

    async def _allowed_late(self, tx: Tx, now: datetime) -> int:
        """Requests that were approved when the window was over."""
        claimed = await rows.claim_allowed_late(tx, now - Window.WEEK.length, BATCH)
        for outcome, at in claimed:
            await self.outcomes.came_late(tx, outcome, at, None)
        return len(claimed)

    async def _met(self, tx: Tx, now: datetime) -> int:
        """Meetings that were held settle what predicted one."""
        met = await rows.claim_met(tx, now, now - Window.MONTH.length, BATCH)
        held = await rows.lock_outcomes(tx, met)
        return await self._settle(tx, [(outcome, _MET) for outcome in held])

    async def _share_out(self, tx: Tx, now: datetime) -> int:
        """Meetings that were held are shared out among the mails before them."""
        meetings = await credit_rows.claim_uncredited(
            tx, since=now - Window.WEEK.length, now=now, limit=BATCH
        )
        shared = 0
        for meeting in meetings:
            event = Event(
                kind=MET,
                id=meeting.id,
                at=meeting.starts_at,
                score=Decimal(1),
                account_id=meeting.account_id,
                deal_id=meeting.deal_id,
            )
            shared += bool(await credit(tx, event, clock=self.clock, ids=self.outcomes.ids))
        return shared

    async def _count_missing(self, tx: Tx, now: datetime) -> int:
        """What was settled while its window ran is counted when that is over; what is from before
        there were bins, once."""
        missing = await rows.claim_uncounted(tx, now, BATCH)
        for outcome in sorted(missing, key=place_of):
            await recount(tx, outcome, clock=self.clock, ids=self.outcomes.ids)
        return len(missing)


@dataclass(frozen=True, slots=True)
class _Due:
    """The timer is due: set the next, and enqueue the job where there is something to settle."""

    clock: Clock
    window: Window

    async def __call__(self, tx: Tx, subject_id: UUID) -> None:
        due = self.window.next_sweep(self.clock.now())
        await timers.set_timer(tx, self.window.timer, subject_id, due)
        # Meetings are shared out whether or not anybody predicted one.
        if self.window is Window.MONTH or await rows.any_open(tx, kinds_of(self.window)):
            await jobs.enqueue(
                tx,
                SWEEP,
                {"window": self.window.value},
                dedupe_key=f"{SWEEP}:{tx.tenant_id}:{self.window.value}",
                patient=True,
            )
