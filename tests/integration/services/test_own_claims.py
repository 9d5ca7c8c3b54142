"""What asks although the copilot may act: what speaks against it, when it is written and again when
it would leave; and undo, which truly prevents (attack 1)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from db.cards import get_card_of
from db.models.actions import Action
from db.models.conversations import Message
from db.models.tenants import Member
from db.session import Database
from services.bursts import ALONE, roll_up
from services.errors import Conflict, Forbidden, TransientError
from tests import factories as make
from tests.integration.services.own_desk import ANSWERS, OwnLoop, make_own

SLOW = pytest.mark.slow
Change = Callable[[OwnLoop], Awaitable[None]]


# ── what asks ───────────────────────────────────────────────────────────────────────────────────
async def test_the_cap_is_a_days(database: Database) -> None:
    loop = await make_own(database, "autonomous")
    await loop.set(Member, loop.rita.id, preferences={"daily_cap": "1"})
    await loop.waits()
    await loop.drain()
    await loop.outreach()
    await loop.drain()
    judgement = await loop.judgement()
    assert (judgement.decision, judgement.rules, len(loop.sent)) == ("asked", ["daily_cap"], 1)
    assert judgement.reasons == ["Today's cap of 1 mails that leave by themselves is reached."]
    loop.clock.move(timedelta(days=1))
    await loop.outreach()
    await loop.drain()
    assert len(loop.sent) == 2


async def gated(loop: OwnLoop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        await make.make_rule_set(tx, gated_types=[ANSWERS])


async def unhappy(loop: OwnLoop) -> None:
    """What they wrote turns out to be a complaint."""
    mail = (await loop.rows(Message))[-1]
    said = [{"name": "dissatisfaction", "confidence": 0.9, "evidence": mail.text}]
    await loop.set(Message, mail.id, analysis=mail.analysis | {"signals": said})


AGAINST: dict[str, Change] = {
    "lineage": lambda loop: loop.trust("autonomous", lineage="another"),
    "narrowed": lambda loop: loop.narrow("approve"),
    "gate": gated,
}


@pytest.mark.parametrize("rules", [("lineage", "gate"), pytest.param(("narrowed",), marks=SLOW)])
async def test_what_speaks_against_it_asks(database: Database, rules: tuple[str, ...]) -> None:
    for rule in rules:
        loop = await make_own(database, "autonomous")
        await AGAINST[rule](loop)
        await loop.waits()
        judgement = await loop.judgement()
        assert judgement.decision == "asked", rule
        assert rule in judgement.rules
        assert (await loop.action()).status == "pending"


async def test_a_stopped_type_stops(database: Database) -> None:
    loop = await make_own(database, "autonomous")
    await loop.stop_type()
    await loop.waits()
    assert (await loop.judgement()).decision == "stopped"
    assert (await loop.judgement()).would == "send"


async def test_outside_hours_it_leaves_when_work_begins(database: Database) -> None:
    loop = await make_own(database, "undo_window")
    loop.hours.kept = True
    assert make.NOW.weekday() == 5
    await loop.waits()
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert (await loop.effect()).due_at == monday + timedelta(minutes=10)
    assert (await loop.judgement()).rules == ["outside_hours"]
    await loop.drain()
    assert len(loop.sent) == 1
    assert loop.clock.now() >= monday

    # Written a minute before closing time, its wait would end at night.
    loop = await make_own(database, "undo_window")
    loop.hours.kept = True
    loop.clock.move(datetime(2026, 11, 27, 17, 58, tzinfo=UTC) - loop.clock.now())
    await loop.waits()
    assert (await loop.effect()).due_at == datetime(2026, 11, 30, 8, 10, tzinfo=UTC)


# ── attack 1 ────────────────────────────────────────────────────────────────────────────────────
async def test_undo_truly_prevents_and_asks_why(database: Database) -> None:
    loop = await make_own(database, "undo_window")
    action = await loop.waits()
    card = await loop.card()
    assert card.undo is not None
    assert card.undo.allowed
    with pytest.raises(Forbidden):
        await loop.take_back(loop.cole)
    await loop.take_back()
    await loop.drain()
    assert loop.sent == []
    judgement = await loop.judgement()
    assert (judgement.undone_by, judgement.decision) == (loop.rita.id, "queued")
    own = (await loop.card()).own
    assert own is not None
    assert own.asks_why
    with pytest.raises(Forbidden):
        await loop.own_texts.say_why(loop.actor(loop.mona), action.id, "tone", command_id="w")
    await loop.own_texts.say_why(loop.actor(loop.rita), action.id, "tone", command_id="w2")
    own = (await loop.card()).own
    assert own is not None
    assert (own.asks_why, own.stopped_because) == (False, "it didn't sound right")
    # It waits for a person now, whose word sends it.
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.judgement()).undone_by == loop.rita.id


async def test_what_leaves_by_itself_is_never_rolled_up(database: Database) -> None:
    loop = await make_own(database, "undo_window")
    action = await loop.waits()
    async with database.transaction(loop.tenant) as tx:
        for _ in range(ALONE):
            await make.make_card(
                tx,
                subject_id=uuid4(),
                recipient_id=loop.rita.id,
                first_shown_at=loop.clock.now(),
                ts="1",
                channel="D1",
            )
        found = await get_card_of(tx, kind="mail", subject_id=action.id, recipient_id=loop.rita.id)
        assert found is not None
        assert not await roll_up(tx, found, clock=loop.clock, ids=loop.ids)
        held = await tx.session.get_one(Action, (tx.tenant_id, action.id))
        held.decided_by = loop.rita.id
        assert await roll_up(tx, found, clock=loop.clock, ids=loop.ids)


async def test_a_colleague_whose_card_shows_it_may_undo(database: Database) -> None:
    loop = await make_own(database, "undo_window")
    action = await loop.waits()
    async with database.transaction(loop.tenant) as tx:
        await make.make_card(tx, kind="mail", subject_id=action.id, recipient_id=loop.cole.id)
    assert (await loop.take_back(loop.cole)).stopped


async def test_after_its_wait_an_undo_says_when_it_left(database: Database) -> None:
    loop = await make_own(database, "undo_window")
    await loop.waits()
    await loop.drain()
    with pytest.raises(Conflict, match=r"It left at \d\d:\d\d\."):
        await loop.take_back()
    assert len(loop.sent) == 1


LOWERED = "The level for answers to questions is now"
CHANGES: dict[str, Change] = {
    "Sending was switched off.": lambda loop: loop.switch(engaged=True),
    "The level for answers to questions is now approve: a person decides.": lambda loop: loop.trust(
        "approve"
    ),
    "The rules now ask for an approval request.": gated,
    "An admin has stopped answers to questions.": lambda loop: loop.stop_type(),
    "The level for answers to questions is now suggest: a person decides.": lambda loop: (
        loop.narrow("suggest")
    ),
    "The customer is unhappy.": unhappy,
}


@pytest.mark.parametrize("reasons", [[*CHANGES][:3], pytest.param([*CHANGES][3:], marks=SLOW)])
async def test_whatever_changes_between_the_look_and_the_claim_stops_it(
    database: Database, reasons: list[str]
) -> None:
    for why in reasons:
        loop = await make_own(database, "autonomous")
        await loop.waits()
        loop.mails.hooks["after thread"] = partial(CHANGES[why], loop)
        await loop.drain()
        assert loop.sent == [], why
        action = await loop.action()
        assert (action.status, action.decision_reason) == ("pending", why)
        assert (await loop.card()).note == f"Not sent: {why}"


async def test_a_type_that_was_stopped_holds_what_a_person_approved(database: Database) -> None:
    loop = await make_own(database, "approve")
    await loop.approved()
    await loop.stop_type()
    await loop.drain()
    assert loop.sent == []
    assert (await loop.action()).decision_reason == "An admin has stopped answers to questions."


async def test_a_restart_from_sending_never_resends(database: Database) -> None:
    loop = await make_own(database, "autonomous")
    await loop.waits()
    # Gmail took it and its answer was lost; then the switch flips and the worker starts again.
    loop.mail.lose["send_draft"] = [TransientError("lost", ambiguous=True)]
    loop.mails.hooks["after send_draft"] = lambda: loop.switch(engaged=True)
    await loop.drain()
    await loop.recover()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"
