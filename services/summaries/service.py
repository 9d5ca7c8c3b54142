"""Summaries of an account's past weeks and months, kept up to date by jobs.

Every account is looked at once a day. What changed is made anew, the newest first, a few periods a
job: a large account queues up behind the others again and again, and after a crash what is done
is done. Reading, asking the model and writing are three steps; a write counts only while the
sources are still those that were read and the account's lease is still held.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from db import customers, jobs, timers
from db import summaries as rows
from db.models.summaries import Summary
from db.session import Database, Tx
from db.summary_sources import list_fingerprints
from services.errors import LimitReached, NotFound, TransientError
from services.ports import Clock, Ids
from services.summaries.hashing import source_hash
from services.summaries.making import Made, Maker, Subject
from services.summaries.periods import Period
from services.summaries.planning import Plan, Reading, plan, read_period

log = structlog.get_logger()

TIMER = "summaries"
JOB = "summaries.make"
ONE_DAY = timedelta(days=1)
# A model that was down is asked again this much later, for this account.
TRIED_AGAIN = timedelta(hours=1)
# Longer than a period's calls can take: only a crash lets it run out.
LEASE = timedelta(minutes=15)
# After a standstill all accounts are due at once: people's own jobs must not wait behind them.
APART = timedelta(seconds=2)
PERIODS_A_JOB = 4
PERIODS_BY_RULES = 24
AT_ONCE = 250
_HOUR_SECONDS = 3_600

Written = Callable[[Tx, UUID, UUID], Awaitable[object]]
"""(transaction, summary's id, account's id)"""


async def to_nobody(_tx: Tx, _summary_id: UUID, _account_id: UUID) -> None:
    """Where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class SummaryService:
    db: Database
    clock: Clock
    ids: Ids
    maker: Maker
    written: Written = to_nobody
    """Told of each summary in the transaction that wrote it: it is another text now."""

    TIMER: ClassVar[str] = TIMER

    # ── The daily look ──────────────────────────────────────────────────────────────────────────
    async def arm(self, tenant_id: UUID) -> int:
        """A timer for every account that has none, spread over an hour; returns how many."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            found = await rows.list_unscheduled(tx, TIMER, AT_ONCE)
            due = {one: now + timedelta(seconds=one.int % _HOUR_SECONDS) for one in found}
            await timers.set_timers(tx, TIMER, due)
            return len(found)

    async def due(self, tx: Tx, account_id: UUID) -> None:
        """This account's look is due, and with it maybe many: a job for each."""
        now = self.clock.now()
        subjects = await timers.list_due_subjects(tx, TIMER, now, AT_ONCE)
        asked = [*dict.fromkeys([account_id, *subjects])]
        here = await rows.list_summarised(tx, asked)
        await timers.set_timers(tx, TIMER, {one: now + ONE_DAY for one in asked if one in here})
        await timers.drop_timers(tx, TIMER, [one for one in asked if one not in here])
        for place, one in enumerate(asked):
            await jobs.enqueue(
                tx,
                JOB,
                {"account_id": one},
                after=place * APART or None,
                dedupe_key=f"{JOB}:{one}",
            )

    # ── Making them ─────────────────────────────────────────────────────────────────────────────
    async def make(self, tenant_id: UUID, account_id: UUID) -> None:
        """Bring the account's summaries up to date, or a part of them and queue for the rest.
        Raises TransientError while somebody else is at it."""
        token = self.ids.new()
        await self._claim(tenant_id, account_id, token)
        again = False
        try:
            again = await self._renew_all(tenant_id, account_id, token)
        finally:
            async with self.db.transaction(tenant_id) as tx:
                await rows.end_lease(tx, account_id, token)
                if again:
                    await jobs.enqueue(tx, JOB, {"account_id": account_id})

    async def _claim(self, tenant_id: UUID, account_id: UUID, token: UUID) -> None:
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            if await customers.get_account(tx, account_id) is None:
                raise NotFound("This account is no longer there.")
            held = await rows.claim_lease(
                tx, account_id, lease_id=self.ids.new(), token=token, now=now, until=now + LEASE
            )
        if held is not None:
            raise TransientError(
                "This account's summaries are being made.",
                retry_after=max(held - now, timedelta(seconds=1)),
            )

    async def _renew_all(self, tenant_id: UUID, account_id: UUID, token: UUID) -> bool:
        """True when there is more to do now."""
        async with self.db.transaction(tenant_id) as tx:
            account = await customers.get_account(tx, account_id)
            if account is None or account.excluded:
                await rows.drop_summaries(
                    tx, [one.id for one in await rows.list_stored(tx, account_id)]
                )
                return False
            todo = await plan(tx, account_id, self.clock.now(), offline=self.maker.model.offline)
        work = _Work(tenant_id, account_id, account.name, token)
        for period in todo.stale[:PERIODS_A_JOB]:
            try:
                held = await self._renew(work, period)
            except (LimitReached, TransientError) as error:
                log.warning("a summary waits for the model", reason=str(error))
                await self._without_model(work, todo, error)
                return False
            if not held:
                return False
        return len(todo.stale) > PERIODS_A_JOB

    async def _renew(self, work: "_Work", period: Period) -> bool:
        """One period, by the model. False when somebody else holds the account by now."""
        reading = await self._read(work, period)
        material = await asyncio.to_thread(reading.material)
        made = await self.maker.by_model(self._subject(work, period), material)
        return await self._store(work, period, reading, made)

    async def _without_model(self, work: "_Work", todo: Plan, error: Exception) -> None:
        """What a model wrote stays, though the period has changed. Where there is nothing, or only
        what rules wrote, rules say what they can; and the model is asked another time."""
        for period in [one for one in todo.stale if _bare(todo, one)][:PERIODS_BY_RULES]:
            reading = await self._read(work, period)
            material = await asyncio.to_thread(reading.material)
            made = await self.maker.by_rules(self._subject(work, period), material)
            if not await self._store(work, period, reading, made):
                return
        if isinstance(error, TransientError):
            due_at = self.clock.now() + (error.retry_after or TRIED_AGAIN)
            async with self.db.transaction(work.tenant_id) as tx:
                await timers.set_timer(tx, TIMER, work.account_id, due_at)

    async def _read(self, work: "_Work", period: Period) -> Reading:
        offline = self.maker.model.offline
        async with self.db.read(work.tenant_id) as tx:
            return await read_period(tx, work.account_id, period, offline=offline)

    async def _store(self, work: "_Work", period: Period, reading: Reading, made: Made) -> bool:
        """Unless the sources have changed since they were read: then it is stale as it was, and
        the next look makes it of what is there by then."""
        now, account_id = self.clock.now(), work.account_id
        async with self.db.transaction(work.tenant_id) as tx:
            if not await rows.extend_lease(tx, account_id, work.token, now + LEASE):
                return False
            found = await list_fingerprints(tx, account_id, period.since, period.until)
            if source_hash(found) != reading.hash:
                return True
            row = Summary(
                tenant_id=work.tenant_id,
                id=self.ids.new(),
                created_at=now,
                account_id=account_id,
                period=period.kind,
                starts_on=period.start,
                ends_on=period.end,
                source_hash=reading.hash,
                source_count=reading.count,
                lines=[line.as_json() for line in made.lines],
                model=made.model,
                provisional=made.provisional,
                tokens_in=made.tokens_in,
                tokens_out=made.tokens_out,
                made_at=now,
            )
            await self.written(tx, await rows.set_summary(tx, row), account_id)
            if period.kind == "month":
                await rows.drop_weeks(tx, account_id, period.start, period.end)
        return True

    def _subject(self, work: "_Work", period: Period) -> Subject:
        return Subject(
            tenant_id=work.tenant_id,
            account_name=work.account_name,
            period=period,
            today=self.clock.now().date(),
        )


def _bare(todo: Plan, period: Period) -> bool:
    """Whether nothing of a model's stands there, and what rules wrote, if they did, is old."""
    known = todo.known.get(period)
    if known is None:
        return period not in todo.by_week
    return known.provisional and known.source_hash != todo.hashes[period]


@dataclass(frozen=True, slots=True)
class _Work:
    """Whose summaries one job makes, under which lease."""

    tenant_id: UUID
    account_id: UUID
    account_name: str
    token: UUID
