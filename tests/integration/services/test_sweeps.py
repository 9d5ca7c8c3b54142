"""The sweep on real PostgreSQL: in order, each tenant and timer by itself, never twice."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from db import timers
from db.models.directories import Timer
from db.session import Database, Tx
from services.sweeps import SweepService
from tests import factories as make
from tests.fakes.clock import FrozenClock
from tests.integration.services.mortality import Crash

MINUTE = timedelta(minutes=1)


class Work:
    """Notes what was fired; some subjects fail or die, some are due again."""

    def __init__(self) -> None:
        self.done: list[UUID] = []
        self.fails: set[UUID] = set()
        self.dies: set[UUID] = set()
        self.again: dict[UUID, list[datetime]] = {}

    async def __call__(self, tx: Tx, subject_id: UUID) -> None:
        await tx.session.execute(text("select pg_sleep(0.002)"))
        if subject_id in self.dies:
            self.dies.discard(subject_id)
            raise Crash("in a handler")
        if subject_id in self.fails:
            await tx.session.execute(text("select 1 / 0"))
        self.done.append(subject_id)
        if self.again.get(subject_id):
            await timers.set_timer(tx, "w", subject_id, self.again[subject_id].pop(0))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def sweep(database: Database, clock: FrozenClock, work: Work) -> SweepService:
    return SweepService(database, clock, {"w": work})


async def arm(database: Database, tenant: UUID, due_at: datetime, kind: str = "w") -> UUID:
    subject = uuid4()
    async with database.transaction(tenant) as tx:
        await timers.set_timer(tx, kind, subject, due_at)
    return subject


async def left(database: Database) -> set[UUID]:
    async with database.directory() as tx:
        return set((await tx.session.execute(select(Timer.subject_id))).scalars())


async def test_what_is_due_in_order_and_nothing_else(database, clock, work, sweep):
    tenant, now = await make.make_tenant(database), clock.now()
    late = await arm(database, tenant, now - MINUTE)
    later = await arm(database, tenant, now - 3 * MINUTE)
    today = await arm(database, tenant, now)
    future = await arm(database, tenant, now + MINUTE)
    await sweep.tick()
    assert work.done == [later, late, today]
    assert await left(database) == {future}


async def test_what_is_due_again_takes_its_turn_in_the_same_tick(database, clock, work, sweep):
    tenant, now = await make.make_tenant(database), clock.now()
    often = await arm(database, tenant, now - 3 * MINUTE)
    once = await arm(database, tenant, now - 2 * MINUTE)
    work.again[often] = [now - MINUTE, now + MINUTE]
    await sweep.tick()
    assert work.done == [often, once, often]
    assert await left(database) == {often}


async def test_a_poisoned_timer_stops_nobody(database, clock, work, sweep):
    tenant, other = await make.make_tenant(database), await make.make_tenant(database)
    now = clock.now()
    poisoned = [await arm(database, tenant, now - 9 * MINUTE) for _ in range(3)]
    well = [await arm(database, tenant, now - n * MINUTE) for n in (8, 7)]
    elsewhere = await arm(database, other, now)
    work.fails = set(poisoned)
    with capture_logs() as logs:
        await sweep.tick()
    assert work.done == [*well, elsewhere]
    assert await left(database) == set(poisoned)
    waiting = {entry["id"] for entry in logs if entry["event"] == "a timer waits"}
    assert waiting == {str(subject) for subject in poisoned}
    work.fails = set()
    await sweep.tick()
    assert await left(database) == set()


async def test_a_timer_nobody_knows_waits_for_who_does(database, clock, sweep):
    tenant = await make.make_tenant(database)
    subject = await arm(database, tenant, clock.now(), kind="of tomorrow")
    known = await arm(database, tenant, clock.now())
    await sweep.tick()
    assert await left(database) == {subject}
    assert known != subject


async def test_a_check_that_fails_stops_no_other_tenant(database, clock, work):
    tenants = {await make.make_tenant(database) for _ in range(3)}
    checked = []

    async def check(tenant_id: UUID) -> None:
        checked.append(tenant_id)
        raise ValueError("poisoned")

    await SweepService(database, clock, {"w": work}, (check, check)).tick()
    assert set(checked) == tenants
    assert len(checked) == 6


async def test_sweeps_at_once_fire_each_timer_once_and_in_order(database, clock, work, sweep):
    tenant, now = await make.make_tenant(database), clock.now()
    subjects = [await arm(database, tenant, now - n * MINUTE) for n in range(20, 0, -1)]
    work.again[subjects[0]] = [now - 5 * MINUTE - MINUTE / 2]
    await asyncio.gather(*(sweep.tick() for _ in range(4)))
    await sweep.tick()
    assert work.done == [*subjects[:15], subjects[0], *subjects[15:]]
    assert await left(database) == set()


async def test_a_process_that_dies_leaves_the_timer_due(database, clock, work, sweep):
    tenant = await make.make_tenant(database)
    subject = await arm(database, tenant, clock.now())
    work.dies = {subject}
    with pytest.raises(Crash):
        await sweep.tick()
    assert await left(database) == {subject}
    await sweep.tick()
    assert work.done == [subject]


async def test_nobody_waits_for_a_decision_that_drops_the_timer(database, clock, work):
    """A decision holds its request, then drops the timer; the sweep wants both as well."""
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        member = await make.make_member(tx)
        request = await make.make_approval_request(tx, requester=member)
        await timers.set_timer(tx, "w", request.id, clock.now())
    lock = text("select 1 from approval_requests where id = :id for update")
    held, waiting = asyncio.Event(), asyncio.Event()

    async def handler(tx: Tx, subject_id: UUID) -> None:
        waiting.set()
        await tx.session.execute(lock, {"id": subject_id})
        work.done.append(subject_id)

    async def decide() -> None:
        async with database.transaction(tenant) as tx:
            await tx.session.execute(lock, {"id": request.id})
            held.set()
            await waiting.wait()
            await timers.drop_timer(tx, "w", request.id)

    async def tick() -> None:
        await held.wait()
        await SweepService(database, clock, {"w": handler}).tick()

    async with asyncio.timeout(60):
        await asyncio.gather(decide(), tick())
    assert work.done == [request.id]


async def test_checks_wait_until_the_timers_are_through(database, clock, work):
    """Another sweep is in the middle of this tenant's timers: its checks would judge too early."""
    tenant, checked = await make.make_tenant(database), []
    held, ticked = asyncio.Event(), asyncio.Event()
    await arm(database, tenant, clock.now())

    async def check(tenant_id: UUID) -> None:
        checked.append(tenant_id)

    sweep = SweepService(database, clock, {"w": work}, (check,))

    async def other() -> None:
        async with database.transaction(tenant) as tx:
            assert await timers.try_lock_sweep(tx)
            held.set()
            await ticked.wait()

    async def tick() -> None:
        await held.wait()
        await sweep.tick()
        ticked.set()

    async with asyncio.timeout(60):
        await asyncio.gather(other(), tick())
    assert (work.done, checked) == ([], [])
    await sweep.tick()
    assert len(work.done) == 1
    assert checked == [tenant]
