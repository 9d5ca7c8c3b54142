"""A level is proposed on evidence, decided once by whose own work it isn't, or withdrawn."""

import asyncio
from datetime import timedelta

import pytest

from db.models.actions import Effect
from db.models.autonomy import EarnedLevel, Promotion
from db.session import Database
from services.errors import Conflict, Forbidden, NotFound
from services.types.actions import AutonomyLevel
from services.types.ids import TenantId
from services.types.people import Actor, Role
from tests import factories as make
from tests.integration.services.autonomy.earning_desk import (
    DAY,
    FOLLOW_UP,
    EarningDesk,
    make_earning_desk,
)

APPROVE, UNDO = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW


@pytest.fixture
async def desk(database: Database) -> EarningDesk:
    desk = await make_earning_desk(database)
    await desk.stand_at(APPROVE)
    return desk


async def test_a_level_is_proposed_shown_to_those_who_lead_and_allowed_once(
    desk: EarningDesk,
) -> None:
    await desk.decided(90)
    await desk.weigh()
    await desk.weigh()
    (found,) = await desk.rows(Promotion)
    assert (found.before, found.after, found.status) == (APPROVE, UNDO, "pending")
    assert desk.said_to(desk.mona) == [
        "Follow-ups: allow them to leave by themselves, with 5 minutes to undo?"
    ]
    for words in ("90 decided, 100 % unchanged (at least 93 %)", "0.67 ± 0.", "no undo in 30 days"):
        assert words in desk.shown(desk.mona)
    assert desk.said_to(desk.rita) == []
    for who in (desk.rita, desk.jonas):
        with pytest.raises(Forbidden, match="managers and admins"):
            await desk.allow(who)
    stranger = await make.make_tenant(desk.database)
    async with desk.database.transaction(stranger) as tx:
        other = await make.make_member(tx, role="admin")
    foreign = Actor(
        tenant_id=TenantId(stranger), member_id=other.id, role=Role.ADMIN, name="X", timezone="UTC"
    )
    with pytest.raises(NotFound):
        await desk.allow(foreign)
    command = desk.command()
    first = await desk.allow(desk.mona, command_id=command)
    assert first == "Allowed: from now on I send follow-ups by myself."
    assert await desk.allow(desk.mona, command_id=command) == first, "the same click once more"
    with pytest.raises(Conflict, match="already allowed"):
        await desk.allow(desk.ada)
    await desk.drain()
    assert await desk.level() == UNDO
    (move,) = await desk.moves()
    assert (move.kind, move.before, move.after, move.moved_by) == (
        "promoted",
        APPROVE,
        UNDO,
        desk.mona.id,
    )
    assert "*Allowed* by Mona" in desk.shown(desk.ada)
    assert "From now on I send follow-ups by myself, with 5 minutes to undo." in desk.said_to(
        desk.rita
    )
    verbs = await desk.verbs()
    assert [one for one in verbs if one.startswith(("promotion.", "level."))] == [
        "promotion.proposed",
        "promotion.approved",
        "level.promoted",
    ]
    view = await desk.autonomy.earning_views.evidence(desk.actor(desk.ada), found.id)
    assert (view.counted, view.by, len(view.examples)) == (90, {"unchanged": 90}, 6)
    assert all(one.met for one in view.conditions)
    with pytest.raises(Forbidden):
        await desk.autonomy.earning_views.evidence(desk.actor(desk.rita), found.id)


async def test_nobody_decides_on_mostly_their_own_work(desk: EarningDesk) -> None:
    await desk.decided(60, who=desk.mona)
    await desk.decided(60)
    await desk.weigh()
    assert "Ada Admin can decide on it" in desk.shown(desk.mona)
    assert "promotion.allow" not in desk.shown(desk.mona)
    assert "promotion.allow" in desk.shown(desk.ada)
    with pytest.raises(Forbidden, match="somebody else has to look at it: Ada Admin"):
        await desk.allow(desk.mona)
    await desk.set(type(desk.ada), desk.ada.id, role="rep")
    with pytest.raises(Forbidden, match="managers and admins"):
        await desk.allow(desk.ada)
    with pytest.raises(Forbidden, match="nobody else here may"):
        await desk.allow(desk.mona)
    assert (await desk.proposal()).status == "pending"


async def test_what_no_longer_holds_is_withdrawn_whoever_is_first(desk: EarningDesk) -> None:
    """An incident comes; the rule's look and a person's click at the same moment."""
    actions = await desk.decided(90)
    await desk.weigh()
    effect = next(one for one in await desk.rows(Effect) if one.action_id == actions[-1])
    await desk.set(Effect, effect.id, result={"incident": "What left differs."})
    told = await asyncio.gather(
        desk.autonomy.earning.weigh(desk.tenant, FOLLOW_UP),
        desk.allow(desk.mona),
        desk.allow(desk.ada),
        return_exceptions=True,
    )
    assert not any(str(one).startswith("Allowed") for one in told)
    found = await desk.proposal()
    assert (found.status, await desk.level(), await desk.moves()) == ("withdrawn", APPROVE, [])
    assert "1 in 30 days; wanted: no undo or incident in 30 days" in found.reason
    await desk.drain()
    assert "*Withdrawn by me*" in desk.shown(desk.ada)
    with pytest.raises(Conflict, match="withdrew this myself"):
        await desk.allow(desk.mona)


