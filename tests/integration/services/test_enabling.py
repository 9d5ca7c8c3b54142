"""Preview, then enable: nobody hears anything before, and afterwards one message each."""

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest

from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.rollout import Selection
from db.models.tenants import Member
from db.rollout import enable_members
from db.session import Database
from services.cards import touch
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.types.model import DraftText
from services.types.people import Actor
from tests.integration.services.loop import ANSWER, asking
from tests.integration.services.rollout_desk import Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = await make_desk(database)
    await desk.set(Member, desk.rita.id, enabled_at=None)
    return desk


async def _mails(desk: Desk, number: int) -> None:
    """So many mails of customers, each worked on while nobody looks."""
    for n in range(number):
        words = f"Could you send me report number {n}?"
        desk.model.extractions = [asking(words)]
        desk.model.drafts = [DraftText(body=ANSWER, confidence=0.6, reason="asked")]
        await desk.write(words)
        await desk.drain()


async def _select(desk: Desk, *members: Member, actor: Actor | None = None) -> Selection:
    await desk.rollout.enabling.select(
        actor or desk.actor(desk.ada),
        member_ids=[member.id for member in members],
        command_id=desk.command(),
    )
    selection: Selection = (await desk.rows(Selection))[-1]
    return selection


async def _enable(desk: Desk, selection: Selection, command: str | None = None) -> str:
    said = await desk.rollout.enabling.enable(
        desk.actor(desk.ada), selection.id, command_id=command or desk.command()
    )
    await desk.drain()
    return said


async def test_the_preview_counts_and_shows_the_cards_and_tells_nobody(desk: Desk) -> None:
    await _mails(desk, 2)
    selection = await _select(desk, desk.rita, desk.cole)
    enabling, ada = desk.rollout.enabling, desk.actor(desk.ada)
    first = await enabling.preview(ada, selection.id)
    found = {person.name: (person.total, person.enabled) for person in first.people}
    assert found == {"Rita Rep": (2, False), "Cole League": (0, True)}
    rita = next(person for person in first.people if person.name == "Rita Rep")
    assert len(rita.days) == 7
    assert sum(number for _, number in rita.days) == 2
    assert (first.card, first.to_enable, first.pages) == (None, 1, 3)
    page = await enabling.preview(ada, selection.id, 1)
    assert page.card is not None
    assert (page.card_of, page.card.account_name) == ("Rita Rep", "Acme")
    assert (await enabling.preview(ada, selection.id, 99)).page == 2
    assert desk.said_to(desk.rita) == []


async def test_enabling_brings_one_message_and_each_thing_can_be_opened(desk: Desk) -> None:
    await _mails(desk, 1)
    selection = await _select(desk, desk.rita)
    command = desk.command()
    for _ in range(2):
        said = await _enable(desk, selection, command)
    assert said == "Rita Rep is enabled. Each gets one message that says what waits."
    assert desk.said_to(desk.rita) == ["I'm Understudy. 1 mail waits for your word"]
    view = await desk.rollout.waiting.welcome(desk.tenant, desk.rita.id)
    assert view is not None
    (item,) = view.items
    assert (view.first, item.title) == (True, "Acme · Carla Customer")
    rita = desk.actor(desk.rita)
    for _ in range(2):
        await desk.rollout.waiting.open(rita, item.card_id)
    await desk.drain()
    said_now = desk.said_to(desk.rita)
    assert len(said_now) == 2
    view = await desk.rollout.waiting.welcome(desk.tenant, desk.rita.id)
    assert view is not None
    assert (view.items, view.total, view.first) == ((), 1, True)  # it stands below by now
    digests = [timer for timer in await desk.timers() if timer[0] == "digest"]
    assert ("digest", desk.rita.id) in digests
    assert (await desk.verbs()).count("members.enabled") == 1


async def test_what_comes_after_enabling_comes_at_once(desk: Desk) -> None:
    await _enable(desk, await _select(desk, desk.rita))
    await _mails(desk, 1)
    assert len(desk.said_to(desk.rita)) == 2


async def test_in_shadow_mode_enabling_is_silent_until_it_ends(desk: Desk) -> None:
    await desk.shadow(on=True)
    await _mails(desk, 1)
    said = await _enable(desk, await _select(desk, desk.rita))
    assert "they hear from me when it ends" in said
    assert desk.said_to(desk.rita) == []
    assert desk.mail.drafts == {}  # and no draft of hers is in Gmail either
    await desk.rollout.switches.set_shadow(
        desk.actor(desk.ada), on=False, command_id=desk.command()
    )
    await desk.drain()
    assert desk.said_to(desk.rita) == ["I'm Understudy. 1 mail waits for your word"]
    desk.clock.move(timedelta(minutes=1))
    await desk.sweeps.recover(desk.tenant)
    await desk.drain()
    assert len(desk.mail.drafts) == 1
    assert len(desk.said_to(desk.rita)) == 1  # pushing it is no reason to write


