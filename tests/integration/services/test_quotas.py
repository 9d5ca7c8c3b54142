"""What Gmail allows is kept: reading pauses and goes on, our mails leave one after the other."""

from datetime import timedelta
from uuid import uuid4

import pytest

from db.session import Database
from services.errors import Forbidden, TransientError
from services.mailboxes import ALIASES_LAST, QUOTA_PAUSE
from services.pacing import MAIL_INTERVAL, MAILS_AT_ONCE, UNITS_AHEAD, spend_on_gmail, turns_to_mail
from tests import factories as make
from tests.fakes.clock import UuidIds
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import Office, eml

IDS = UuidIds()


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def test_a_reading_that_spends_the_quota_goes_on_later_and_loses_nothing(
    office: Office,
) -> None:
    service = office.service()
    box, gmail = await office.connect("ana")
    await service.sync(office.tenant, box)
    for number in range(45):
        gmail.deliver(eml(f"Mail {number}", message_id=f"<{number}@acme.test>"))
    gmail.expire_history()
    async with office.database.transaction(office.tenant) as tx:
        assert await spend_on_gmail(tx, box, UNITS_AHEAD, ids=IDS, now=office.clock.now())
    await service.sync(office.tenant, box)
    assert len(await office.messages()) == 20, "one batch, then Gmail is left alone"
    before = (await office.mailbox(box)).history_id
    office.clock.move(seconds=QUOTA_PAUSE.total_seconds())
    await service.sync(office.tenant, box)
    after = await office.mailbox(box)
    assert len(await office.messages()) == 45
    assert after.history_id > before
    assert after.lease_token is None
    assert gmail.calls["fetch"] == 45, "nothing was fetched twice"


async def test_aliases_are_asked_for_once_a_day_and_never_hold_up_the_mail(
    office: Office,
) -> None:
    service = office.service()
    box, gmail = await office.connect("ana")
    gmail.others = ("sales@sell.test",)
    office.clock.move(seconds=ALIASES_LAST.total_seconds())
    gmail.fail["aliases"] = [TransientError("down")]
    gmail.deliver(eml(message_id="<a@acme.test>"))
    await service.sync(office.tenant, box)
    assert len(await office.messages()) == 1
    assert (await office.mailbox(box)).aliases == []
    office.clock.move(seconds=ALIASES_LAST.total_seconds())
    for _ in range(3):
        await service.sync(office.tenant, box)
    assert (await office.mailbox(box)).aliases == ["sales@sell.test"]
    assert gmail.calls["aliases"] == 3
    office.clock.move(seconds=ALIASES_LAST.total_seconds())
    gmail.fail["aliases"] = [Forbidden("no scope for that")]
    await service.sync(office.tenant, box)
    kept = await office.mailbox(box)
    assert (kept.aliases, kept.status) == (["sales@sell.test"], "connected")


@pytest.mark.parametrize("count", [1, MAILS_AT_ONCE, 1000])
async def test_our_own_mails_take_turns(database: Database, count: int) -> None:
    tenant, now = await make.make_tenant(database), make.NOW
    async with database.transaction(tenant) as tx:
        turns = await turns_to_mail(tx, count, ids=IDS, now=now)
        (late,) = await turns_to_mail(tx, 1, ids=IDS, now=now)
    assert turns == sorted(turns)
    assert turns[:MAILS_AT_ONCE] == [now] * min(count, MAILS_AT_ONCE)
    assert turns[-1] == now + max(count - MAILS_AT_ONCE, 0) * MAIL_INTERVAL
    assert late == now + max(count + 1 - MAILS_AT_ONCE, 0) * MAIL_INTERVAL
    other = await make.make_tenant(database, tenant_id=uuid4())
    async with database.transaction(other) as tx:
        assert await turns_to_mail(tx, 1, ids=IDS, now=now) == [now]
    assert timedelta(minutes=1) / MAIL_INTERVAL * 110 <= 15_000