async def test_two_clicks_at_once_raise_it_once(desk: EarningDesk) -> None:
    await desk.decided(90)
    await desk.weigh()
    told = await asyncio.gather(desk.allow(desk.mona), desk.allow(desk.ada), return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in told) == 1
    assert len(await desk.moves()) == 1


async def test_declined_with_a_reason_it_rests_for_a_month_and_needs_fresh_evidence(
    desk: EarningDesk,
) -> None:
    await desk.decided(90)
    await desk.weigh()
    found = await desk.proposal()
    said = await desk.autonomy.promotions.decline(
        desk.actor(desk.mona),
        found.id,
        version=found.version,
        reason="Wait for the <new> pricing",
        command_id=desk.command(),
    )
    assert "30 days" in said
    await desk.drain()
    assert "Wait for the &lt;new&gt; pricing" in desk.shown(desk.ada)
    desk.clock.move(29 * DAY)
    await desk.decided(90, days=28)
    await desk.weigh()
    assert len(await desk.rows(Promotion)) == 1
    desk.clock.move(2 * DAY)
    await desk.weigh()
    fresh = await desk.proposal()
    assert (fresh.status, fresh.id != found.id) == ("pending", True)
    assert fresh.evidence["counted"] <= 90, "what was known then doesn't count again"


async def test_the_organisations_limit_stands_above_it(desk: EarningDesk) -> None:
    await desk.decided(90)
    await desk.weigh()
    (row,) = await desk.rows(EarnedLevel)
    await desk.set(EarnedLevel, row.id, ceiling="approve")
    with pytest.raises(Conflict, match="limit is “approve”"):
        await desk.allow(desk.mona)
    await desk.weigh()
    assert (await desk.proposal()).status == "withdrawn"
    await desk.weigh()
    assert len(await desk.rows(Promotion)) == 1


async def test_a_friend_who_answers_forty_mails_brings_about_nothing(desk: EarningDesk) -> None:
    await desk.decided(40, contact=desk.contacts[0], outcome="positive")
    await desk.weigh()
    (row,) = await desk.rows(EarnedLevel)
    assert (row.weighed["counted"], row.weighed["left_out"]) == (5, {"enough of one contact": 35})
    assert await desk.rows(Promotion) == []


async def test_only_what_a_person_looked_at_and_would_really_leave_counts(
    desk: EarningDesk,
) -> None:
    week = {"days": 30}
    await desk.decided(3, seen=timedelta(seconds=1), **week)
    await desk.decided(4, seen=None, **week)
    await desk.decided(5, would="ask", **week)
    await desk.decided(6, lineage="model-0", **week)
    await desk.decided(7, trigger="asked 1", **week)
    await desk.decided(2, status="voided", **week)
    await desk.decided(1, status="pending", **week)
    await desk.decided(9, level="undo_window", decision="queued", **week)
    await desk.decided(4, decided_revision=2, **week)
    await desk.decided(3, status="rejected", **week)
    await desk.decided(2, status="handled", **week)
    await desk.decided(6, **week)
    await desk.weigh()
    (row,) = await desk.rows(EarnedLevel)
    found = row.weighed
    assert found["by"] == {"unchanged": 6, "edited": 4, "rejected": 3, "handled by hand": 2}
    assert found["left_out"] == {
        "approved faster than it can be read": 3,
        "nobody had seen it": 4,
        "policy would have asked a person anyway": 5,
        "another model, prompt or rule": 6,
        "asked for by a person": 7,
        "overtaken by a newer mail": 2,
        "not decided yet": 1,
    }


async def test_another_model_withdraws_what_was_proposed_and_counting_starts_again(
    desk: EarningDesk,
) -> None:
    await desk.decided(90)
    await desk.weigh()
    desk.lineage = "model-2"
    await desk.weigh()
    found = await desk.proposal()
    assert found.status == "withdrawn"
    assert "The model, the prompts or the rules behind it have changed" in found.reason
    (move,) = await desk.moves()
    assert (move.kind, move.before, move.after) == ("reset", APPROVE, APPROVE)
    desk.lineage = "model-1"
    await desk.weigh()
    assert len(await desk.rows(Promotion)) == 1, "going back doesn't bring it back"


async def test_nothing_is_proposed_while_the_workspace_only_watches(desk: EarningDesk) -> None:
    await desk.decided(90)
    await desk.shadow(on=True)
    await desk.weigh()
    assert await desk.rows(Promotion) == []
