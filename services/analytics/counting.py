"""The job that counts marked days anew from what really stands in the tables.

The minute's check finds what is marked and queues one job a tenant: a click has no part in it but
its mark. Each day is a transaction of its own, so that a long history yields to those who work.
"""

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from uuid import UUID

from db import analytics as rows
from db import jobs
from db.session import Database, Tx
from services.analytics.marking import mark_days
from services.analytics.pages import DROPPED
from services.home_cards import LIVELY, touch_homes
from services.ports import Clock, Ids

COUNT = "learning.count"
AT_ONCE = 50
"""Days that one job counts; the next goes on."""
SHOWING_PACE = timedelta(minutes=5)
SHOWN = timedelta(days=28)
"""The days whose figures a Home tab may show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingService:
    db: Database
    clock: Clock
    ids: Ids

    async def check(self, tenant_id: UUID) -> None:
        """Every minute: what is marked gets a job. A tenant that was never counted has all its days
        marked first."""
        async with self.db.read(tenant_id) as tx:
            due = await rows.is_due(tx, at=self.clock.now(), pace=SHOWING_PACE)
        if not due:
            return
        async with self.db.transaction(tenant_id) as tx:
            await self._begin(tx)
            if await rows.list_marked(tx, 1):
                await self._queue(tx)
            await self._show(tx)

    async def run(self, tenant_id: UUID) -> None:
        """The job `learning.count`. Safe to repeat and to run beside itself."""
        began = self.clock.now()
        async with self.db.read(tenant_id) as tx:
            days = await rows.list_marked(tx, AT_ONCE + 1)
        for day in days[:AT_ONCE]:
            await self.count(tenant_id, day)
        async with self.db.transaction(tenant_id) as tx:
            if len(days) > AT_ONCE:
                # Not dropped as its own like: this job is still running.
                await jobs.enqueue(tx, COUNT, patient=True)
            await rows.drop_pages(tx, self.clock.now() - DROPPED)
            if not await self._show(tx):
                changed = await rows.list_changed(tx, first=(began - SHOWN).date(), since=began)
                await touch_homes(tx, changed, now=self.clock.now(), within=LIVELY)

    async def count(self, tenant_id: UUID, day: date) -> bool:
        """Count one day, if a mark is left; whether its figures became others."""
        async with self.db.transaction(tenant_id) as tx:
            now = self.clock.now()
            changed = await rows.count_day(tx, day, at=now)
            if changed:
                await rows.next_version(tx, state_id=self.ids.new(), at=now)
        return bool(changed)

    async def _begin(self, tx: Tx) -> None:
        now = self.clock.now()
        if not await rows.begin_state(tx, state_id=self.ids.new(), at=now):
            return
        first = await rows.first_proposed(tx)
        if first is None:
            return
        day, today = first.astimezone(UTC).date(), now.date()
        days = [day + timedelta(days=n) for n in range((today - day).days + 1)]
        await mark_days(tx, days, clock=self.clock, ids=self.ids)

    async def _queue(self, tx: Tx) -> None:
        await jobs.enqueue(tx, COUNT, dedupe_key=f"{COUNT}:{tx.tenant_id}", patient=True)

    async def _show(self, tx: Tx) -> bool:
        """Home tabs follow, no more often than every five minutes: theirs whose figures changed,
        and of those who lead or oversee them. Whoever may be looking doesn't wait for it."""
        now = self.clock.now()
        since = await rows.take_showing(tx, at=now, pace=SHOWING_PACE)
        if since is None:
            return False
        changed = await rows.list_changed(tx, first=(now - SHOWN).date(), since=since)
        await touch_homes(tx, changed, now=now)
        return True
