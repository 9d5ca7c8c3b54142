"""What time brings: due timers, and work that lost its job.

A sweep finds timers in the directory with the Clock's now, then opens the tenant's transaction and
looks again. Rows on their way without a live job (a crash between two commits, a job held after its
last failure) are found and queued again: nothing hangs silently.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db import jobs, tenants, timers
from db.lost_work import Lost, list_lost
from db.session import Database, Tx, is_disconnect
from db.timers import DueTimer
from services.ports import Clock
from services.reach import in_shadow

log = structlog.get_logger()

KEEP_TICKS = timedelta(days=2)
# Work that was touched this recently has a job that has not been picked up yet.
GRACE = timedelta(seconds=30)

TimerHandler = Callable[[Tx, UUID], Awaitable[object]]
TenantCheck = Callable[[UUID], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class SweepService:
    """`on_timer` maps a timer's kind to what happens in the tenant's transaction when it is due;
    `checks` run for every tenant at every tick. Each fails alone: the others go on, and what failed
    is due again at the next tick.
    """

    db: Database
    clock: Clock
    on_timer: Mapping[str, TimerHandler] = field(default_factory=dict)
    checks: Sequence[TenantCheck] = ()

    async def tick(self) -> None:
        """Everything that is due now, over all tenants; each tenant's in the order it was due, also
        what became due while the sweeps stood still, so that a pause changes nothing."""
        now = self.clock.now()
        async with self.db.directory() as tx:
            due = await timers.list_due_tenants(tx, now)
        behind = {tenant_id for tenant_id in due if not await self._fire_all(tenant_id, now)}
        async with self.db.directory() as tx:
            await timers.drop_old_ticks(tx, now - KEEP_TICKS)
            everybody = await timers.list_tenants(tx)
        for tenant_id in everybody:
            # What time has still to bring may be what a check would find missing.
            checks = self.checks if tenant_id not in behind else ()
            for check in (self.recover, *checks):
                async with _alone("check", tenant_id):
                    await check(tenant_id)

    async def _fire_all(self, tenant_id: UUID, now: datetime) -> bool:
        """Always the one that is due longest: what a timer's work sets anew may be due already.
        False when another sweep is at it and will see to the rest."""
        failed: DueTimer | None = None
        while True:
            fire = _Fire(self.db, self.on_timer, tenant_id, now, after=failed)
            async with _alone("timer", tenant_id):
                if not await fire.next():
                    return fire.alone
            if not fire.done:
                if fire.timer is None:
                    return False
                failed = fire.timer
                log.warning("a timer waits", kind=failed.kind, id=str(failed.subject_id))

    async def recover(self, tenant_id: UUID) -> None:
        """Queue again what is on its way without a live job."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            tenant = await tenants.get_tenant(tx)
            paused = tenant is not None and tenant.paused_at is not None
            shadow = in_shadow(tenant)
            lost = await list_lost(tx, now, now - GRACE, paused=paused, shadow=shadow)
            # It comes every minute for every tenant: the queue isn't asked for nothing.
            for kind in dict.fromkeys(one.kind for one in lost):
                key = KEYS[kind]
                alive = {str(held.get(key)) for held in await jobs.live_payloads(tx, kind)}
                for one in lost:
                    if one.kind == kind and str(one.subject_id) not in alive:
                        log.warning("work without a job", kind=kind, id=str(one.subject_id))
                        await jobs.enqueue(tx, kind, _payload(key, one))
            await jobs.enqueue(tx, "audit.chain")


KEYS: Mapping[str, str] = {
    "effect.run": "effect_id",
    "message.process": "message_id",
    "draft.compose": "action_id",
    "draft.push": "draft_id",
    "approval.order": "event_id",
    "signals.look": "account_id",
    "signals.scan_account": "scan_id",
    "card.deliver": "card_id",
    "capture.read": "capture_id",
    "transcript.fetch": "capture_id",
    "transcript.read": "transcript_id",
    "thread.catch_up": "thread_id",
    "search.find": "find_id",
    "report.count": "wish_id",
    "agent.answer": "answer_id",
    "digest.mail": "digest_id",
    "report.mail": "mail_id",
    "approval.mail": "mail_id",
    "approval.sms": "mail_id",
    "draft.letter": "letter_id",
    "mailbox.intro": "reading_id",
    "members.import": "import_id",
    "autonomy.export": "export_id",
    "persona.preview": "persona_id",
    "outreach.check": "check_id",
    "coaching.find": "night_id",
}
"""Under which name a job's payload holds its subject (db/lost_work.py)."""
NUMBERS: Mapping[str, str] = {"draft.compose": "base_revision", "persona.preview": "version"}
"""The same for the number it goes on from."""


def _payload(key: str, lost: Lost) -> dict[str, object]:
    more = {} if lost.number is None else {NUMBERS[lost.kind]: lost.number}
    return {key: lost.subject_id, **more}


@dataclass(slots=True)
class _Fire:
    """One timer's turn, in a transaction of its own."""

    db: Database
    on_timer: Mapping[str, TimerHandler]
    tenant_id: UUID
    now: datetime
    after: DueTimer | None
    timer: DueTimer | None = None
    alone: bool = True
    done: bool = False

    async def next(self) -> bool:
        """False when nothing is left to do, or another sweep is doing it."""
        async with self.db.transaction(self.tenant_id) as tx:
            self.alone = await timers.try_lock_sweep(tx)
            if not self.alone:
                return False
            self.timer = await timers.next_due(tx, self.now, self.after)
            if self.timer is None:
                return False
            handler = self.on_timer.get(self.timer.kind)
            if handler is None:
                return True  # another version of us may know it: it stays
            # The work and the end of its timer commit together: a crash leaves it due.
            await handler(tx, self.timer.subject_id)
            await timers.drop_fired(tx, self.timer)
        self.done = True
        return True


@asynccontextmanager
async def _alone(what: str, tenant_id: UUID) -> AsyncIterator[None]:
    """A failure here is written down and stops nothing else, unless the database is away."""
    try:
        yield
    except Exception as error:
        if is_disconnect(error):
            raise
        log.exception("part of a sweep failed", part=what, tenant_id=str(tenant_id))
