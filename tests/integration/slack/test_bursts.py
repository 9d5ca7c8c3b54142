"""Many mails in the same minute: a few messages, and one that holds the rest."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from blocks.action_ids import ActionId, plain_id
from blocks.lint import faults
from blocks.rollup import rollup_card, rollup_text
from db.models.actions import Action
from db.models.cards import Card
from handlers.cards import CardDelivery
from services.bursts import ALONE
from services.cards import touch
from services.errors import NotFound, TransientError
from services.rollups import LISTED, RollupService, rollup_view
from services.types.rollups import RollupView
from tests import factories as make
from tests.integration.slack.card_rig import OneMail, run
from tests.integration.slack.conftest import Office


class Burst(OneMail):
    """Views of a day on which many customers write at once."""

    async def rollup(self, _tenant: UUID, member_id: UUID) -> RollupView | None:
        async with self.office.db.read(self.office.tenant_id) as tx:
            return await rollup_view(tx, member_id, self.office.clock)


@pytest.fixture
def views(office: Office) -> OneMail:
    return Burst(office)


async def mails(office: Office, count: int, to: UUID) -> list[UUID]:
    """So many mails that want this member's word; returns their cards."""
    cards: list[UUID] = []
    async with office.db.transaction(office.tenant_id) as tx:
        account = await make.make_account(tx)
        for number in range(count):
            conversation = await make.make_conversation(tx, account_id=account.id)
            message = await make.make_message(
                tx, conversation, subject=f"Question <{number}> & more", analysis={}
            )
            draft = await make.make_draft(tx, conversation, message_id=message.id)
            action = await make.make_action(
                tx,
                conversation,
                draft_id=draft.id,
                owner_id=to,
                created_at=office.clock.now() + timedelta(milliseconds=number),
            )
            cards += await touch(tx, "mail", action.id, [to], clock=office.clock, ids=office.ids)
    return cards


async def deliver_all(office: Office, delivery: CardDelivery) -> None:
    """Run what wants to be delivered until nothing does."""
    for _ in range(60):
        async with office.db.read(office.tenant_id) as tx:
            query = select(Card.id).where(Card.wanted_rev > Card.delivered_rev).order_by(Card.id)
            waiting = list((await tx.session.execute(query)).scalars())
        if not waiting:
            return
        for card_id in waiting:
            try:
                await run(office, delivery, card_id)
            except TransientError as error:
                office.clock.move(error.retry_after or timedelta(seconds=1))
    raise AssertionError("the cards never came to rest")


async def cards_of(office: Office, member: UUID, kind: str) -> list[Card]:
    async with office.db.read(office.tenant_id) as tx:
        query = select(Card).where(Card.recipient_id == member, Card.kind == kind)
        return list((await tx.session.execute(query.order_by(Card.id))).scalars())


async def actor(office: Office, user: str = "U0MAYA") -> Any:
    return await office.members.identify("T0SANDBOX", user)


def rolled(office: Office) -> list[str]:
    return [m.text for m in office.chat.messages.values() if "more mail" in m.text]


async def test_a_few_stand_alone_and_the_rest_together(
    office: Office, delivery: CardDelivery
) -> None:
    await mails(office, ALONE + 5, office.maya)
    await deliver_all(office, delivery)
    assert rolled(office) == ["5 more mails wait for your word"]
    assert office.chat.posted == ALONE + 1
    shown = [card for card in await cards_of(office, office.maya, "mail") if card.ts]
    assert len(shown) == ALONE


async def test_all_at_once_are_counted_as_all(office: Office, delivery: CardDelivery) -> None:
    cards = await mails(office, ALONE + 6, office.maya)

    async def one(card_id: UUID) -> None:
        try:
            await run(office, delivery, card_id)
        except TransientError:
            return

    await asyncio.gather(*(one(card_id) for card_id in cards))
    await deliver_all(office, delivery)
    assert office.chat.posted <= ALONE + 1
    assert rolled(office) == ["6 more mails wait for your word"]


