"""Counting, a night's adjustment, what it is shown as, and taking it back; against PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import func, select

from db import jobs
from db.models.actions import Action
from db.models.calibration import CalibrationBin
from db.models.directories import Timer
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.session import Database
from services.audit import AuditService
from services.calibration.counting import place_of, recount
from services.calibration.scores import Sums
from services.calibration.service import CalibrationService
from services.calibration.state import adjustment_of, calibrated_of, list_summaries, summary_of
from services.errors import Conflict, Forbidden, NotFound
from services.sweeps import SweepService
from services.types.calibration import Adjustment, Summary
from services.types.people import Actor, Role
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.audited import audited
from tests.shared import VAULT

KEY = ("send_routine_response", "email_engagement", "abc")
ONE_DAY = timedelta(days=1)
IDENTITY = Adjustment().knots


class World:
    """A tenant with an admin and a manager, whose outcomes a test makes up."""

    def __init__(self, db: Database, tenant: UUID, admin: Member, manager: Member) -> None:
        self.db, self.tenant, self.admin, self.manager = db, tenant, admin, manager
        self.clock, self.ids = FrozenClock(datetime(2026, 11, 21, 2, tzinfo=UTC)), UuidIds()
        self.random = np.random.default_rng(9)
        self.service = CalibrationService(
            db=db,
            clock=self.clock,
            ids=self.ids,
            audit=AuditService(db, self.clock, self.ids, VAULT),
        )

    def actor(self, member: Member, tenant: UUID | None = None) -> Actor:
        return Actor(
            tenant_id=tenant or self.tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone="UTC",
        )

    async def outcomes(self, n: int, said: float, true: float, **fields: Any) -> list[UUID]:
        """`n` resolved outcomes of KEY, counted; the first `n * true` came true. The halves take
        turns, so that a figure is a figure."""
        action_type, kind, lineage = fields.pop("key", KEY)
        row = {"tenant_id": self.tenant, "created_at": self.clock.now()}
        ids = [UUID(int=uuid4().int & ~1 | number % 2) for number in range(n)]
        actions = [
            Action(
                **row, id=one, type=action_type, trigger="mail", verdict="hard_stop", confidence=0.5
            )
            for one in ids
        ]
        values: dict[str, Any] = {
            **row,
            "action_type": action_type,
            "kind": kind,
            "lineage": lineage,
            "event": "human reply within 7 days",
            "predicted": Decimal(str(said)),
            "window_ends_at": self.clock.now(),
            "status": "positive",
        }
        made = [
            Outcome(
                **{"score": Decimal(int(number < n * true)), **values, **fields},
                id=one,
                action_id=one,
            )
            for number, one in enumerate(ids)
        ]
        async with self.db.transaction(self.tenant) as tx:
            for rows in (actions, made):
                tx.session.add_all(rows)
                await tx.session.flush()
            for one in made:
                await recount(tx, one, clock=self.clock, ids=self.ids)
        return ids

    async def night(self, times: int = 1) -> int:
        """So many days later: how many keys moved in all of them."""
        moved = 0
        for _ in range(times):
            self.clock.move(ONE_DAY)
            moved += await self.service.adjust(self.tenant)
        return moved

    async def summary(self, key: tuple[str, str, str] = KEY) -> Summary:
        async with self.db.read(self.tenant) as tx:
            return await summary_of(tx, *key)

    async def shown(self, raw: float, key: tuple[str, str, str] = KEY) -> float:
        async with self.db.read(self.tenant) as tx:
            return await calibrated_of(tx, *key, raw)

    async def told(self, verb: str) -> list[dict[str, Any]]:
        return [entry["facts"] for entry in await audited(self.db, self.tenant, verb)]


@pytest.fixture
async def world(database: Database) -> World:
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        admin = await make.make_member(tx, name="Ada Admin", role="admin")
        manager = await make.make_member(tx, name="Max Manager", role="manager")
    return World(database, tenant, admin, manager)


async def test_nothing_known_changes_nothing(world: World) -> None:
    """Also for the lineage '' and a key nobody has heard of; three outcomes are nothing, too."""
    for key in (KEY, ("send_routine_response", "email_engagement", ""), ("x", "y", "z")):
        assert await world.shown(0.37, key) == pytest.approx(0.37)
        async with world.db.read(world.tenant) as tx:
            assert (await adjustment_of(tx, *key)).threshold == 0.7
        summary = await world.summary(key)
        assert (summary.n, summary.brier, summary.raw.mce, summary.moves) == (0, None, None, ())
        assert len(summary.bins) == 10
    await world.outcomes(3, 0.9, 0.0, key=("send_routine_response", "email_engagement", ""))
    assert await world.night(3) == 0
    for wrong in (float("nan"), -1, 1.7):
        with pytest.raises(ValueError, match="is no probability"):
            await world.shown(wrong)


async def test_a_night_moves_once_and_only_with_something_new(world: World) -> None:
    """0.85 stated, 0.5 true; beside it a stratum, a lineage and a tenant that it must not touch."""
    await world.outcomes(60, 0.85, 0.5)
    await world.outcomes(20, 0.85, 1.0, edited=True)
    await world.outcomes(5, 0.6, 0.5, status="ambiguous", score=None)
    other = ("send_routine_response", "email_engagement", "new")
    await world.outcomes(4, 0.85, 0.5, key=other)
    assert await world.night() == 1
    before = await world.summary()
    assert (before.n, before.edited.n, before.edited.brier) == (60, 20, pytest.approx(0.0225))
    assert (before.ambiguous.part, before.ambiguous.of, before.undelivered.part) == (5, 85, 0)
    same = Sums.of([0.85] * 60, [1] * 30 + [0] * 30).scores()
    assert before.raw.brier == pytest.approx(same.brier or 0)
    assert before.raw.ece == pytest.approx(0.35)
    assert before.brier is not None
    assert before.raw.brier is not None
    assert before.brier < before.raw.brier
    (move,) = before.moves
    assert (move.number, move.undoable, move.samples["n"]) == (1, True, 60)
    assert (move.before.knots, move.after) == (IDENTITY, before.adjustment)
    assert move.reason == "Where I said 85 %, 50 % of 60 came true (38 to 62 %)."
    assert 0.85 - 0.1 * 0.35 <= await world.shown(0.85) < 0.82
    assert await world.shown(0.85, other) == pytest.approx(0.85)
    async with world.db.read(world.tenant) as tx:
        assert [one.key.lineage for one in await list_summaries(tx)] == ["abc", "new"]
    stranger = await make.make_tenant(world.db)
    async with world.db.read(stranger) as tx:
        assert await calibrated_of(tx, *KEY, 0.85) == pytest.approx(0.85)
        assert await list_summaries(tx) == ()
    assert await world.service.adjust(stranger) == 0


async def test_once_a_day_and_only_with_something_new(world: World) -> None:
    """A repeat, a clock that goes back, a day without news: nothing. Four workers: one move."""
    await world.outcomes(60, 0.85, 0.5)
    assert await world.night() == 1
    assert await world.service.adjust(world.tenant) == 0
    world.clock.move(-ONE_DAY)
    assert await world.service.adjust(world.tenant) == 0
    world.clock.move(ONE_DAY)
    assert await world.night() == 0
    await world.outcomes(1, 0.85, 0)
    world.clock.move(ONE_DAY)
    assert sorted(
        await asyncio.gather(*[world.service.adjust(world.tenant) for _ in range(4)])
    ) == [
        0,
        0,
        0,
        1,
    ]
    after = await world.summary()
    assert [one.number for one in after.moves] == [2, 1]
    assert 0.72 < after.threshold < 0.75
    (_, told) = await world.told("calibration.moved")
    assert (told["number"], told["type"], told["samples"]["n"]) == (2, KEY[0], 61)


async def test_undo_newest_first_pauses_and_is_for_admins(world: World) -> None:
    await world.outcomes(60, 0.85, 0.5)
    for _ in range(2):
        assert await world.night() == 1
        await world.outcomes(2, 0.85, 0.5)
    second, first = (await world.summary()).moves
    undo, admin = world.service.undo_move, world.actor(world.admin)
    with pytest.raises(Forbidden):
        await undo(world.actor(world.manager), second.move_id, "c1")
    with pytest.raises(Conflict, match="later adjustment"):
        await undo(admin, first.move_id, "c2")
    with pytest.raises(NotFound):
        await undo(admin, uuid4(), "c3")
    stranger = await make.make_tenant(world.db)
    async with world.db.transaction(stranger) as tx:
        other = await make.make_member(tx, role="admin")
    with pytest.raises(NotFound):
        await undo(world.actor(other, stranger), second.move_id, "c4")
    done = await undo(admin, second.move_id, "c5")
    assert first.after == second.before
    assert first.after.apart
    assert done.adjustment == replace(first.after, apart=False)  # it rests: nothing is doubted
    assert [one.undoable for one in done.moves] == [False, True]
    assert done.moves[0].undone_by == "Ada Admin"
    assert await undo(admin, second.move_id, "c5") == done  # a repeated click
    with pytest.raises(Conflict, match="undone already"):
        await undo(admin, second.move_id, "c6")
    assert (await undo(admin, first.move_id, "c7")).adjustment == Adjustment()
    assert await world.shown(0.85) == pytest.approx(0.85)
    assert [one["number"] for one in await world.told("calibration.undone")] == [2, 1]
    # Thirty days of rest, then it may move again, under a number of its own.
    await world.outcomes(2, 0.85, 0.5)
    world.clock.move(28 * ONE_DAY)
    assert await world.night() == 0
    assert await world.night(2) == 1
    assert [one.number for one in (await world.summary()).moves] == [3, 2, 1]


async def test_many_count_at_once_and_every_sum_is_exact(world: World) -> None:
    """Eight connections count, correct and take out thirty outcomes as they come; the bins say what
    a look at all rows says."""
    scores = [None, Decimal(0), Decimal("0.5"), Decimal(1)]
    made = await world.outcomes(20, 0.3, 0.5)
    made += await world.outcomes(10, 0.71, 1.0, edited=True)

    async def correct(seed: int) -> None:
        random = np.random.default_rng(seed)
        for number in random.integers(0, len(made), 5):
            some = [made[one] for one in {number, *random.integers(0, len(made), 3)}]
            query = select(Outcome).where(Outcome.id.in_(some)).order_by(Outcome.id)
            async with world.db.transaction(world.tenant) as tx:
                held = (await tx.session.scalars(query.with_for_update())).all()
                for one in sorted(held, key=place_of):
                    one.score = scores[random.integers(0, 4)]
                    await recount(tx, one, clock=world.clock, ids=world.ids)
                    await recount(tx, one, clock=world.clock, ids=world.ids)

    await asyncio.gather(*[correct(seed) for seed in range(8)])
    async with world.db.read(world.tenant) as tx:
        rows = (await tx.session.scalars(select(Outcome).where(Outcome.score.is_not(None)))).all()
        sums = select(
            func.sum(CalibrationBin.count),
            func.sum(CalibrationBin.score_sum),
            func.sum(CalibrationBin.square_sum),
            func.sum(CalibrationBin.predicted_square_sum),
            func.sum(CalibrationBin.product_sum),
        )
        found = (await tx.session.execute(sums)).one()
    pairs = [(one.predicted, one.score or Decimal(0)) for one in rows]
    assert tuple(found) == (
        len(pairs),
        sum(score for _, score in pairs),
        sum((said - score) ** 2 for said, score in pairs),
        sum(said * said for said, _ in pairs),
        sum(said * score for said, score in pairs),
    )
    summary = await world.summary()
    plain = [one for one in rows if not one.edited]
    said, came = zip(*((float(o.predicted), float(o.score or 0)) for o in plain), strict=True)
    expected = Sums.of(said, came).scores()
    assert (summary.n, summary.raw.brier) == (expected.n, pytest.approx(expected.brier))
    assert summary.raw.ece == pytest.approx(expected.ece)


async def test_the_timer_comes_by_night_and_queues_one_job(world: World) -> None:
    sweeps = SweepService(
        world.db, world.clock, {world.service.TIMER: world.service.due}, (world.service.arm,)
    )
    query = select(Timer.due_at).where(Timer.kind == world.service.TIMER)

    async def due() -> datetime:
        async with world.db.directory() as tx:
            return (await tx.session.scalars(query)).one()

    await sweeps.tick()
    assert await due() == datetime(2026, 11, 21, 3, tzinfo=UTC)
    world.clock.move(timedelta(hours=1))
    await sweeps.tick()
    await sweeps.tick()
    assert await due() == datetime(2026, 11, 22, 3, tzinfo=UTC)
    async with world.db.transaction(world.tenant) as tx:
        queued = await jobs.live_payloads(tx, world.service.TIMER)
    assert [one["tenant_id"] for one in queued] == [str(world.tenant)]
