"""The kill switch under load: what is queued, due or in its undo window, of two kinds, while
workers send it. None leaves after the flip commits, and every card says why."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from db.autonomy import hold_level
from db.models.actions import Action, Effect
from db.models.cards import Card
from db.models.conversations import Conversation
from db.models.drafts import Draft
from db.session import Database
from services.autonomy.recalling import RECALL
from services.errors import TransientError
from services.revisions import raw_of
from services.types.actions import ActionType, AutonomyLevel
from tests import factories as make
from tests.integration.services.rollout_desk import Desk, make_desk

SOON = timedelta(seconds=60)
PLAIN, PRICES = "Hello Carla, the report is on its way.", "Hello Carla, our price list follows."
KINDS = {PLAIN: "send_routine_response", PRICES: "discuss_pricing"}
UNDER_LOAD = [(2, False), pytest.param(25, True, marks=pytest.mark.slow)]
"""How many of each kind and due time, and whether the recall races too: the claim alone refuses."""
CLAIMED = text("select position, subject_id from audit_entries where verb = 'effect.claimed'")
FLIPPED = text("select max(position) from audit_entries where verb in ('level.stopped', :verb)")


async def queue(desk: Desk, number: int, **decided: object) -> dict[UUID, str]:
    """So many of each kind and due time, approved by Rita; by effect what kind it is."""
    kinds: dict[UUID, str] = {}
    for words, kind in KINDS.items():
        for wait in (timedelta(0), SOON):
            for _ in range(number):
                kinds[await queued(desk, words, kind, wait, **decided)] = kind
    return kinds


async def queued(desk: Desk, words: str, kind: str, wait: timedelta, **decided: object) -> UUID:
    now = desk.clock.now()
    async with desk.database.transaction(desk.tenant) as tx:
        talk = await make.make_conversation(tx, account_id=desk.account.id, deal_id=desk.deal.id)
        mail = await make.make_message(tx, talk, contact_id=desk.contact.id)
        draft = await make.make_draft(tx, talk, message_id=mail.id, mailbox_id=desk.box.id)
        revision = await make.make_revision(
            tx, draft, text=words, thread_head_id=mail.id, sender=desk.box.address
        )
        by_rita = {"decided_by": desk.rita.id, "decided_surface": "slack"}
        action = await make.make_action(
            tx,
            talk,
            type=kind,
            status="approved",
            draft_id=draft.id,
            owner_id=desk.rita.id,
            decided_hash=revision.content_hash,
            decided_revision=1,
            **(by_rita | decided),
        )
        await make.make_card(tx, subject_id=action.id, recipient_id=desk.rita.id)
        effect = await make.make_effect(tx, action, due_at=now + wait)
    stored = await desk.mail.create_draft(raw_of(draft, revision, now), None)
    await desk.set(
        Draft,
        draft.id,
        gmail_draft_id=stored.draft_id,
        gmail_thread_id=stored.thread_id,
        gmail_revision=1,
    )
    return effect.id


async def send(desk: Desk, effects: list[UUID], under_way: asyncio.Event) -> None:
    """A worker at its queue; what isn't due yet is left for later."""
    while effects:
        try:
            await desk.effects.run(desk.tenant, effects.pop())
            under_way.set()
        except TransientError:
            await asyncio.sleep(0)


async def race(
    desk: Desk, effects: list[UUID], flip: Callable[[], Awaitable[object]], *, recalls: bool
) -> None:
    """Workers send what is due while somebody flips the switch; then the undo windows end."""
    under_way = asyncio.Event()

    async def flipping() -> None:
        await under_way.wait()
        await flip()
        if recalls:
            await desk.recalls.recall(desk.tenant)

    waiting = list(effects)
    await asyncio.gather(flipping(), *(send(desk, waiting, under_way) for _ in range(4)))
    desk.clock.move(SOON)
    await send(desk, list(effects), under_way)


async def claims_by_kind(desk: Desk, verb: str) -> tuple[Counter[str], Counter[str]]:
    """By kind what was claimed before the flip, and what after it: claims hold the row that the
    flip waits for, so the audit's positions are in the order of the commits."""
    async with desk.database.read(desk.tenant) as tx:
        flipped = (await tx.session.execute(FLIPPED, {"verb": verb})).scalar_one()
        claims = (await tx.session.execute(CLAIMED)).all()
    kinds = {action.id: action.type for action in await desk.rows(Action)}
    sides = [[kinds[one.subject_id] for one in claims if (one.position > flipped) == late]
             for late in (False, True)]  # fmt: skip
    return Counter(sides[0]), Counter(sides[1])


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