async def test_a_quiet_day_and_another_person_are_left_alone(
    office: Office, delivery: CardDelivery
) -> None:
    for _ in range(3):
        await mails(office, ALONE - 2, office.maya)
        await deliver_all(office, delivery)
        office.clock.move(timedelta(minutes=2))
    await mails(office, 2, office.priya)
    await deliver_all(office, delivery)
    assert rolled(office) == []
    assert office.chat.posted == 3 * (ALONE - 2) + 2


async def test_what_is_shown_or_settled_leaves_the_roll_up(
    office: Office, delivery: CardDelivery
) -> None:
    await mails(office, ALONE + 3, office.maya)
    await deliver_all(office, delivery)
    service = RollupService(db=office.db, clock=office.clock, ids=office.ids)
    maya = await actor(office)
    async with office.db.read(office.tenant_id) as tx:
        view = await rollup_view(tx, office.maya, office.clock)
    assert view is not None
    first, second, third = view.items
    await service.show(maya, first.action_id)
    await deliver_all(office, delivery)
    assert rolled(office) == ["2 more mails wait for your word"]
    assert office.chat.posted == ALONE + 2
    with pytest.raises(NotFound):
        await service.show(maya, first.action_id)
    async with office.db.transaction(office.tenant_id) as tx:
        (await tx.session.get_one(Action, (office.tenant_id, second.action_id))).status = "handled"
        await tx.session.flush()
        await touch(tx, "mail", second.action_id, clock=office.clock, ids=office.ids)
    await deliver_all(office, delivery)
    assert rolled(office) == ["1 more mail waits for your word"]
    await service.show(maya, None)
    await deliver_all(office, delivery)
    assert [m.text for m in office.chat.messages.values()].count("All of these are settled") == 1
    assert office.chat.posted == ALONE + 3, "the second never needed a message of its own"
    assert third.action_id


async def test_nobody_takes_from_anothers_roll_up(office: Office, delivery: CardDelivery) -> None:
    await mails(office, ALONE + 2, office.maya)
    await deliver_all(office, delivery)
    async with office.db.read(office.tenant_id) as tx:
        view = await rollup_view(tx, office.maya, office.clock)
    assert view is not None
    service = RollupService(db=office.db, clock=office.clock, ids=office.ids)
    with pytest.raises(NotFound):
        await service.show(await actor(office, "U0PRIYA"), view.items[0].action_id)
    await deliver_all(office, delivery)
    assert rolled(office) == ["2 more mails wait for your word"]


async def test_the_next_burst_appears_anew(office: Office, delivery: CardDelivery) -> None:
    await mails(office, ALONE + 1, office.maya)
    await deliver_all(office, delivery)
    service = RollupService(db=office.db, clock=office.clock, ids=office.ids)
    await service.show(await actor(office), None)
    await deliver_all(office, delivery)
    (before,) = await cards_of(office, office.maya, "rollup")
    office.clock.move(timedelta(hours=3))
    await mails(office, ALONE + 2, office.maya)
    await deliver_all(office, delivery)
    (after,) = await cards_of(office, office.maya, "rollup")
    assert before.ts != after.ts, "a change in place would be noticed by nobody"
    assert rolled(office) == ["2 more mails wait for your word"]


async def test_a_long_roll_up_fits_and_counts_the_rest(
    office: Office, delivery: CardDelivery
) -> None:
    await mails(office, ALONE + LISTED + 4, office.maya)
    await deliver_all(office, delivery)
    async with office.db.read(office.tenant_id) as tx:
        view = await rollup_view(tx, office.maya, office.clock)
    assert view is not None
    blocks = rollup_card(view)
    assert faults(blocks, text=rollup_text(view)) == []
    shows = [
        b
        for b in blocks
        if plain_id(b.get("accessory", {}).get("action_id", "")) == ActionId.ROLLUP_SHOW
    ]
    assert len(shows) == LISTED
    assert "4 more mails after these." in str(blocks)
    assert f"Question &lt;{ALONE}&gt; &amp; more" in str(blocks)
