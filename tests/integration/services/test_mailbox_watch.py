"""Pushes: renewed daily, missed noticeably."""

from datetime import timedelta

import pytest

from db import members
from db.models.cards import Card
from db.session import Database
from services.errors import Forbidden, InvalidInput, TransientError
from services.mailbox_health import mailboxes_view, push_view, state_of
from services.mailbox_watch import MISSED
from services.types.mailbox_health import MailboxState
from tests.fakes.mail import FakeMail, FakeMailboxes
from tests.integration.services.office import NOW, Office, eml


@pytest.fixture
async def office(database: Database) -> Office:
    office = await Office(database, FakeMailboxes(), topic="projects/p/topics/t").open()
    await office.set_role("ben", "admin")
    return office


async def watched(office: Office, days: int = 7) -> tuple[object, FakeMail]:
    gmail = office.world.add("ana@sell.test")
    gmail.watch_until = office.clock.now() + timedelta(days=days)
    box, _ = await office.connect("ana")
    await office.watches().renew(office.tenant, box)
    return box, gmail


async def test_it_is_asked_for_at_once_and_renewed_each_day(office: Office) -> None:
    box, gmail = await watched(office)
    assert gmail.topics == [office.topic]
    row = await office.mailbox(box)
    assert (row.watch_expires_at, row.watch_since) == (gmail.watch_until, NOW)
    await office.watches().check(office.tenant)
    before = len(await office.jobs("mailbox.watch"))
    office.clock.move(days=1, minutes=1)
    # Nobody has read the mailbox meanwhile: it is renewed all the same, by one job.
    for _ in range(2):
        await office.watches().check(office.tenant)
    assert len(await office.jobs("mailbox.watch")) == before + 1
    gmail.watch_until = office.clock.now() + timedelta(days=7)
    await office.watches().renew(office.tenant, box)
    row = await office.mailbox(box)
    assert (row.watch_expires_at, row.watch_since) == (gmail.watch_until, NOW)
    assert len(gmail.topics) == 2


