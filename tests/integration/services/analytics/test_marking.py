"""Whatever people and the world do to an action is in the figures after the next count, and costs
a click no second statement."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from db.models.analytics import LearningMark
from db.session import Database
from services.analytics.counting import CountingService
from services.analytics.figures import figures
from services.types.learning import Figures
from tests.integration.services.loop import Loop, make_loop


@pytest.fixture
async def loop(database: Database) -> Loop:
    return await make_loop(database)


async def _counted(loop: Loop) -> Figures:
    counting = CountingService(db=loop.database, clock=loop.clock, ids=loop.ids)
    await counting.run(loop.tenant)
    async with loop.database.read(loop.tenant) as tx:
        return (await figures(tx, [loop.rita.id], date.min, date.max))[None]


async def test_from_the_proposal_to_the_answer(loop: Loop) -> None:
    await loop.proposed()
    assert await _counted(loop) == Figures(proposed=1)
    loop.wait()
    await loop.approve()
    async with loop.database.read(loop.tenant) as tx:
        assert await tx.session.scalar(select(func.count()).select_from(LearningMark)) == 1
    assert await _counted(loop) == Figures(proposed=1, unchanged=1)
    await loop.take_back()
    assert await _counted(loop) == Figures(proposed=1, undone=1)
    await loop.approve()
    loop.clock.move(timedelta(seconds=61))
    await loop.drain()
    sent = await _counted(loop)
    assert (sent.sent, sent.open, sent.answers_timed, sent.undone) == (1, 1, 1, 0)
    assert sent.answer_seconds > 0
    await loop.feedback.rate(
        loop.actor(loop.cole), (await loop.action()).id, rating=-1, reason=None, source="button"
    )
    assert (await _counted(loop)).bad == 1
    await loop.write("Thank you, that helps.")
    await loop.drain()
    found = await _counted(loop)
    assert (found.open, found.answered) == (0, 1)


async def test_what_comes_to_nothing(loop: Loop) -> None:
    await loop.proposed()
    await loop.write("One more thing: when can you start?")
    await loop.drain()
    assert await _counted(loop) == Figures(proposed=2, overtaken=1)
    action, draft = await loop.action(), await loop.draft()
    await loop.actions.reject(
        loop.actor(loop.rita),
        action.id,
        revision=draft.revision,
        reason="no",
        surface="slack",
        command_id="r1",
    )
    assert await _counted(loop) == Figures(proposed=2, overtaken=1, rejected=1)


async def test_a_window_that_closes_empty(loop: Loop) -> None:
    await loop.approved()
    await loop.drain()
    assert (await _counted(loop)).open == 1
    loop.clock.move(timedelta(days=8))
    await loop.sweeps.tick()
    found = await _counted(loop)
    assert (found.open, found.expired) == (0, 1)
