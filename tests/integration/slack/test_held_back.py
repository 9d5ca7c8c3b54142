"""What is held back stays wanted, makes no noise, and comes as a summary instead of a flood."""

from typing import Any

import pytest
from sqlalchemy import update

from db.lost_work import list_lost
from db.models.tenants import Member
from db.tenants import set_setting
from handlers.cards import CardDelivery
from tests.integration.slack.card_rig import OneMail, card_of, run, said, want
from tests.integration.slack.conftest import Office


async def _member(office: Office, **values: Any) -> None:
    async with office.db.transaction(office.tenant_id) as tx:
        await tx.session.execute(
            update(Member)
            .where(Member.tenant_id == office.tenant_id, Member.id == office.maya)
            .values(**values)
        )


async def _shadow(office: Office, *, on: bool) -> None:
    async with office.db.transaction(office.tenant_id) as tx:
        await set_setting(tx, "shadow", on)


async def _undelivered(office: Office) -> int:
    async with office.db.read(office.tenant_id) as tx:
        now = office.clock.now()
        lost = await list_lost(tx, now, now, paused=False, shadow=False)
        return sum(one.kind == "card.deliver" for one in lost)


async def test_a_mail_for_somebody_not_enabled_is_not_posted_then_or_later(
    office: Office, delivery: CardDelivery, views: OneMail
) -> None:
    assert views.view
    await _member(office, enabled_at=None)
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    card = await card_of(office, office.maya)
    assert (said(office), card.delivered_rev, card.wanted_rev) == ([], 0, 1)
    assert await _undelivered(office) == 0  # and no sweep sends a job after it each minute
    await _member(office, enabled_at=office.clock.now())
    await want(office)
    await run(office, delivery, card_id)
    assert said(office) == []  # it stands in the summary, not here


async def test_what_is_a_summary_itself_comes_with_its_next_change(
    office: Office, delivery: CardDelivery
) -> None:
    await _shadow(office, on=True)
    (card_id,) = await want(office, [office.maya], "unsorted")
    await run(office, delivery, card_id)
    assert await _undelivered(office) == 0
    await _shadow(office, on=False)
    assert await _undelivered(office) == 0
    await want(office, kind="unsorted")
    assert await _undelivered(office) == 1
    assert await office.cards.claim(office.tenant_id, card_id) is not None


async def test_what_stands_already_goes_on_telling_the_truth(
    office: Office, delivery: CardDelivery
) -> None:
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await _shadow(office, on=True)
    await want(office)
    await run(office, delivery, card_id)
    assert office.chat.calls.count("post") == 1
    assert office.chat.calls.count("update") == 1


@pytest.mark.parametrize("kind", ["home", "approval"])
async def test_what_was_asked_for_or_must_be_decided_comes_all_the_same(
    office: Office, kind: str
) -> None:
    await _shadow(office, on=True)
    await _member(office, enabled_at=None)
    (card_id,) = await want(office, [office.maya], kind)
    assert await office.cards.claim(office.tenant_id, card_id) is not None
