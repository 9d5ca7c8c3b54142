"""What time brings: due timers, and work that lost its job.

A sweep finds timers in the directory with the Clock's now, then opens the tenant's transaction and
looks again. Rows on their way without a live job (a crash between two commits, a job held after its
last failure) are found and queued again: nothing hangs silently.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from db import actions as action_rows
from db import cards as card_rows
from db import conversations_state, jobs, timers
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
        before = self.clock.now() - GRACE
        async with self.db.transaction(tenant_id) as tx:
            alive = await self._alive(tx)
            for effect in await action_rows.list_open_effects(tx):
                if effect.created_at < before and effect.due_at < before:
                    await self._again(tx, alive, "effect.run", "effect_id", effect.id)
            for message_id, created_at in await conversations_state.list_unprocessed(tx):
                if created_at < before:
                    await self._again(tx, alive, "message.process", "message_id", message_id)
            for draft in await draft_rows.list_preparing(tx):
                action = await action_rows.get_action_of_draft(tx, draft.id)
                if action is not None and action.status == "pending" and draft.created_at < before:
                    await self._again(
                        tx,
                        alive,
                        "draft.compose",
                        "action_id",
                        action.id,
                        base_revision=draft.revision,
                    )
            for draft in await draft_rows.list_unpushed(tx):
                if draft.created_at < before:
                    await self._again(tx, alive, "draft.push", "draft_id", draft.id)
            for card_id in await card_rows.list_undelivered(tx, now=self.clock.now()):
                await self._again(tx, alive, "card.deliver", "card_id", card_id)
            await jobs.enqueue(tx, "audit.chain")

    @staticmethod
    async def _alive(tx: Tx) -> set[tuple[str, str]]:
        found = set()
        for kind, key in (
            ("effect.run", "effect_id"),
            ("message.process", "message_id"),
            ("draft.compose", "action_id"),
            ("draft.push", "draft_id"),
            ("card.deliver", "card_id"),
        ):
            found |= {(kind, str(p.get(key))) for p in await jobs.live_payloads(tx, kind)}
        return found

    @staticmethod
    async def _again(
        tx: Tx, alive: set[tuple[str, str]], kind: str, key: str, subject: UUID, **more: object
    ) -> None:
        if (kind, str(subject)) in alive:
            return
        log.warning("work without a job was found and queued again", kind=kind, id=str(subject))
        await jobs.enqueue(tx, kind, {key: subject, **more})
