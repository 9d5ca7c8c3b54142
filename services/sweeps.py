"""What time brings: due timers, and work that lost its job.

A sweep finds timers in the directory with the Clock's now, then opens the tenant's transaction and
looks again. Rows on their way without a live job (a crash between two commits, a job held after its
last failure) are found and queued again: nothing hangs silently.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from db import actions as action_rows
from db import approval_mails, digests, inbound, jobs, messages, timers
from db import cards as card_rows
from db import drafts as draft_rows
from db.session import Database, Tx
from db.timers import DueTimer
from services.ports import Clock

log = structlog.get_logger()

DUE_AT_ONCE = 200
KEEP_TICKS = timedelta(days=2)
# Work that was touched this recently has a job that has not been picked up yet.
GRACE = timedelta(seconds=30)

TimerHandler = Callable[[Tx, UUID], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class SweepService:
    """`on_timer` maps a timer's kind to what happens in the tenant's transaction when it is due."""

    db: Database
    clock: Clock
    on_timer: Mapping[str, TimerHandler] = field(default_factory=dict)

    async def tick(self) -> None:
        """Everything that is due now, over all tenants, oldest first."""
        now = self.clock.now()
        while True:
            async with self.db.directory() as tx:
                due = await timers.list_due(tx, now, DUE_AT_ONCE)
            for timer in due:
                await self._fire(timer)
            if len(due) < DUE_AT_ONCE:
                break
        async with self.db.directory() as tx:
            await timers.drop_old_ticks(tx, now - KEEP_TICKS)
            tenants = await timers.list_tenants(tx)
        for tenant_id in tenants:
            await self.recover(tenant_id)

    async def _fire(self, timer: DueTimer) -> None:
        handler = self.on_timer.get(timer.kind)
        if handler is None:
            log.warning("a timer nobody knows", kind=timer.kind)
        # Taking the timer and doing its work commit together: a crash leaves it due.
        async with self.db.transaction(timer.tenant_id) as tx:
            if await timers.take_due(tx, timer) and handler is not None:
                await handler(tx, timer.subject_id)

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
        preparing = [d for d in await draft_rows.list_preparing(tx) if d.created_at < before]
        open_actions = [await action_rows.get_action_of_draft(tx, d.id) for d in preparing]
        return (
            Work(
                "effect.run",
                "effect_id",
                [
                    (effect.id, {})
                    for effect in await action_rows.list_open_effects(tx)
                    if effect.created_at < before and effect.due_at < before
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
                    if draft.created_at < before
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
