"""The hourly look for what calls for outreach, over all accounts of a tenant.

A look is begun by the first tick of its hour and done in turns: a job takes the look's lease, does
a page of accounts or a few seconds' worth, keeps how far it came and enqueues the next turn at the
end of the queue. So every tenant has one such job waiting, they take turns, and one with ten
thousand accounts delays nobody with three. When all accounts are done, what was found is taken up,
the most valuable first over the whole tenant. A turn that died is found by the sweep
(services/sweeps) and goes on where its page began, when the lease has passed: finding and taking up
the same again change nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db import jobs, tenants
from db import outreach as rows
from db import outreach_checks as checks
from db.models.outreach import OutreachCheck, Trigger
from db.session import Database, ReadTx, Tx, is_disconnect
from services.outreach.settling import Settling
from services.types.outreach import TriggerKind, TriggerStatus

log = structlog.get_logger()

CHECK = "outreach.check"
LEASE = timedelta(minutes=5)
PAGE = 25
"""Accounts a turn, at most."""
SECONDS = 5.0
"""A turn takes up no more work after so long."""
SETTLED_AT_ONCE = 100
KEPT = timedelta(days=14)
"""How long it is kept what an hour came to."""

SENT = "The mail was sent."
BY_HAND = "It was handled by hand."
REJECTED = "The draft was rejected."
NOTHING_CAME = "The mail was called off."
_ENDS: dict[str, tuple[TriggerStatus, str]] = {
    "done": (TriggerStatus.ACTED, SENT),
    "handled": (TriggerStatus.ACTED, BY_HAND),
    "rejected": (TriggerStatus.DISMISSED, REJECTED),
}
"""By the status of its action."""

Look = Callable[[UUID, UUID], Awaitable[int]]
Decide = Callable[[UUID, UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A stretch of a look, under its lease."""

    check_id: UUID
    token: UUID
    began_at: datetime
    cursor: UUID | None
    taking_up: bool


