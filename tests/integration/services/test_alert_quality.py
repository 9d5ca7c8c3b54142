"""What people say of alerts moves thresholds, warns, and can be looked at and replayed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.models.cards import Feedback
from db.models.records import AuditEntry
from db.models.signals import SignalThreshold, SignalWarning
from db.models.tenants import Member
from db.session import Database
from services.errors import Conflict, Forbidden, InvalidInput
from services.signals.thresholds import thresholds_in_force
from services.types.ids import TenantId
from services.types.signals import SignalName
from tests import factories as make
from tests.integration.services.alert_desk import AlertDesk, make_alert_desk

QUIET = SignalName.SILENCE


@pytest.fixture
async def desk(database: Database) -> AlertDesk:
    return await make_alert_desk(database)


async def rate(desk: AlertDesk, *given: tuple[Member, int], name: SignalName = QUIET) -> None:
    """A signal each, and a word on it."""
    now = desk.clock.now()
    async with desk.database.transaction(desk.tenant) as tx:
        for number, (member, rating) in enumerate(given):
            signal = await make.make_signal(
                tx,
                desk.account,
                name=name.value,
                cause=uuid4().hex,
                status="dismissed" if rating < 0 else "acted",
                raised_at=now - timedelta(hours=2),
                settled_at=now,
            )
            tx.session.add(
                Feedback(
                    tenant_id=desk.tenant,
                    id=desk.ids.new(),
                    created_at=now,
                    member_id=member.id,
                    target="signal",
                    target_id=signal.id,
                    rating=rating,
                    source="button",
                    changed_at=now + timedelta(microseconds=number + 1),
                )
            )
            await tx.session.flush()
            await desk.alerts.thresholds.heard(tx, signal)
    desk.clock.move(timedelta(seconds=1))


async def force(desk: AlertDesk, name: SignalName = QUIET) -> float:
    async with desk.database.read(desk.tenant) as tx:
        return (await thresholds_in_force(tx))[name]


async def verbs(desk: AlertDesk, start: str) -> list[Any]:
    return [one for one in await desk.rows(AuditEntry) if one.verb.startswith(start)]


async def test_feedback_moves_a_threshold_once_a_day_and_an_undo_holds_for_a_month(
    desk: AlertDesk,
) -> None:
    crew = (desk.rita, desk.cole, desk.mona)
    await rate(desk, *[(one, -1) for one in crew], (desk.rita, -1), (desk.cole, -1))
    await desk.tick()
    assert await force(desk) == 0.7, "five words are too few"
    await rate(desk, *[(one, -1) for one in crew])
    await desk.tick()
    assert await force(desk) == 0.72
    await rate(desk, *[(one, -1) for one in (*crew, *crew, *crew)])
    await desk.tick()
    assert await force(desk) == 0.72, "one move a day"
    desk.clock.move(timedelta(days=1, minutes=1))
    await desk.tick()
    assert await force(desk) == 0.74, "what waited for its day"
    assert await force(desk, SignalName.EXPANSION) == 0.7
    first, second = await desk.rows(SignalThreshold)
    assert second.samples["rated"] == 9, "no word counts twice"
    assert len(await verbs(desk, "threshold.moved")) == 2
    mona, thresholds = desk.actor(desk.mona), desk.alerts.thresholds
    with pytest.raises(Conflict, match="later move"):
        await thresholds.undo(mona, first.id, command_id="u1")
    with pytest.raises(Forbidden):
        await thresholds.undo(desk.actor(desk.rita), second.id, command_id="u2")
    view = await thresholds.undo(mona, second.id, command_id="u3")
    assert (view.threshold, view.moves[0].undone_by) == (0.72, desk.mona.name)
    await thresholds.undo(mona, second.id, command_id="u3")
    with pytest.raises(Conflict, match="undone already"):
        await thresholds.undo(mona, second.id, command_id="u4")
    await rate(desk, *[(one, -1) for one in (*crew, *crew, *crew)])
    desk.clock.move(timedelta(days=29))
    await desk.tick()
    assert await force(desk) == 0.72, "feedback rests"
    desk.clock.move(timedelta(days=2))
    await rate(desk, (desk.rita, -1))
    await desk.tick()
    assert await force(desk) == 0.74
    assert len(await verbs(desk, "threshold.undone")) == 1


async def test_by_hand_within_bounds_by_managers_only(desk: AlertDesk) -> None:
    thresholds, mona = desk.alerts.thresholds, desk.actor(desk.mona)
    view = await thresholds.set_by_hand(mona, QUIET, 0.62, reason="Too quiet", command_id="s1")
    assert (view.threshold, view.moves[0].by) == (0.62, desk.mona.name)
    await thresholds.set_by_hand(mona, QUIET, 0.62, reason="Too quiet", command_id="s1")
    assert len(await desk.rows(SignalThreshold)) == 1
    for value in (0.3, 0.95, float("nan")):
        with pytest.raises(InvalidInput):
            await thresholds.set_by_hand(mona, QUIET, value, reason="", command_id=f"s{value}")
    with pytest.raises(Forbidden):
        await thresholds.set_by_hand(desk.actor(desk.rita), QUIET, 0.6, reason="", command_id="s9")


async def test_more_than_half_wrong_warns_managers_once_a_month(desk: AlertDesk) -> None:
    await rate(desk, *[(desk.rita, -1)] * 4, *[(desk.cole, 1)] * 4)
    assert await desk.rows(SignalWarning) == []
    await rate(desk, (desk.cole, -1), (desk.cole, -1))
    (warning,) = await desk.rows(SignalWarning)
    assert (warning.false_alarms, warning.rated) == (5, 9), "the first word past the half"
    await desk.drain()
    said = "More than half of the alerts “gone quiet” were wrong this month"
    assert desk.said_to(desk.mona) == [said]
    assert desk.said_to(desk.ada) == [said]
    assert desk.said_to(desk.rita) == []


async def test_quality_in_figures_with_unknown_as_unknown(desk: AlertDesk) -> None:
    await rate(desk, *[(desk.rita, 1)] * 3, (desk.cole, -1))
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_signal(
            tx, desk.account, name="expansion", kind="buying", raised_at=desk.clock.now()
        )
        boss = await make.make_member(tx, name="Eve Exec", role="executive")
    quality = desk.alerts.quality
    view = await quality.quality(desk.actor(desk.mona))
    quiet, expansion = view.names
    assert (quiet.raised, quiet.useful.part, quiet.false_alarm.part) == (4, 3, 1)
    assert quiet.false_alarm.low is not None
    assert quiet.minutes_to_action == pytest.approx(120)
    assert (expansion.useful.value, expansion.minutes_to_action) == (None, None)
    assert view.total is not None
    assert view.total.raised == 5
    told = await quality.quality(desk.actor(boss))
    assert (told.names, told.whole) == ((), False)
    with pytest.raises(Forbidden):
        await quality.quality(desk.actor(desk.rita))
    with pytest.raises(Forbidden):
        await quality.replay(desk.actor(boss), [QUIET], 0.6)


async def test_a_replay_says_what_another_threshold_would_have_raised(desk: AlertDesk) -> None:
    now = desk.clock.now()

    async def found(days: int, confidence: float, **more: Any) -> UUID:
        at = now - timedelta(days=days)
        row = {"found_at": at, "confidence": confidence, "name": QUIET.value} | more
        return (await make.make_detection(tx, desk.account, **row)).id

    async with desk.database.transaction(desk.tenant) as tx:
        signal = await make.make_signal(tx, desk.account, name=QUIET.value, status="acted")
        await found(20, 0.65, gone_at=now - timedelta(days=15))
        await found(10, 0.61)
        await found(9, 0.75, signal_id=signal.id)
        await found(5, 0.8, cause="other", evidence=make.make_proofs({"source": "figure"}))
        await found(40, 0.9, cause="long ago")
        await found(3, 0.9, name="expansion", kind="buying")
    mona, quality = desk.actor(desk.mona), desk.alerts.quality
    low = await quality.replay(mona, [QUIET], 0.6)
    assert [(one.confidence, one.outcome) for one in low.firings] == [
        (0.61, "acted on"),
        (0.65, ""),
    ]
    assert (low.total, low.raised, low.whole) == (2, 1, True)
    high = await quality.replay(mona, [QUIET], 0.7)
    assert [one.confidence for one in high.firings] == [0.75]
    other = await make.make_tenant(desk.database)
    async with desk.database.transaction(other) as tx:
        admin = await make.make_member(tx, role="admin")
    stranger = replace(desk.actor(admin), tenant_id=TenantId(other))
    assert (await quality.replay(stranger, [QUIET], 0.6)).total == 0


async def test_admins_say_from_which_amount_managers_are_told(desk: AlertDesk) -> None:
    amounts, ada = desk.alerts.amounts, desk.actor(desk.ada)
    assert await amounts.amount(ada) == 50_000
    await amounts.set_amount(ada, "15,000", command_id="m1")
    for words in ("much", "-1", "NaN", "1e99"):
        with pytest.raises(InvalidInput):
            await amounts.set_amount(ada, words, command_id=f"m{words}")
    with pytest.raises(Forbidden):
        await amounts.set_amount(desk.actor(desk.mona), "1", command_id="m2")
    await desk.raise_(name="silence")
    await desk.drain()
    assert len(desk.said_to(desk.mona)) == 1, "20,000 is above 15,000 now"
