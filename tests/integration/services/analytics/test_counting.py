"""Days are counted from what stands in the tables: exactly, anew as often as one likes, by several
at once, and nothing that was marked meanwhile is lost."""

import asyncio
import contextvars
from collections.abc import Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import delete, func, select

from db import analytics as rows
from db import jobs
from db.home_visits import look
from db.models.analytics import LearningMark
from db.models.cards import Card
from db.models.tenants import Member
from db.session import Database, raw_connection
from services.analytics.counting import COUNT
from services.analytics.figures import figures
from services.analytics.marking import mark
from services.types.learning import Figures
from tests import factories as make
from tests.integration.services.analytics.days import DAY, Days, make_days

SUM = rows.sum_query("member", some=True)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def _a_day_of_everything(days: Days) -> None:
    sent = {"status": "done", "effect": "done"}
    await days.act(
        **sent, outcome="positive", shown=3 * MINUTE, waited=2 * HOUR, rating=1, type="follow_up"
    )
    await days.act(**sent, author="member", outcome="expired", shown=-MINUTE, waited=-HOUR)
    await days.act(**sent, author="gmail", outcome="negative", shown=5 * MINUTE)
    await days.act(**sent, decided_surface="rule", decided_by=None, outcome="pending")
    await days.act(status="approved", effect="queued")
    await days.act(status="rejected", shown=MINUTE, rating=-1)
    await days.act(status="handled", shown=MINUTE)
    await days.act(status="voided")
    await days.act(effect="cancelled", undone=True)
    await days.act(**sent, outcome="ambiguous", owner_id=days.cole.id)
    await days.act(**sent, outcome="undelivered", owner_id=None)
    await days.act(status="held")


async def test_a_day_says_what_became_of_everything(database: Database) -> None:
    days = await make_days(database)
    await _a_day_of_everything(days)
    await days.act(created_at=make.NOW - timedelta(days=1))
    await days.counting.run(days.tenant)

    assert await days.figures() == Figures(
        proposed=11,
        unchanged=4,
        edited=2,
        rejected=1,
        handled=1,
        overtaken=1,
        undone=1,
        sent=6,
        by_itself=1,
        answered=1,
        expired=1,
        negative=1,
        ambiguous=1,
        undelivered=1,
        open=1,
        timed=3,
        seconds=9 * 60,
        answers_timed=1,
        answer_seconds=2 * 60 * 60,
        good=1,
        bad=1,
    )
    assert (await days.figures(days.cole.id)).ambiguous == 1
    assert (await days.figures(first=DAY - timedelta(days=1))).proposed == 12
    async with database.read(days.tenant) as tx:
        by = [
            dict(await figures(tx, None, date.min, date.max, by=by))
            for by in ("member", "type", "weekday", "week", "month")
        ]
    assert [list(found) for found in by] == [
        [*sorted((days.rita.id, days.cole.id)), None],
        ["follow_up", "send_routine_response"],
        [5, 6],
        [date(2026, 11, 16)],
        [date(2026, 11, 1)],
    ]
    assert all(sum(one.proposed for one in found.values()) == 12 for found in by)

    # Somebody else's tenant shows nothing, neither does one where nothing ever was.
    async with database.read(await make.make_tenant(database)) as tx:
        assert await figures(tx, [days.rita.id], DAY, DAY) == {None: Figures()}
        assert not await figures(tx, None, DAY, DAY, by="type")


async def test_counted_again_it_is_the_same_and_what_moved_has_moved(database: Database) -> None:
    days = await make_days(database)
    action = await days.act(type="never_seen_before")
    assert await days.counting.count(days.tenant, DAY)
    assert not await days.counting.count(days.tenant, DAY)  # no mark is left
    await days.set(action)
    assert not await days.counting.count(days.tenant, DAY)  # marked, and nothing became other
    await days.set(action, owner_id=days.cole.id)
    assert await days.counting.count(days.tenant, DAY)
    assert await days.figures(days.rita.id) == Figures()
    assert await days.figures(days.cole.id) == Figures(proposed=1)
    async with database.read(days.tenant) as tx:
        assert await rows.get_version(tx) == 2
        assert not await tx.session.scalar(select(func.count()).select_from(LearningMark))

    # Whoever is gone keeps their figures, until the day is counted as nobody's.
    async with database.transaction(days.tenant) as tx:
        await tx.session.execute(delete(Member).where(Member.id == days.cole.id))
    assert await days.figures(days.cole.id) == Figures(proposed=1)
    await days.set(action)
    await days.counting.run(days.tenant)
    assert await days.figures(days.cole.id) == Figures()
    assert await days.figures() == Figures(proposed=1)


async def test_what_is_marked_while_it_is_counted_is_counted_next(database: Database) -> None:
    days = await make_days(database)
    action = await days.act()
    async with database.transaction(days.tenant) as tx:
        await rows.count_day(tx, DAY, at=days.clock.now())
        # Neither a click that has marked and not yet committed nor the count holds up another.
        async with asyncio.timeout(60):
            await _aside(_marked_twice_at_once(days, action))
            await _aside(days.set(action, status="rejected"))
    assert (await days.figures()).rejected == 0
    async with database.read(days.tenant) as tx:
        assert await rows.list_marked(tx, 5) == [DAY]
    await days.counting.run(days.tenant)
    assert (await days.figures()).rejected == 1