@dataclass(slots=True, kw_only=True)
class _Done:
    """What a turn came to. `through`: nothing of its part is left."""

    cursor: UUID | None
    looked: int = 0
    found: int = 0
    failed: int = 0
    through: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachCheckService:
    """`look` finds and writes down for one account, `decide` settles what becomes of one trigger;
    `seconds`: a turn's time."""

    db: Database
    settling: Settling
    look: Look
    decide: Decide
    page: int = PAGE
    seconds: float = SECONDS

    async def check(self, tenant_id: UUID) -> None:
        """At every tick: begin the hour's look, once, unless an earlier one still goes on or there
        is no account yet; and see what became of the mails that were begun. Hours that were missed
        are not made up for; no look begins while Slack refuses the tenant."""
        due_at = slot(self.settling.clock.now())
        async with self.db.read(tenant_id) as reading:
            settled = await rows.list_settled_mails(reading, SETTLED_AT_ONCE)
            due = not await checks.is_known(reading, due_at) and await self._may(reading)
        for trigger_id in settled:
            async with self.db.transaction(tenant_id) as tx:
                await self._follow(tx, trigger_id)
        if due:
            await self._begin(tenant_id, due_at)

    @staticmethod
    async def _may(tx: ReadTx) -> bool:
        return not await tenants.is_paused(tx) and await checks.has_accounts(tx)

    async def _begin(self, tenant_id: UUID, due_at: datetime) -> None:
        check_id, now = self.settling.ids.new(), self.settling.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            if await checks.add_check(tx, check_id=check_id, due_at=due_at, now=now):
                await checks.drop_old(tx, now - KEPT)
                await _go_on(tx, check_id)

    async def run(self, tenant_id: UUID, check_id: UUID) -> None:
        """One turn. Nothing, when the look has ended or somebody is at it."""
        turn = await self._claim(tenant_id, check_id)
        if turn is None:
            return
        done = await (
            self._take_up(tenant_id, turn) if turn.taking_up else self._page(tenant_id, turn)
        )
        await self._settle(tenant_id, turn, done)

    # ── One turn ────────────────────────────────────────────────────────────────────────────────
    async def _claim(self, tenant_id: UUID, check_id: UUID) -> _Turn | None:
        now, token = self.settling.clock.now(), self.settling.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            check = await checks.lock_check(tx, check_id)
            if check is None or (check.lease_until is not None and check.lease_until > now):
                return None
            if await tenants.is_paused(tx):
                check.ended_at = now
                await tx.session.flush()
                return None
            check.lease_token, check.lease_until = token, now + LEASE
            await tx.session.flush()
            return _Turn(
                check_id=check_id,
                token=token,
                began_at=check.created_at,
                cursor=check.cursor,
                taking_up=check.taking_up,
            )

    async def _page(self, tenant_id: UUID, turn: _Turn) -> _Done:
        until = asyncio.get_running_loop().time() + self.seconds
        async with self.db.read(tenant_id) as reading:
            accounts = await checks.list_page(
                reading, turn.cursor, self.settling.clock.now(), self.page
            )
        done = _Done(cursor=turn.cursor, through=len(accounts) < self.page)
        for account_id in accounts:
            if done.looked and asyncio.get_running_loop().time() >= until:
                done.through = False
                break
            found = await self._alone(account_id, self.look(tenant_id, account_id))
            done.cursor = account_id
            done.looked += 1
            done.found += found or 0
            done.failed += found is None
        return done

    async def _take_up(self, tenant_id: UUID, turn: _Turn) -> _Done:
        until = asyncio.get_running_loop().time() + self.seconds
        ranks = [kind.value for kind in TriggerKind]
        async with self.db.read(tenant_id) as reading:
            waiting = await rows.list_takeable(
                reading, since=turn.began_at, ranks=ranks, limit=self.page
            )
        done = _Done(cursor=turn.cursor, through=len(waiting) < self.page)
        for number, trigger_id in enumerate(waiting):
            if number and asyncio.get_running_loop().time() >= until:
                done.through = False
                break
            if await self._alone(trigger_id, self._decided(tenant_id, trigger_id)) is None:
                await self._pass_over(tenant_id, trigger_id)
                done.failed += 1
        return done

    async def _decided(self, tenant_id: UUID, trigger_id: UUID) -> int:
        await self.decide(tenant_id, trigger_id)
        return 1

    @staticmethod
    async def _alone(subject_id: UUID, work: Awaitable[int]) -> int | None:
        """What can't be looked at stops no other one; it has its turn again an hour later."""
        try:
            return await work
        except Exception as error:
            if is_disconnect(error):
                raise
            log.exception("outreach could not be looked for", subject_id=str(subject_id))
            return None

    async def _pass_over(self, tenant_id: UUID, trigger_id: UUID) -> None:
        async with self.db.transaction(tenant_id) as tx:
            trigger = await rows.lock_trigger(tx, trigger_id)
            if trigger is not None:
                trigger.weighed_at = self.settling.clock.now()
                await tx.session.flush()

    async def _settle(self, tenant_id: UUID, turn: _Turn, done: _Done) -> None:
        async with self.db.transaction(tenant_id) as tx:
            check = await checks.lock_check(tx, turn.check_id)
            if check is None or check.lease_token != turn.token:
                return
            check.lease_token = check.lease_until = None
            self._count(check, turn, done)
            await tx.session.flush()
            if check.ended_at is None:
                await _go_on(tx, turn.check_id)

    def _count(self, check: OutreachCheck, turn: _Turn, done: _Done) -> None:
        check.cursor = done.cursor
        check.looked += done.looked
        check.found += done.found
        check.failed += done.failed
        if done.through and turn.taking_up:
            check.ended_at = self.settling.clock.now()
        elif done.through:
            check.taking_up = True

    # ── What became of mails ────────────────────────────────────────────────────────────────────
    async def _follow(self, tx: Tx, trigger_id: UUID) -> None:
        trigger = await rows.lock_trigger(tx, trigger_id)
        if trigger is None or trigger.status != TriggerStatus.SCHEDULED:
            return
        status, why, by = await self._end_of(tx, trigger)
        await self.settling.settle(tx, trigger, status, why, by=by)
        await self.settling.show(tx, [trigger.id], [])

    @staticmethod
    async def _end_of(tx: Tx, trigger: Trigger) -> tuple[TriggerStatus, str, UUID | None]:
        action = await rows.get_action_of(tx, trigger)
        if action is None:
            return TriggerStatus.LAPSED, NOTHING_CAME, trigger.settled_by
        status, why = _ENDS.get(action.status, (TriggerStatus.LAPSED, NOTHING_CAME))
        if status is TriggerStatus.LAPSED and action.decision_reason:
            why = action.decision_reason
        return status, why, action.decided_by or trigger.settled_by


def slot(now: datetime) -> datetime:
    """The hour that the look of now belongs to, in UTC: clocks that are put forward or back change
    nothing."""
    return now.replace(minute=0, second=0, microsecond=0)


async def _go_on(tx: Tx, check_id: UUID) -> None:
    await jobs.enqueue(tx, CHECK, {"check_id": check_id}, patient=True)
