"""What time brings: due timers, and work that lost its job.

A sweep finds timers in the directory with the Clock's now, then opens the tenant's transaction and
looks again. Rows on their way without a live job (a crash between two commits, a job held after its
last failure) are found and queued again: nothing hangs silently.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from db import actions as action_rows
from db import (
    approval_mails,
    approval_texts,
    digests,
    inbound,
    jobs,
    letters,
    messages,
    notes,
    tenants,
    timers,
)
from db import cards as card_rows
from db import drafts as draft_rows
from db.session import Database, Tx, is_disconnect
from db.tenants import is_paused
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
        async with self.db.transaction(tenant_id) as tx:
            for work in await self._stranded(tx, self.clock.now() - GRACE):
                alive = {str(p.get(work.key)) for p in await jobs.live_payloads(tx, work.kind)}
                for subject_id, more in work.subjects:
                    if str(subject_id) not in alive:
                        log.warning("work without a job", kind=work.kind, id=str(subject_id))
                        await jobs.enqueue(tx, work.kind, {work.key: subject_id, **more})
            await jobs.enqueue(tx, "audit.chain")

    async def _stranded(self, tx: Tx, before: datetime) -> tuple["Work", ...]:
        """Rows that should have a job, older than the time a job takes to be picked up."""
        # Drafts that shadow mode keeps out of Gmail are pushed when it ends.
        shadow = in_shadow(await tenants.get_tenant(tx))
        preparing = [d for d in await draft_rows.list_preparing(tx) if d.created_at < before]
        open_actions = [await action_rows.get_action_of_draft(tx, d.id) for d in preparing]
        held = {"queued"} if await is_paused(tx) else frozenset[str]()
        return (
            Work(
                "effect.run",
                "effect_id",
                [
                    (effect.id, {})
                    for effect in await action_rows.list_open_effects(tx)
                    if effect.created_at < before
                    and effect.due_at < before
                    and effect.status not in held
                ],
            ),
            Work(
                "message.process",
                "message_id",
                [
                    (message_id, {})
                    for message_id, created_at in await messages.list_unprocessed(tx)
                    if created_at < before
                ],
            ),
            Work(
                "draft.compose",
                "action_id",
                [
                    (action.id, {"base_revision": draft.revision})
                    for draft, action in zip(preparing, open_actions, strict=True)
                    if action is not None and action.status == "pending"
                ],
            ),
            Work(
                "draft.push",
                "draft_id",
                [
                    (draft.id, {})
                    for draft in await draft_rows.list_unpushed(tx)
                    if draft.created_at < before and not shadow
                ],
            ),
            Work(
                "card.deliver",
                "card_id",
                [
                    (card_id, {})
                    for card_id in await card_rows.list_undelivered(tx, now=self.clock.now())
                ],
            ),
            Work(
                "capture.read",
                "capture_id",
                [(capture_id, {}) for capture_id in await notes.list_unread(tx, before)],
            ),
            Work(
                "digest.mail",
                "digest_id",
                [(digest_id, {}) for digest_id in await digests.list_unsent(tx, before)],
            ),
            Work(
                "approval.mail",
                "mail_id",
                [(mail_id, {}) for mail_id in await approval_mails.list_unsent(tx, before)],
            ),
            Work(
                "draft.letter",
                "letter_id",
                [(one, {}) for one in await letters.list_unsent_draft_letters(tx, before)],
            ),
            Work(
                "approval.sms",
                "mail_id",
                [(mail_id, {}) for mail_id in await approval_texts.list_unsent_texts(tx, before)],
            ),
            Work(
                "approval.order",
                "event_id",
                [
                    (event.id, {})
                    for event in await inbound.list_unfinished_inbound(
                        tx, source="gmail", before=before
                    )
                ],
            ),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """Subjects that one kind of job should be carrying, with what else its payload holds."""

    kind: str
    key: str
    subjects: Sequence[tuple[UUID, dict[str, Any]]]


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
