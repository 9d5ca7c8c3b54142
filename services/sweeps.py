"""What time brings: due timers, and work that lost its job.

A sweep finds timers in the directory with the Clock's now, then opens the tenant's transaction and
looks again. Rows on their way without a live job (a crash between two commits, a job held after its
last failure) are found and queued again: nothing hangs silently.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from db import actions as action_rows
from db import (
    agent,
    approval_mails,
    approval_texts,
    digests,
    finds,
    first_readings,
    inbound,
    jobs,
    letters,
    looks,
    messages,
    notes,
    outreach_checks,
    rollout,
    scans,
    tenants,
    timers,
)
from db import cards as card_rows
from db import drafts as draft_rows
from db.meetings import list_unread_transcripts
from db.session import Database, ReadTx, Tx, is_disconnect
from db.slack_threads import list_behind
from db.tenants import is_paused
from db.timers import DueTimer
from services.outreach.checking import CHECK
from services.ports import Clock
from services.reach import in_shadow
from services.signals.scans import SCAN_ACCOUNT
from services.signals.wanting import LOOK

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
            for work in (*await _decided(tx, now, now - GRACE), *await _told(tx, now, now - GRACE)):
                if not work.subjects:
                    # It comes every minute for every tenant: the queue isn't asked for nothing.
                    continue
                alive = {str(p.get(work.key)) for p in await jobs.live_payloads(tx, work.kind)}
                for subject_id, more in work.subjects.items():
                    if str(subject_id) not in alive:
                        log.warning("work without a job", kind=work.kind, id=str(subject_id))
                        await jobs.enqueue(tx, work.kind, {work.key: subject_id, **more})
            await jobs.enqueue(tx, "audit.chain")


@dataclass(frozen=True, slots=True)
class Work:
    """Subjects that one kind of job should be carrying, with what else its payload holds."""

    kind: str
    key: str
    subjects: Mapping[UUID, Mapping[str, Any]]


def _work(kind: str, key: str, subjects: Iterable[UUID]) -> Work:
    return Work(kind, key, {subject_id: {} for subject_id in subjects})


async def _decided(tx: ReadTx, now: datetime, before: datetime) -> tuple[Work, ...]:
    """Mail on its way in and out, older than the time a job takes to be picked up."""
    # Drafts that shadow mode keeps out of Gmail are pushed when it ends.
    shadow = in_shadow(await tenants.get_tenant(tx))
    held = {"queued"} if await is_paused(tx) else frozenset[str]()
    effects = [
        effect.id
        for effect in await action_rows.list_open_effects(tx)
        if effect.created_at < before and effect.due_at < before and effect.status not in held
    ]
    preparing = {
        action_id: {"base_revision": revision}
        for action_id, revision in await draft_rows.list_preparing(tx, before)
    }
    unpushed = () if shadow else await draft_rows.list_unpushed(tx, before)
    orders = await inbound.list_unfinished_inbound(tx, source="gmail", before=before)
    return (
        _work("effect.run", "effect_id", effects),
        _work("message.process", "message_id", await messages.list_unprocessed(tx, before)),
        Work("draft.compose", "action_id", preparing),
        _work("draft.push", "draft_id", unpushed),
        _work("approval.order", "event_id", (event.id for event in orders)),
        *await _looked(tx, now, before),
    )


async def _looked(tx: ReadTx, now: datetime, before: datetime) -> tuple[Work, ...]:
    """Accounts that nobody looks at: one that changed, the rest of a scan, of the hour's look."""
    return (
        _work(LOOK, "account_id", await looks.list_unlooked(tx, before, now)),
        _work(SCAN_ACCOUNT, "scan_id", await scans.list_stranded(tx, now)),
        _work(CHECK, "check_id", await outreach_checks.list_stranded(tx, now)),
    )


async def _told(tx: ReadTx, now: datetime, before: datetime) -> tuple[Work, ...]:
    """What people are to be told or asked for."""
    letters_left = await letters.list_unsent_draft_letters(tx, before)
    imports = await rollout.list_unfinished_imports(tx, before)
    return (
        _work("card.deliver", "card_id", await card_rows.list_undelivered(tx, now=now)),
        _work("capture.read", "capture_id", await notes.list_unread(tx, before)),
        _work("transcript.fetch", "capture_id", await notes.list_unfetched(tx, before)),
        _work("transcript.read", "transcript_id", await list_unread_transcripts(tx, before)),
        _work("thread.catch_up", "thread_id", await list_behind(tx, before)),
        _work("search.find", "find_id", await finds.list_open_finds(tx, before)),
        _work("agent.answer", "answer_id", await agent.list_stranded(tx, before, now)),
        _work("digest.mail", "digest_id", await digests.list_unsent(tx, before)),
        _work("approval.mail", "mail_id", await approval_mails.list_unsent(tx, before)),
        _work("approval.sms", "mail_id", await approval_texts.list_unsent_texts(tx, before)),
        _work("draft.letter", "letter_id", letters_left),
        _work("mailbox.intro", "reading_id", await first_readings.list_untold(tx, before)),
        _work("members.import", "import_id", imports),
    )


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
