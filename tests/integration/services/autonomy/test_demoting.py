"""A level is lost at once, what waits is given back, and everybody concerned is told why."""

from datetime import timedelta

import pytest

from db.models.autonomy import EarnedLevel, Promotion
from db.session import Database
from services.types.actions import AutonomyLevel
from services.weighing import WEIGH
from tests.integration.services.autonomy.earning_desk import (
    FOLLOW_UP,
    EarningDesk,
    make_earning_desk,
)

APPROVE, UNDO, FREE = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW, AutonomyLevel.AUTONOMOUS


@pytest.fixture
async def desk(database: Database) -> EarningDesk:
    return await make_earning_desk(database)


async def test_three_stopped_of_twenty_take_it_back_and_everybody_hears_why(
    desk: EarningDesk,
) -> None:
    await desk.stand_at(UNDO)
    actions = await desk.left(30)
    await desk.weigh()
    assert await desk.level() == UNDO
    await desk.stop(actions[-5], desk.jonas)
    await desk.stop(actions[-3], desk.jonas)
    await desk.weigh()
    assert await desk.level() == UNDO, "two of so many may be chance"
    await desk.stop(actions[-1], desk.cole)
    await desk.weigh()
    assert await desk.level() == APPROVE
    (move,) = await desk.moves()
    assert (move.kind, move.moved_by, move.why) == (
        "demoted",
        None,
        "3 of the last 20 were stopped.",
    )
    assert desk.recalled == 1
    for who in (desk.mona, desk.ada, desk.rita, desk.jonas):
        assert desk.said_to(who) == ["I no longer send follow-ups by myself."]
        assert "3 of the last 20 were stopped (Jonas Junior, Cole" in desk.shown(who)
        assert "They wait for your decision again" in desk.shown(who)
    await desk.weigh()
    assert len(await desk.moves()) == 1, "what was before costs nothing twice"
    assert await desk.rows(Promotion) == [], "nor does it earn it back"


@pytest.mark.parametrize("harm", [{"incident": "What left differs."}, {"outcome": "negative"}])
async def test_harm_leads_from_autonomous_straight_to_approve(
    desk: EarningDesk, harm: dict[str, str]
) -> None:
    await desk.stand_at(FREE)
    await desk.left(10, level="autonomous")
    await desk.left(1, level="autonomous", **harm)
    await desk.weigh()
    assert (await desk.level(), desk.recalled) == (APPROVE, 1)


async def test_a_run_of_rejections_costs_a_step(desk: EarningDesk) -> None:
    await desk.stand_at(FREE)
    await desk.left(20, level="autonomous")
    await desk.decided(3, status="rejected", would="ask", level="autonomous", days=1)
    await desk.weigh()
    assert await desk.level() == UNDO
    assert "There is time to undo again when I send follow-ups" in desk.said_to(desk.rita)[0]


async def test_another_model_starts_where_a_person_decides(desk: EarningDesk) -> None:
    await desk.stand_at(UNDO)
    await desk.left(5)
    desk.lineage = "model-2"
    await desk.weigh()
    (move,) = await desk.moves()
    assert (move.kind, move.after, desk.recalled) == ("reset", APPROVE, 1)
    (row,) = await desk.rows(EarnedLevel)
    assert (row.lineage, row.since) == ("model-2", desk.clock.now())
    assert "The model, the prompts or the rules behind it have changed" in desk.shown(desk.rita)


async def test_what_left_is_weighed_by_the_minute_and_everything_once_a_day(
    desk: EarningDesk,
) -> None:
    check = desk.autonomy.earning.check
    await desk.stand_at(UNDO)
    await check(desk.tenant)
    daily = {body["action_type"] for _, _, body in await desk.queued(WEIGH)}
    assert {FOLLOW_UP, "discuss_pricing"} <= daily
    assert "commit_pricing" not in daily
    await desk.drain()
    await check(desk.tenant)
    assert await desk.queued(WEIGH) == [], "nothing has happened since"
    await desk.left(1, days=0)
    desk.clock.move(timedelta(minutes=1))
    await check(desk.tenant)
    await check(desk.tenant)
    assert [body["action_type"] for _, _, body in await desk.queued(WEIGH)] == [FOLLOW_UP]


async def test_what_may_cost_a_level_asks_to_be_weighed_at_once(desk: EarningDesk) -> None:
    await desk.proposed()
    action = await desk.action()
    await desk.actions.reject(
        desk.actor(desk.rita),
        action.id,
        revision=1,
        reason="not now",
        surface="slack",
        command_id=desk.command(),
    )
    await desk.feedback.rate(
        desk.actor(desk.rita), action.id, rating=-1, reason="tone", source="button"
    )
    found = [body["action_type"] for _, _, body in await desk.queued(WEIGH)]
    assert found == [action.type, action.type]