@pytest.mark.parametrize(("number", "recalls"), UNDER_LOAD)
async def test_a_stopped_type_stops_under_way_and_the_others_leave(
    desk: Desk, number: int, *, recalls: bool
) -> None:
    kinds = await queue(desk, number)
    await race(
        desk,
        list(kinds),
        lambda: desk.limits.stop_type(
            desk.actor(desk.ada), "discuss_pricing", command_id=desk.command()
        ),
        recalls=recalls,
    )
    before, after = await claims_by_kind(desk, "level.stopped")
    assert after["discuss_pricing"] == 0
    left = Counter(PRICES.encode() in raw for raw in desk.sent)
    assert left[True] == before["discuss_pricing"] < 2 * number
    assert left[False] == 2 * number
    await _all_told(desk, kinds, "An admin has stopped mail about prices.")


@pytest.mark.parametrize(("number", "recalls"), UNDER_LOAD)
async def test_the_kill_switch_stops_all_that_isnt_claimed_yet(
    desk: Desk, number: int, *, recalls: bool
) -> None:
    kinds = await queue(desk, number)
    ada = desk.actor(desk.ada)
    await race(
        desk,
        list(kinds),
        lambda: desk.rollout.pauses.stop(ada, command_id=desk.command()),
        recalls=recalls,
    )
    before, after = await claims_by_kind(desk, "kill_switch.engaged")
    assert not after
    assert len(desk.sent) == before.total() < len(kinds)
    await _all_told(desk, kinds, "Sending was switched off.")


async def _all_told(desk: Desk, kinds: dict[UUID, str], why: str) -> None:
    """Whatever was given back waits again, its card says why and is wanted anew; the rest left."""
    actions = {action.id: action for action in await desk.rows(Action)}
    cards = {card.subject_id: card for card in await desk.rows(Card)}
    effects = await desk.rows(Effect)
    assert {effect.id for effect in effects} == set(kinds)
    for effect in effects:
        action, card = actions[effect.action_id], cards[effect.action_id]
        if effect.status == "done":
            assert (action.status, action.decision_reason) == ("done", None)
            continue
        assert (effect.status, effect.result) == ("cancelled", {"why": why})
        assert (action.status, action.decided_by, action.decision_reason) == ("pending", None, why)
        assert card.wanted_rev > card.delivered_rev
    given_back = next(one for one in actions.values() if one.status == "pending")
    view = await desk.views.mail_card(desk.tenant, given_back.id, desk.rita.id)
    assert view is not None
    assert view.decision_reason == why


async def test_a_lower_limit_gives_back_what_nobody_decided_and_leaves_the_rest(desk: Desk) -> None:
    by_itself = {"decided_by": None, "decided_surface": "rule"}
    await queued(desk, PLAIN, KINDS[PLAIN], SOON, **by_itself)
    await queued(desk, PLAIN, KINDS[PLAIN], SOON)
    async with desk.database.transaction(desk.tenant) as tx:
        row = await hold_level(
            tx, KINDS[PLAIN], row_id=desk.ids.new(), first="autonomous", now=desk.clock.now()
        )
        assert row.earned == "autonomous"
    assert await desk.recalls.recall(desk.tenant) == 0
    await desk.limits.set_ceiling(
        desk.actor(desk.ada),
        ActionType.SEND_ROUTINE_RESPONSE,
        AutonomyLevel.APPROVE,
        command_id=desk.command(),
    )
    assert len(await desk.queued(RECALL)) == 1
    await desk.drain(skip=("effect.run", "card.deliver"))
    standing = {one.decided_surface: one for one in await desk.rows(Action)}
    assert (standing["slack"].status, standing[None].status) == ("approved", "pending")
    assert standing[None].decision_reason == (
        "The level for answers to questions is now approve: a person decides."
    )
    assert await desk.recalls.recall(desk.tenant) == 0


async def test_a_members_own_limit_is_theirs_and_another_tenants_mail_goes_on(
    desk: Desk, database: Database
) -> None:
    other = await make_desk(database)
    for one in (desk, other):
        await queued(one, PLAIN, KINDS[PLAIN], SOON, decided_by=None, decided_surface="rule")
        async with one.database.transaction(one.tenant) as tx:
            await hold_level(
                tx, KINDS[PLAIN], row_id=one.ids.new(), first="autonomous", now=one.clock.now()
            )
    await desk.limits.narrow(
        desk.actor(desk.rita), desk.account.id, "", AutonomyLevel.SHADOW, command_id="narrow"
    )
    assert (await desk.recalls.recall(desk.tenant), await other.recalls.recall(other.tenant)) == (
        1,
        0,
    )
    assert [one.status for one in await other.rows(Action)] == ["approved"]
    assert len(await desk.rows(Conversation)) == len(await other.rows(Conversation))
