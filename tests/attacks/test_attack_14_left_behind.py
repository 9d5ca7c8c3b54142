"""Attack 14: nothing that was accepted is left lying. A job is held after its last failure while
its card says approved; a rule in Gmail files a mail past the inbox.

kill -9 at every point: tests/integration/services/test_crashes.py, and with real processes
tests/e2e/test_kill.py."""

import pytest
from sqlalchemy import text

from db.session import Database
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.loop import Loop, make_loop
from tests.integration.services.office import Office, eml


@pytest.fixture
async def loop(database: Database) -> Loop:
    return await make_loop(database)


@pytest.mark.parametrize("status", ["failed", "exception", None])
async def test_attack_14_what_a_card_calls_approved_never_waits_for_nobody(
    loop: Loop, status: str | None
) -> None:
    """Its job is held, however the queue calls that, or has vanished."""
    await loop.approved()
    gone = "delete from jobs.pgqueuer where entrypoint = 'effect.run'"
    held = "update jobs.pgqueuer set status = :s where entrypoint = 'effect.run'"
    async with loop.database.transaction(loop.tenant) as tx:
        await tx.session.execute(text(held if status else gone), {"s": status} if status else {})
    assert await loop.queued("effect.run") == []
    await loop.drain()
    assert ((await loop.card()).state, loop.sent) == ("approved", [])
    await loop.recover()
    assert ((await loop.card()).state, len(loop.sent)) == ("done", 1)


async def test_attack_14_a_mail_that_is_filed_past_the_inbox_is_read(database: Database) -> None:
    office = await Office(database, FakeMailboxes()).open()
    box, gmail = await office.connect("ana")
    for labels in ({"Label_7"}, {"CATEGORY_PROMOTIONS", "UNREAD"}, set[str]()):
        gmail.deliver(eml(), labels=labels)
    for labels in ({"SPAM"}, {"TRASH"}, {"DRAFT"}):
        gmail.deliver(eml(), labels=labels)
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 3
    assert len(await office.jobs("message.process")) == 3
    # After a disconnect longer than Gmail's history as well.
    gmail.expire_history()
    gmail.deliver(eml(), labels={"Label_7"})
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 4