async def test_whoever_has_seen_cards_is_not_introduced_to_them(desk: Desk) -> None:
    await desk.set(Member, desk.rita.id, enabled_at=desk.clock.now())
    await _mails(desk, 1)
    switches, ada = desk.rollout.switches, desk.actor(desk.ada)
    for on in (True, False):
        await switches.set_shadow(ada, on=on, command_id=desk.command())
        await desk.drain()
    assert len(desk.said_to(desk.rita)) == 1  # nothing was held back, so nothing is said


async def test_without_a_choice_everybody_who_waits_is_meant(desk: Desk) -> None:
    selection = await _select(desk)
    assert selection.member_ids == [str(desk.rita.id)]
    await _enable(desk, selection)
    with pytest.raises(InvalidInput, match="Everybody is enabled"):
        await _select(desk)


async def test_a_user_group_means_its_members_and_strangers_to_us_no_one(desk: Desk) -> None:
    desk.group("S1", "Sales", str(desk.rita.slack_user_id), "UNEW")
    desk.group("S2", "New", "UNEW")
    enabling, ada = desk.rollout.enabling, desk.actor(desk.ada)
    await enabling.select(ada, group_id="S1", command_id=desk.command())
    assert (await desk.rows(Selection))[-1].member_ids == [str(desk.rita.id)]
    with pytest.raises(InvalidInput, match="Import them first"):
        await enabling.select(ada, group_id="S2", command_id=desk.command())


async def test_only_admins_of_this_tenant_see_and_enable(desk: Desk, database: Database) -> None:
    other = await make_desk(database)
    selection = await _select(desk, desk.rita)
    enabling, stranger = desk.rollout.enabling, desk.actor(desk.mona)
    with pytest.raises(Forbidden):
        await _select(desk, desk.rita, actor=stranger)
    with pytest.raises(Forbidden):
        await enabling.preview(stranger, selection.id)
    with pytest.raises(Forbidden):
        await enabling.enable(stranger, selection.id, command_id="x")
    abroad = other.actor(other.ada)
    with pytest.raises(NotFound):
        await enabling.preview(abroad, selection.id)
    with pytest.raises(NotFound):
        await enabling.enable(abroad, selection.id, command_id="x")
    assert (await desk.member(desk.rita.id)).enabled_at is None


async def test_nobody_opens_what_waits_for_somebody_else(desk: Desk, database: Database) -> None:
    other = await make_desk(database)
    await _mails(desk, 1)
    card = next(card for card in await desk.rows(Card) if card.recipient_id == desk.rita.id)
    for actor in (desk.actor(desk.cole), other.actor(other.rita)):
        with pytest.raises(NotFound):
            await desk.rollout.waiting.open(actor, card.id)


async def test_what_is_a_summary_itself_comes_with_enabling(desk: Desk) -> None:
    """A hand-over for somebody nobody has enabled yet, and mail of nobody's account."""
    await desk.set(Member, desk.rita.id, enabled_at=desk.clock.now(), manager_id=desk.mona.id)
    await desk.set(Member, desk.mona.id, enabled_at=None)
    await _mails(desk, 1)
    await desk.rollout.members.end(desk.actor(desk.ada), desk.rita.id, command_id=desk.command())
    await desk.set(Conversation, desk.conversation.id, link="unlinked", responder_id=desk.mona.id)
    await desk.set(Message, (await desk.rows(Message))[0].id, attention="unlinked")
    async with desk.database.transaction(desk.tenant) as tx:
        await touch(tx, "unsorted", desk.mona.id, [desk.mona.id], clock=desk.clock, ids=desk.ids)
    await desk.drain()
    assert desk.said_to(desk.mona) == []
    await _enable(desk, await _select(desk, desk.mona))
    said = desk.said_to(desk.mona)
    assert [text.split(".")[0] for text in said] == ["I'm Understudy", "Rita Rep has left"]
    view = await desk.rollout.waiting.welcome(desk.tenant, desk.mona.id)
    assert view is not None
    assert view.unsorted_card is not None
    await desk.rollout.waiting.open(desk.actor(desk.mona), view.unsorted_card)
    await desk.drain()
    assert len(desk.said_to(desk.mona)) == 3


async def test_a_card_waits_while_its_reader_is_just_being_enabled(desk: Desk) -> None:
    """Whoever enables sees the card held, or the card sees its reader enabled: never neither."""
    await _mails(desk, 1)
    card = next(card for card in await desk.rows(Card) if card.recipient_id == desk.rita.id)
    await desk.set(Card, card.id, held_rev=None)
    async with desk.database.transaction(desk.tenant) as tx:
        await enable_members(tx, [desk.rita.id], desk.clock.now())
        claim = asyncio.create_task(
            desk.card_service.claim(desk.tenant, card.id), context=Context()
        )
        with pytest.raises(TransientError, match="just being changed"):
            await claim
    work = await desk.card_service.claim(desk.tenant, card.id)
    assert work is not None
