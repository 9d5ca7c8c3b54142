"""Our own changes in Gmail come back as pushes and history. They must end in rest."""

import pytest

from db.session import Database
from tests.fakes.mail import FakeMail, FakeMailboxes
from tests.integration.services.office import Office, eml


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def settle(office: Office, box: object, gmail: FakeMail) -> tuple[int, int]:
    """Every change is pushed and every job it makes is run; how many syncs and checks of drafts it
    took until nothing wants to be done any more."""
    checks = told = 0
    for syncs in range(12):
        if gmail.history_id != told:
            told = gmail.history_id
            await office.service().hint("ana@sell.test", told)
        wanted = len(await office.jobs("mailbox.sync"))
        checks += len(await office.jobs("draft.check"))
        await office.run("delete from jobs.pgqueuer")
        if not wanted:
            return syncs, checks
        await office.service().sync(office.tenant, box)
    raise AssertionError("it never comes to rest")


async def test_our_own_changes_come_to_rest(office: Office) -> None:
    box, gmail = await office.connect("ana")
    await office.run("delete from jobs.pgqueuer")
    asked = gmail.deliver(eml(message_id="<q@x>"))
    assert (await settle(office, box, gmail))[0] == 1
    (conversation,) = await office.conversations()
    thread = gmail.messages[asked].thread_id
    reply = eml("Yes.", sender="ana@sell.test", to="dana@acme.test", parent="<q@x>")
    made = await gmail.create_draft(reply, thread)
    await office.add_draft(
        conversation.id,
        box,
        gmail_draft_id=made.draft_id,
        gmail_message_id=made.message_id,
        gmail_thread_id=thread,
    )
    assert await settle(office, box, gmail) == (1, 1)
    changed = await gmail.update_draft(made.draft_id, reply, thread)
    assert await settle(office, box, gmail) == (1, 1)
    # Reading, starring, archiving and labelling are nobody's mail and touch no draft.
    gmail.names = {"Label_1": "Later"}
    gmail.label(asked, "STARRED", "Label_1")
    assert await settle(office, box, gmail) == (1, 0)
    await gmail.send_draft(changed.draft_id, reply, thread)
    syncs, checks = await settle(office, box, gmail)
    assert syncs == 1
    assert checks <= 2
    assert len(await office.messages()) == 2
    # And with nothing new, a push brings one look at most.
    assert await settle(office, box, gmail) == (0, 0)
