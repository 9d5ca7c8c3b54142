"""When a card was first shown, and cards that appear anew because they must be noticed."""

from datetime import timedelta
from uuid import UUID

import pytest

from db.cards import get_card_of
from db.models.tenants import Member
from handlers.cards import CardDelivery
from services.cards import surface_again, touch
from services.errors import Forbidden, TransientError
from services.ports import ChatMessage, ChatRef
from tests import factories as make
from tests.integration.slack.card_rig import SUBJECT, OneMail, card_of, jobs_of, run, want
from tests.integration.slack.conftest import Office


async def again(office: Office, *members: UUID) -> list[UUID]:
    async with office.db.transaction(office.tenant_id) as tx:
        return await surface_again(tx, "mail", SUBJECT, members, clock=office.clock, ids=office.ids)


def standing(office: Office) -> list[str]:
    return [ts for _, ts in office.chat.messages]


async def test_when_a_card_was_first_shown_stays(office: Office, delivery: CardDelivery) -> None:
    (card_id,) = await want(office, [office.maya])
    assert (await card_of(office, office.maya)).first_shown_at is None
    office.clock.move(timedelta(minutes=3))
    shown = office.clock.now()
    await run(office, delivery, card_id)
    office.clock.move(timedelta(minutes=3))
    await want(office)
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).first_shown_at == shown


async def test_what_nobody_saw_was_not_shown(
    office: Office, delivery: CardDelivery, views: OneMail
) -> None:
    person = office.chat.people.pop("U0MAYA")
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).first_shown_at is None
    office.chat.people["U0MAYA"], view = person, views.view
    views.view = None
    await want(office)
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).first_shown_at is None
    views.view = view
    await want(office)
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).first_shown_at == office.clock.now()


async def test_a_found_post_was_shown_when_it_was_posted(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    posted = office.clock.now()
    office.chat.drop_answer = True
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    office.clock.move(timedelta(minutes=3))
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).first_shown_at == posted


async def test_a_card_appears_anew_and_the_old_message_goes(
    office: Office, delivery: CardDelivery
) -> None:
    for card_id in await want(office, [office.maya, office.priya]):
        await run(office, delivery, card_id)
    before, shown = standing(office), (await card_of(office, office.maya)).first_shown_at
    office.clock.move(timedelta(hours=1))
    for card_id in await again(office, office.maya):
        await run(office, delivery, card_id)
    maya, priya = await card_of(office, office.maya), await card_of(office, office.priya)
    assert sorted(standing(office)) == sorted([maya.ts, priya.ts])
    assert maya.ts not in before
    assert priya.ts in before, "only the named members are bothered"
    assert maya.first_shown_at == shown
    await want(office)
    for card in (maya, priya):
        await run(office, delivery, card.id)
    assert len(standing(office)) == 2
    assert office.chat.posted == 3, "the next touch updates in place again"


async def test_a_missing_card_is_made_by_appearing_anew(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await again(office, office.maya)
    await run(office, delivery, card_id)
    assert len(standing(office)) == 1


@pytest.mark.parametrize("lost", ["answer", "crash before the post", "crash after the post"])
async def test_appearing_anew_leaves_one_message_whatever_is_lost(
    office: Office, delivery: CardDelivery, lost: str
) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await again(office, office.maya)
    if lost == "answer":
        office.chat.drop_answer = True
        with pytest.raises(TransientError):
            await run(office, delivery, card_id)
    else:
        work = await office.cards.claim(office.tenant_id, card_id)
        assert work is not None
        assert work.retire is not None
        await office.chat.delete(work.retire)
        if lost == "crash after the post":
            message = ChatMessage(text="x", blocks=[], metadata_id=str(card_id))
            await office.chat.post("DU0MAYA", message)
        office.clock.move(timedelta(seconds=31))
    await run(office, delivery, card_id)
    assert standing(office) == [(await card_of(office, office.maya)).ts]
    assert office.chat.posted == 2
    await run(office, delivery, card_id)
    assert office.chat.posted == 2


async def test_an_update_under_way_does_not_swallow_the_fresh_one(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await want(office)
    work = await office.cards.claim(office.tenant_id, card_id)
    assert work is not None
    await again(office, office.maya)
    await office.cards.settle(work, work.ref, shown={})
    await run(office, delivery, card_id)
    assert standing(office) == ["1700000000.000002"]


async def test_two_wishes_for_a_fresh_one_make_one(office: Office, delivery: CardDelivery) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    for _ in range(2):
        await again(office, office.maya)
    for _ in range(2):
        await run(office, delivery, card_id)
    assert office.chat.posted == 2


async def test_a_click_on_the_fresh_one_settles_its_lost_answer(
    office: Office, delivery: CardDelivery
) -> None:
    actor = await office.members.identify("T0SANDBOX", "U0MAYA")
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await again(office, office.maya)
    office.chat.drop_answer = True
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    fresh = ChatRef(channel="DU0MAYA", ts="1700000000.000002")
    await office.cards.adopt(actor, card_id, fresh)
    for job in await jobs_of(office):
        await delivery.deliver(office.tenant_id, job)
    assert standing(office) == [fresh.ts]
    assert await office.cards.place(actor, "mail", SUBJECT) == fresh


async def test_a_refused_fresh_one_is_told_and_comes_with_the_next_touch(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await again(office, office.maya)
    office.chat.trouble = [Forbidden("Slack says: is_archived")]
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).failure == "Slack says: is_archived"
    await want(office)
    await run(office, delivery, card_id)
    assert standing(office) == [(await card_of(office, office.maya)).ts]


async def test_what_becomes_of_a_mail_is_shown_on_its_approval(office: Office) -> None:
    async with office.db.transaction(office.tenant_id) as tx:
        requester = await tx.session.get_one(Member, (office.tenant_id, office.maya))
        conversation = await make.make_conversation(tx)
        action = await make.make_action(tx, conversation)
        other = await make.make_action(tx, conversation)
        requests = [
            await make.make_approval_request(
                tx, requester=requester, action_id=about.id, status=status
            )
            for about, status in ((action, "approved"), (action, "voided"), (other, "approved"))
        ]
        for request in requests:
            await touch(
                tx, "approval", request.id, [office.priya], clock=office.clock, ids=office.ids
            )
        await touch(tx, "mail", action.id, [office.maya], clock=office.clock, ids=office.ids)
    async with office.db.read(office.tenant_id) as tx:
        wanted = [
            (
                await get_card_of(
                    tx, kind="approval", subject_id=request.id, recipient_id=office.priya
                )
            ).wanted_rev
            for request in requests
        ]
    assert wanted == [2, 1, 1]
