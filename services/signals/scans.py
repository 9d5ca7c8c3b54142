"""A look over all accounts of a tenant where something may have changed, every six hours.

A scan is begun in one transaction with all its accounts queued. They are done one by one in lanes:
a job claims an account under a lease, looks at it, settles it and enqueues the next job of its
lane at the end of the queue. So every tenant has at most `LANES` jobs waiting, they take turns,
and one with ten thousand accounts delays nobody with three. A lane that died is found by the sweep
(services/sweeps), and its account is taken up again when the lease has passed.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db import jobs, scans, tenants
from db.looks import Spent
from db.models.signals import Scan, ScanAccount
from db.session import Database, Tx, is_disconnect
from services.errors import TransientError
from services.ports import Clock, Ids
from services.signals.looking import BUDGET_USED, LEASE, LookService

log = structlog.get_logger()

SCAN = "signals.scan"
SCAN_ACCOUNT = "signals.scan_account"
EVERY_HOURS = 6
LANES = 2
"""How many accounts of one tenant are looked at at once."""
AT_ONCE = 8
"""How many accounts one process looks at at once, whosever they are: fewer than it has turns for
jobs, so that looks that wait for a model keep nobody's mail waiting."""
ROOM_LATER = timedelta(seconds=1)
KEPT = timedelta(days=14)
"""How long it is kept what single accounts of a scan came to."""
NEXT_CAME = "the next scan came before it was through"
JUST_LOOKED = "somebody else was looking at it"
FAILED = "looking at it failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One account of a scan, under a lease."""

    row_id: UUID
    account_id: UUID
    token: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    status: str = "done"
    note: str = ""
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalScanService:
    db: Database
    clock: Clock
    ids: Ids
    looks: LookService
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def due(self, tenant_id: UUID) -> None:
        """At every tick: enqueue the scan that is due and wasn't begun. Scans that were missed
        while nothing ran are not made up for; nor is there one while Slack refuses the tenant."""
        due_at = slot(self.clock.now())
        async with self.db.read(tenant_id) as reading:
            begun = await scans.find_scan(reading, due_at)
            if begun is not None or await tenants.is_paused(reading):
                return
        async with self.db.transaction(tenant_id) as tx:
            moment = due_at.isoformat()
            key = f"{SCAN}:{tenant_id}:{moment}"
            await jobs.enqueue(tx, SCAN, {"due_at": moment}, dedupe_key=key, patient=True)

    async def begin(self, tenant_id: UUID, due_at: datetime) -> UUID | None:
        """Queue its accounts and start its lanes, once; None when somebody has done so."""
        now, scan_id = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            if not await scans.add_scan(tx, scan_id=scan_id, due_at=due_at, now=now):
                return None
            for older in await scans.list_running(tx, but=scan_id):
                await self._overtake(tx, older, now)
            await scans.drop_old_accounts(tx, now - KEPT)
            due = await scans.list_due_accounts(tx, now)
            ids = sorted(self.ids.new() for _ in due)
            await scans.add_accounts(tx, scan_id, due, ids, now)
            if not due:
                await self._finish_if_through(tx, scan_id, now)
            for _ in due[:LANES]:
                await _go_on(tx, scan_id)
        return scan_id

    async def run(self, tenant_id: UUID, scan_id: UUID) -> None:
        """One turn of a lane: an account, and then the lane's next job."""
        if self.room.locked():
            async with self.db.transaction(tenant_id) as tx:
                await _go_on(tx, scan_id, after=ROOM_LATER)
            return
        async with self.room:
            turn = await self._claim(tenant_id, scan_id)
            if turn is not None:
                result = await self._look(tenant_id, scan_id, turn)
                await self._settle(tenant_id, scan_id, turn, result)

    async def _claim(self, tenant_id: UUID, scan_id: UUID) -> _Turn | None:
        """None: the scan is through, or its lanes are all at work."""
        now, token = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            scan = await scans.lock_scan(tx, scan_id)
            if scan is None or await scans.count_leased(tx, scan_id, now) >= LANES:
                return None
            row = await scans.claim_account(tx, scan_id, token=token, now=now, until=now + LEASE)
            return _turn(row, token) if row else None

    async def _look(self, tenant_id: UUID, scan_id: UUID, turn: _Turn) -> _Result:
        """An account that can't be looked at stops no other one."""
        try:
            looked = await self.looks.look(tenant_id, turn.account_id, scan_id=scan_id)
        except TransientError:
            return _Result(note=JUST_LOOKED)
        except Exception as error:
            if is_disconnect(error):
                raise
            log.exception("an account could not be looked at", account_id=str(turn.account_id))
            return _Result(status="failed", note=FAILED)
        if looked is None:
            return _Result(note=JUST_LOOKED)
        status = "skipped" if looked.gone else "done"
        return _Result(status=status, note=looked.note, spent=looked.spent)

    async def _settle(self, tenant_id: UUID, scan_id: UUID, turn: _Turn, result: _Result) -> None:
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            if await scans.lock_scan(tx, scan_id) is None:
                return
            await scans.set_account(
                tx,
                turn.row_id,
                turn.token,
                status=result.status,
                note=result.note,
                spent=result.spent,
                now=now,
            )
            if not await self._finish_if_through(tx, scan_id, now):
                await _go_on(tx, scan_id)

    async def _finish_if_through(self, tx: Tx, scan_id: UUID, now: datetime) -> bool:
        """The one who settles the last account adds it all up."""
        if await scans.has_queued(tx, scan_id):
            return False
        scan = await scans.lock_scan(tx, scan_id)
        if scan is not None:
            await self._add_up(tx, scan, now)
        return True

    async def _overtake(self, tx: Tx, scan_id: UUID, now: datetime) -> None:
        """What is left of an older one would be done twice: the newer one has it again, and those
        first that have waited longest."""
        scan = await scans.lock_scan(tx, scan_id)
        if scan is None:
            return
        await scans.set_skipped(tx, scan_id, note=NEXT_CAME, now=now)
        await self._add_up(tx, scan, now)
        scan.status, scan.stop_reason = "stopped", NEXT_CAME
        await tx.session.flush()

    @staticmethod
    async def _add_up(tx: Tx, scan: Scan, now: datetime) -> None:
        totals = await scans.count_totals(tx, scan.id)
        without = totals.noted.get(BUDGET_USED, 0)
        scan.status, scan.finished_at = ("stopped" if without else "done"), now
        scan.stop_reason = f"{BUDGET_USED}; {_rules_alone(without)}" if without else ""
        scan.model_calls = totals.spent.model_calls
        scan.tokens_in, scan.tokens_out = totals.spent.tokens_in, totals.spent.tokens_out
        scan.cost_usd = totals.spent.cost_usd
        await tx.session.flush()


def slot(now: datetime) -> datetime:
    """The moment the scan of now belongs to: midnight, 6, 12 or 18 UTC."""
    hour = now.hour - now.hour % EVERY_HOURS
    return now.replace(hour=hour, minute=0, second=0, microsecond=0)


async def _go_on(tx: Tx, scan_id: UUID, *, after: timedelta | None = None) -> None:
    await jobs.enqueue(tx, SCAN_ACCOUNT, {"scan_id": scan_id}, after=after, patient=True)


def _turn(row: ScanAccount, token: UUID) -> _Turn:
    return _Turn(row_id=row.id, account_id=row.account_id, token=token)


def _rules_alone(accounts: int) -> str:
    return f"{accounts} account{'s were' if accounts != 1 else ' was'} looked at by rules alone"