def _aside(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """As another process would: in a transaction of its own."""
    return asyncio.create_task(work, context=contextvars.Context())


async def _marked_twice_at_once(days: Days, action: UUID) -> None:
    async with days.database.transaction(days.tenant) as tx:
        await mark(tx, action, clock=days.clock, ids=days.ids)
        await _aside(days.set(action))


async def test_many_clicks_and_several_workers_end_with_the_right_figures(
    database: Database,
) -> None:
    days = await make_days(database)
    actions = [await days.act() for _ in range(12)]

    async def click(action: UUID) -> None:
        await days.set(action, status="rejected")
        await days.set(action, owner_id=days.cole.id)

    async def work() -> None:
        for _ in range(4):
            await days.counting.run(days.tenant)

    await asyncio.gather(*(_aside(click(one)) for one in actions), *(_aside(work()) for _ in "abc"))
    await days.counting.run(days.tenant)
    assert await days.figures(days.cole.id) == Figures(proposed=12, rejected=12)
    assert await days.figures() == Figures(proposed=12, rejected=12)


async def test_a_tenant_that_was_never_counted_is_counted_whole(database: Database) -> None:
    days = await make_days(database)
    for back in (0, 3, 70):
        await days.act(created_at=make.NOW - timedelta(days=back))
    async with database.transaction(days.tenant) as tx:
        await tx.session.execute(delete(LearningMark))
    await days.counting.check(days.tenant)
    await days.counting.check(days.tenant)
    assert await _queued(days) == 1
    await days.counting.run(days.tenant)
    assert (await days.figures(first=date.min)).proposed == 2, "the newest fifty days come first"
    assert await _queued(days) == 2
    await days.counting.run(days.tenant)
    assert (await days.figures(first=date.min)).proposed == 3
    # The clock is set back behind all of it: what is proposed then counts for the day it has.
    days.clock.move(-timedelta(days=400))
    await days.act(created_at=days.clock.now())
    await days.counting.check(days.tenant)
    await days.counting.run(days.tenant)
    assert (await days.figures(first=date.min)).proposed == 4


async def _queued(days: Days) -> int:
    async with days.database.read(days.tenant) as tx:
        return len(await jobs.live_payloads(tx, COUNT))


async def test_home_tabs_follow_each_count_while_looked_at_else_every_five_minutes(
    database: Database,
) -> None:
    """Rita's own, whose manager's manager is looking; of Cole's nothing has changed."""
    days = await make_days(database)
    ago = {days.rita.id: 2 * HOUR, days.cole.id: 2 * HOUR}
    async with database.transaction(days.tenant) as tx:
        eve = await make.make_member(tx, name="Eve", role="manager")
        mona = await tx.session.get_one(Member, (days.tenant, days.rita.manager_id))
        mona.manager_id = eve.id
        for reader, earlier in (ago | {eve.id: MINUTE}).items():
            await make.make_card(tx, kind="home", subject_id=reader, recipient_id=reader)
            at = make.NOW - earlier
            await look(tx, reader, visit_id=days.ids.new(), now=at, new_before=at)
    seen = []
    for wait in (timedelta(), timedelta(minutes=1), timedelta(minutes=4)):
        days.clock.move(wait)
        await days.act()
        await days.counting.run(days.tenant)
        seen.append(await _wanted(days))
    days.clock.move(timedelta(minutes=6))
    await days.counting.check(days.tenant)  # nothing new
    # The first count begins the tenant's figures: five minutes later they are shown.
    assert seen == [[0, 0, 1], [0, 0, 2], [0, 1, 3]]
    assert await _wanted(days) == [0, 1, 3]


async def _wanted(days: Days) -> list[int]:
    async with days.database.read(days.tenant) as tx:
        found = await tx.session.scalars(select(Card.wanted_rev).order_by(Card.wanted_rev))
        return list(found)


MANY = """
insert into actions (tenant_id, id, created_at, type, status, trigger, verdict, reasons, confidence,
    confidence_reason, level, lineage)
select $1, gen_random_uuid(), $2::timestamptz - n * interval '10 minutes', 'follow_up', 'pending',
    'mail', 'approval_required', '[]', 0.5, '', 'approve', '' from generate_series(1, 6000) n
"""


async def test_a_count_and_a_sum_walk_indexes(database: Database, owner_url: str) -> None:
    days = await make_days(database)
    async with database.transaction(days.tenant) as tx:
        await (await raw_connection(tx)).execute(MANY, tx.tenant_id, make.NOW)
    owner = await asyncpg.connect(owner_url)
    await owner.execute("analyze actions")
    await owner.close()
    since, until = make.NOW - timedelta(days=30), make.NOW - timedelta(days=29)
    plans = (
        (rows.COUNT, (since, until, DAY, make.NOW), "ix_actions_created"),
        (SUM, (DAY - timedelta(days=28), DAY, [days.rita.id]), "_day"),
    )
    async with database.transaction(days.tenant) as tx:
        connection = await raw_connection(tx)
        # The other tables are as good as empty here, which a planner would rather read whole.
        await connection.execute("set local enable_seqscan = off")
        for query, values, index in plans:
            told = await connection.fetch(f"explain {query}", tx.tenant_id, *values)
            plan = "\n".join(line[0] for line in told)
            assert "Seq Scan" not in plan
            assert index in plan, plan
