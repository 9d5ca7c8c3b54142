"""Cards on real PostgreSQL: touched, claimed, delivered once, never stale (attack 11)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from handlers.cards import CardDelivery
from services.errors import Forbidden, TransientError
from services.ports import ChatMessage, ChatRef
from tests.fakes.chat import FakeChat
from tests.integration.slack.card_rig import (
    SUBJECT,
    OneMail,
    card_of,
    found_again,
    jobs_of,
    run,
    said,
    want,
)
from tests.integration.slack.conftest import Office
from tests.unit.view_factory import make_mail_card


async def test_a_touch_makes_missing_cards_bumps_all_and_enqueues_in_id_order(
    office: Office,
) -> None:
    first = await want(office, [office.maya])
    both = await want(office, [office.priya])
    assert len(first) == 1
    assert both == sorted(both)
    assert len(both) == 2
    assert (await card_of(office, office.maya)).wanted_rev == 2
    assert (await card_of(office, office.priya)).wanted_rev == 1
    assert sorted(job["card_id"] for job in await jobs_of(office)) == sorted(
        str(card_id) for card_id in (*first, *both)
    )


async def test_a_card_is_posted_once_and_updated_in_place(
    office: Office, delivery: CardDelivery, views: OneMail
) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await run(office, delivery, card_id)
    assert office.chat.calls.count("post") == 1
    await want(office)
    views.view = make_mail_card(state="handled")
    await run(office, delivery, card_id)
    assert said(office) == ["Dana Reyes (Northwind): Sent from Gmail"]
    card = await card_of(office, office.maya)
    assert (card.wanted_rev, card.delivered_rev, card.lease_token) == (2, 2, None)
    assert card.shown == {"state": "handled", "revision": 2}
    assert office.chat.calls.count("open_dm") == 1


async def test_a_touch_while_the_render_runs_is_delivered_next(
    office: Office, delivery: CardDelivery, views: OneMail
) -> None:
    (card_id,) = await want(office, [office.maya])
    before = len(await jobs_of(office))
    views.touched_meanwhile = True
    await run(office, delivery, card_id)
    # One job of the touch itself, one because the delivery saw that it had been overtaken.
    assert len(await jobs_of(office)) == before + 2
    assert (await card_of(office, office.maya)).delivered_rev == 1
    await run(office, delivery, card_id)
    assert said(office) == ["Dana Reyes (Northwind): newer than what is being delivered"]


async def test_a_lost_answer_is_looked_up_and_not_posted_again(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    office.chat.drop_answer = True
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    await run(office, delivery, card_id)
    assert len(said(office)) == 1
    assert (await card_of(office, office.maya)).ts == "1700000000.000001"
    assert office.chat.calls.count("find") == 1


async def test_the_doubt_survives_a_rate_limited_look(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    office.chat.drop_answer = True
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    office.chat.trouble = [TransientError("wait", retry_after=timedelta(seconds=3))]
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    await run(office, delivery, card_id)
    assert len(said(office)) == 1


async def test_a_definite_failure_needs_no_look(office: Office, delivery: CardDelivery) -> None:
    (card_id,) = await want(office, [office.maya])
    await office.members.reach(office.tenant_id, office.maya)
    office.chat.trouble = [TransientError("wait", retry_after=timedelta(seconds=1))]
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    await run(office, delivery, card_id)
    assert "find" not in office.chat.calls
    assert len(said(office)) == 1


async def test_only_one_delivery_at_a_time_and_a_dead_one_is_followed(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    work = await office.cards.claim(office.tenant_id, card_id)
    assert work is not None
    with pytest.raises(TransientError) as waiting:
        await run(office, delivery, card_id)
    assert waiting.value.retry_after == timedelta(seconds=30)
    office.clock.move(timedelta(seconds=31))
    await run(office, delivery, card_id)
    assert "find" in office.chat.calls
    # The first one wakes up: its lease has gone, its word no longer counts.
    await office.cards.settle(work, ChatRef(channel="D0OLD", ts="1.0"))
    assert (await card_of(office, office.maya)).channel == "DU0MAYA"


class SlowChat(FakeChat):
    """Carries the post out and then never answers."""

    async def post(self, channel: str, message: ChatMessage) -> ChatRef:
        await super().post(channel, message)
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_delivery_ends_before_its_lease_and_leaves_its_doubt(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    slow = SlowChat(people=office.chat.people, messages=office.chat.messages)
    with pytest.raises(TransientError) as late:
        await replace(delivery, chats=slow, deadline=0.2).deliver(
            office.tenant_id, {"card_id": str(card_id)}
        )
    assert late.value.ambiguous
    await run(office, delivery, card_id)
    assert len(said(office)) == 1


async def test_touches_at_once_are_all_counted_and_none_deadlocks(office: Office) -> None:
    both = [office.maya, office.priya]
    await asyncio.gather(*(want(office, both[:: (-1) ** n]) for n in range(12)))
    assert (await card_of(office, office.maya)).wanted_rev == 12
    assert (await card_of(office, office.priya)).wanted_rev == 12
    assert len(await jobs_of(office)) == 24


async def test_deliveries_at_once_post_one_message(office: Office, delivery: CardDelivery) -> None:
    (card_id,) = await want(office, [office.maya])
    answers = await asyncio.gather(
        *(run(office, delivery, card_id) for _ in range(5)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} <= {type(None), TransientError}
    assert len(said(office)) == 1


async def test_a_deleted_message_is_posted_afresh(office: Office, delivery: CardDelivery) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    office.chat.messages.clear()
    await want(office)
    await run(office, delivery, card_id)
    assert len(said(office)) == 1


async def test_a_person_who_is_gone_is_recorded_and_tried_at_the_next_touch(
    office: Office, delivery: CardDelivery
) -> None:
    person = office.chat.people.pop("U0MAYA")
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    card = await card_of(office, office.maya)
    assert card.failure == "Maya has no Slack account under maya@brightdesk.example."
    assert card.delivered_rev == card.wanted_rev
    office.chat.people["U0MAYA"] = person
    await want(office)
    await run(office, delivery, card_id)
    assert (await card_of(office, office.maya)).failure is None
    assert len(said(office)) == 1


async def test_a_card_without_a_subject_shows_nothing(
    office: Office, delivery: CardDelivery, views: OneMail
) -> None:
    views.view = None
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    assert said(office) == []
    assert (await card_of(office, office.maya)).failure == "there is nothing to show any more"


async def test_home_is_a_card_too(office: Office, delivery: CardDelivery) -> None:
    actor = await office.members.identify("T0SANDBOX", "U0MAYA")
    for _ in range(2):
        await office.cards.refresh(actor, "home", office.maya, create=True)
    job = (await jobs_of(office))[-1]
    await run(office, delivery, UUID(job["card_id"]))
    assert office.chat.homes["U0MAYA"]["type"] == "home"
    with pytest.raises(Forbidden):
        await office.cards.refresh(actor, "home", office.priya, create=True)


async def test_the_sweep_finds_cards_whose_job_was_lost(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    assert await found_again(office) == []
    async with office.db.transaction(office.tenant_id) as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer"))
    assert await found_again(office) == [str(card_id)]
    assert await found_again(office) == []
    await run(office, delivery, card_id)
    assert await found_again(office) == []


async def test_a_click_from_an_unknown_message_adopts_it(
    office: Office, delivery: CardDelivery
) -> None:
    actor = await office.members.identify("T0SANDBOX", "U0MAYA")
    (card_id,) = await want(office, [office.maya])
    office.chat.drop_answer = True
    with pytest.raises(TransientError):
        await run(office, delivery, card_id)
    ref = ChatRef(channel="DU0MAYA", ts="1700000000.000001")
    await office.cards.adopt(actor, card_id, ref)
    await run(office, delivery, card_id)
    assert "find" not in office.chat.calls
    assert await office.cards.place(actor, "mail", SUBJECT) == ref


async def test_a_click_from_a_twin_takes_it_away(office: Office, delivery: CardDelivery) -> None:
    actor = await office.members.identify("T0SANDBOX", "U0MAYA")
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    (message,) = office.chat.messages.values()
    office.chat.messages["DU0MAYA", "1699999999.000001"] = message
    await office.cards.adopt(actor, card_id, ChatRef(channel="DU0MAYA", ts="1699999999.000001"))
    job = next(job for job in await jobs_of(office) if "twin_ts" in job)
    await delivery.deliver(office.tenant_id, job)
    assert list(office.chat.messages) == [("DU0MAYA", "1700000000.000001")]


async def test_nobody_else_adopts_a_card(office: Office) -> None:
    priya = await office.members.identify("T0SANDBOX", "U0PRIYA")
    (card_id,) = await want(office, [office.maya])
    await office.cards.adopt(priya, card_id, ChatRef(channel="D1", ts="1.0"))
    assert (await card_of(office, office.maya)).ts is None
    stranger = replace(priya, tenant_id=office.ids.new())
    await office.cards.adopt(stranger, card_id, ChatRef(channel="D1", ts="1.0"))
    assert (await card_of(office, office.maya)).ts is None
