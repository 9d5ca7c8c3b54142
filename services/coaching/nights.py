"""The nightly look at how mails and deeds went, over all members of a tenant.

A night is begun by the first tick after two in the morning (UTC), once across replicas by its
unique row, and done in turns: a job takes the night's lease, does a few members or a few seconds'
worth, keeps how far it came and enqueues the next turn at the end of the queue. So every tenant
has one such job waiting, and they take turns. When all members are done, everybody's figures are
made of theirs. A turn that died is found by the sweep (services/sweeps) and goes on where it was.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from db import coaching as rows
from db import jobs, tenants
from db.session import Database, Tx, is_disconnect
from services.coaching.looking import CoachingLooks
from services.ports import Clock, Ids

log = structlog.get_logger()

JOB = "coaching.find"
BEGINS = timedelta(hours=2)
LEASE = timedelta(minutes=5)
PAGE = 10
"""Members a turn, at most."""
SECONDS = 5.0
"""A turn takes up no more members after so long."""
KEPT = timedelta(days=14)
REFUSED_FOR = timedelta(days=90)
"""So long a finding that somebody called not helpful isn't shown to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    token: UUID
    cursor: UUID | None


@dataclass(slots=True, kw_only=True)
class _Done:
    cursor: UUID | None
    looked: int = 0
    failed: int = 0
    through: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingNights:
    db: Database
    clock: Clock
    ids: Ids
    looks: CoachingLooks
    page: int = PAGE
    seconds: float = SECONDS
    _begun: dict[UUID, date] = field(default_factory=dict)

    async def check(self, tenant_id: UUID) -> None:
        """At every tick: begin the night's look, once, unless an earlier one still goes on. Nights
        on which nothing ran are not made up for; none begins while Slack refuses the tenant, or
        nobody is in it yet."""
        now = self.clock.now()
        night = night_of(now)
        if self._begun.get(tenant_id) == night:
            return
        async with self.db.read(tenant_id) as reading:
            if await tenants.is_paused(reading) or not await rows.list_active(reading, None, 1):
                return
            known = await rows.list_known(reading, night)
        if not known:
            await self._begin(tenant_id, night, now)
        if not known or night in known:
            self._begun[tenant_id] = night

    async def _begin(self, tenant_id: UUID, night: date, now: datetime) -> None:
        night_id = self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            if await rows.add_night(tx, night_id=night_id, night=night, now=now):
                await rows.drop_old_nights(tx, now - KEPT)
                await rows.drop_refused(tx, now - REFUSED_FOR)
                await rows.drop_left(tx)
                await _go_on(tx, night_id)

    async def run(self, tenant_id: UUID, night_id: UUID) -> None:
        """One turn. Nothing, when the night is over or somebody is at it."""
        turn = await self._claim(tenant_id, night_id)
        if turn is None:
            return
        done = await self._members(tenant_id, turn)
        if done.through and await self._alone(tenant_id, self.looks.look_at_everybody(tenant_id)):
            done.failed += 1
        await self._settle(tenant_id, night_id, turn, done)

    async def _claim(self, tenant_id: UUID, night_id: UUID) -> _Turn | None:
        now, token = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            night = await rows.lock_night(tx, night_id)
            if night is None or (night.lease_until is not None and night.lease_until > now):
                return None
            night.lease_token, night.lease_until = token, now + LEASE
            await tx.session.flush()
            return _Turn(token=token, cursor=night.cursor)

    async def _members(self, tenant_id: UUID, turn: _Turn) -> _Done:
        until = asyncio.get_running_loop().time() + self.seconds
        async with self.db.read(tenant_id) as reading:
            page = await rows.list_active(reading, turn.cursor, self.page)
        done = _Done(cursor=turn.cursor, through=len(page) < self.page)
        for member_id in page:
            if done.looked and asyncio.get_running_loop().time() >= until:
                done.through = False
                break
            done.failed += await self._alone(member_id, self.looks.look(tenant_id, member_id))
            done.cursor = member_id
            done.looked += 1
        return done

    @staticmethod
    async def _alone(subject_id: UUID, work: Awaitable[None]) -> bool:
        """Whether it failed. Who can't be looked at stops no other one: what was found of them the
        night before stands for another day."""
        try:
            await work
        except Exception as error:
            if is_disconnect(error):
                raise
            log.exception("nothing could be learned", subject_id=str(subject_id))
            return True
        return False

    async def _settle(self, tenant_id: UUID, night_id: UUID, turn: _Turn, done: _Done) -> None:
        async with self.db.transaction(tenant_id) as tx:
            night = await rows.lock_night(tx, night_id)
            if night is None or night.lease_token != turn.token:
                return
            night.lease_token = night.lease_until = None
            night.cursor = done.cursor
            night.looked += done.looked
            night.failed += done.failed
            if done.through:
                night.ended_at = self.clock.now()
            else:
                await _go_on(tx, night_id)
            await tx.session.flush()


def night_of(now: datetime) -> date:
    """The night that this moment belongs to, in UTC."""
    return (now - BEGINS).date()


async def _go_on(tx: Tx, night_id: UUID) -> None:
    await jobs.enqueue(tx, JOB, {"night_id": night_id}, patient=True)