async def test_a_failure_is_told_and_tried_again(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    box, _ = await office.connect("ana")
    gmail.fail["watch"] = [InvalidInput("no such topic"), TransientError("down"), Forbidden("x")]
    await office.watches().renew(office.tenant, box)
    row = await office.mailbox(box)
    assert (row.watch_trouble, row.status) == ("no such topic", "connected")
    assert state_of(row, NOW, pushes=True, reading=False) is MailboxState.NO_PUSH
    gmail.deliver(eml())
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 1
    await office.run("delete from jobs.pgqueuer")
    await office.watches().check(office.tenant)
    assert await office.jobs("mailbox.watch") == []
    office.clock.move(minutes=11)
    await office.watches().check(office.tenant)
    assert len(await office.jobs("mailbox.watch")) == 1
    for _ in range(2):
        await office.watches().renew(office.tenant, box)
        assert (await office.mailbox(box)).watch_trouble == "no such topic"
    await office.watches().renew(office.tenant, box)
    assert (await office.mailbox(box)).watch_trouble is None


async def arrive(office: Office, box: object, gmail: FakeMail, count: int) -> None:
    for _ in range(count):
        office.clock.move(seconds=30)
        gmail.deliver(eml(), at=office.clock.now())
        await office.service().sync(office.tenant, box)
        await office.watches().check(office.tenant)


async def alerts(office: Office) -> list[Card]:
    return [card for card in await office.all(Card) if card.kind == "push"]


async def test_silent_pushes_are_told_once_and_end_by_themselves(office: Office) -> None:
    box, gmail = await watched(office)
    await office.service().hint("ana@sell.test", gmail.history_id)
    await arrive(office, box, gmail, MISSED)
    assert await alerts(office) == []
    office.clock.move(minutes=16)
    for _ in range(3):
        await office.watches().check(office.tenant)
    (card,) = await alerts(office)
    assert (card.recipient_id, card.subject_id) == (office.made["ben"], office.tenant)
    assert (card.wanted_rev, card.fresh_rev) == (1, 1)
    await office.service().sync(office.tenant, box)
    row = await office.mailbox(box)
    assert state_of(row, office.clock.now(), pushes=True, reading=False) is MailboxState.NO_PUSH
    async with office.database.read(office.tenant) as tx:
        shown = await push_view(tx, office.made["ben"], office.clock, office.facts())
    assert shown is not None
    assert shown.silent == ("ana@sell.test",)
    await office.service().hint("ana@sell.test", gmail.history_id)
    assert office.touches.seen[-1] == ("push", office.tenant)
    async with office.database.read(office.tenant) as tx:
        shown = await push_view(tx, office.made["ben"], office.clock, office.facts())
    assert shown is not None
    assert shown.silent == ()
    assert (await office.mailbox(box)).push_missed == 0


async def test_pushes_that_come_or_are_only_late_alarm_nobody(office: Office) -> None:
    box, gmail = await watched(office)
    for _ in range(4):
        await arrive(office, box, gmail, MISSED)
        await office.service().hint("ana@sell.test", gmail.history_id)
        office.clock.move(minutes=20)
        await office.watches().check(office.tenant)
    # We were away for an hour, and so was our door: what came meanwhile tells nothing.
    for _ in range(MISSED + 1):
        gmail.deliver(eml(), at=office.clock.now() + timedelta(minutes=5))
    office.clock.move(hours=1)
    await office.service().sync(office.tenant, box)
    office.clock.move(minutes=20)
    await office.watches().check(office.tenant)
    # A night without mail, then three at once that the poll is the first to see.
    office.clock.move(hours=10)
    await arrive(office, box, gmail, MISSED)
    await office.service().hint("ana@sell.test", gmail.history_id)
    office.clock.move(minutes=20)
    await office.watches().check(office.tenant)
    assert await alerts(office) == []


async def test_without_a_watch_or_a_topic_nobody_waits_for_pushes(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    box, _ = await office.connect("ana")
    await arrive(office, box, gmail, MISSED)
    office.clock.move(minutes=20)
    await office.watches().check(office.tenant)
    assert await alerts(office) == []
    office.topic = None
    await office.watches().renew(office.tenant, box)
    assert gmail.topics == []


async def test_the_reading_of_the_past_is_no_missed_push(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    gmail.watch_until = NOW + timedelta(days=7)
    for day in range(1, 6):
        gmail.deliver(eml(), at=NOW - timedelta(days=day))
    box, _ = await office.connect("ana", synced=False)
    await office.watches().renew(office.tenant, box)
    await office.service().sync(office.tenant, box)
    assert (await office.mailbox(box)).push_missed == 0


async def test_health_for_its_person_and_for_admins(office: Office) -> None:
    await watched(office)
    await office.connect("ben")
    async with office.database.read(office.tenant) as tx:
        ana = await members.get_member(tx, office.made["ana"])
        ben = await members.get_member(tx, office.made["ben"])
        mine = await mailboxes_view(tx, ana, office.clock, office.facts())
        all_of_them = await mailboxes_view(tx, ben, office.clock, office.facts())
    assert [(b.address, b.state) for b in mine.mine] == [("ana@sell.test", MailboxState.WELL)]
    assert mine.others == ()
    assert (mine.connect_url, mine.system_connect_url) == (None, None)
    assert [b.address for b in all_of_them.others] == ["ana@sell.test"]
    assert all_of_them.others[0].owner_name == "ana"
    assert all_of_them.system_connect_url is not None
    await office.run("update mailboxes set status = 'reconnect', reconnect_reason = 'gone'")
    async with office.database.read(office.tenant) as tx:
        mine = await mailboxes_view(tx, ana, office.clock, office.facts())
        all_of_them = await mailboxes_view(tx, ben, office.clock, office.facts())
    assert mine.mine[0].state is MailboxState.RECONNECT
    assert (mine.mine[0].reason, bool(mine.mine[0].connect_url)) == ("gone", True)
    # An admin can't stand in for Ana at Google.
    assert all_of_them.others[0].connect_url is None
