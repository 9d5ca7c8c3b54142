"""The label Understudy/never: what carries it isn't read, and is forgotten if it was."""

import pytest
from sqlalchemy import text

from db.models.actions import Action
from db.models.drafts import Draft
from db.models.mailboxes import MailboxMessage
from db.session import Database
from tests import factories as make
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import Office, eml

NEVER = {"Label_7": "Understudy/Never", "Label_9": "Understudy/never/legal", "Label_2": "Later"}


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def words(office: Office) -> str:
    """Everything that is stored anywhere in messages and conversations."""
    async with office.database.read(office.tenant) as tx:
        query = text(
            "select coalesce(string_agg(to_jsonb(m)::text, ' '), '') || "
            "(select coalesce(string_agg(to_jsonb(c)::text, ' '), '') from conversations c) "
            "from messages m"
        )
        return (await tx.session.execute(query)).scalar_one()


@pytest.mark.parametrize("label", ["Label_7", "Label_9"])
async def test_what_was_read_is_forgotten_once_it_is_labelled(office: Office, label: str) -> None:
    box, gmail = await office.connect("ana")
    gmail.names = NEVER
    named = gmail.deliver(eml("the secret plan", message_id="<s@x>"))
    other = gmail.deliver(eml("about seats", message_id="<o@x>", sender="lee@acme.test"))
    await office.service().sync(office.tenant, box)
    secret = next(m for m in await office.messages() if m.rfc_message_id == "<s@x>")
    conversation = next(c for c in await office.conversations() if c.id == secret.conversation_id)
    await office.run(
        'update conversations set qualification = \'{"need": "the secret plan"}\' where id = :id',
        id=conversation.id,
    )
    async with office.database.transaction(office.tenant) as tx:
        draft = await make.make_draft(tx, conversation, mailbox_id=box)
        action = await make.make_action(
            tx, conversation, draft_id=draft.id, owner_id=office.made["ana"]
        )
    gmail.label(other, "Label_2", "STARRED")
    gmail.label(named, label)
    for _ in range(2):
        await office.service().sync(office.tenant, box)
    stored = await words(office)
    assert "secret" not in stored
    assert "about seats" in stored
    forgotten = next(m for m in await office.messages() if m.text is None)
    assert (forgotten.attention, forgotten.subject, forgotten.sender) == ("set_aside", "", {})
    # That it was there stays, so that it isn't read again.
    assert len(await office.all(MailboxMessage)) == 2
    states = {(a.id, a.status) for a in await office.all(Action)}
    assert states == {(action.id, "voided")}
    assert [d.status for d in await office.all(Draft)] == ["voided"]
    assert (await office.verbs()).count("conversation.forgotten") == 1


async def test_what_carries_it_is_never_stored(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    gmail.names = NEVER
    gmail.deliver(eml("old secret"), labels={"INBOX", "Label_7"})
    box, _ = await office.connect("ana")
    gmail.deliver(eml("new secret"), labels={"INBOX", "Label_7"})
    gmail.deliver(eml("seats"), labels={"INBOX", "Label_2"})
    await office.service().sync(office.tenant, box)
    assert "secret" not in await words(office)
    (message,) = await office.messages()
    assert message.text is not None
    assert "seats" in message.text


async def test_labels_set_while_history_was_lost_count_too(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.names = NEVER
    named = [gmail.deliver(eml(f"secret {n}")) for n in range(5)]
    gmail.deliver(eml("seats"))
    await office.service().sync(office.tenant, box)
    for message_id in named:
        gmail.label(message_id, "Label_7")
    gmail.expire_history()
    await office.service().sync(office.tenant, box)
    assert "secret" not in await words(office)
    assert len(await office.messages()) == 6


@pytest.mark.parametrize("who", ["accounts", "contacts"])
async def test_who_is_excluded_later_is_forgotten_too(office: Office, who: str) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml("the secret plan"))
    await office.service().sync(office.tenant, box)
    forgetting = office.service().mail_sync.forgetting
    await forgetting.check(office.tenant)
    assert "secret" in await words(office)
    made = office.made["acme" if who == "accounts" else "dana"]
    await office.run(f"update {who} set excluded = true where id = :id", id=made)
    for _ in range(2):
        await forgetting.check(office.tenant)
    assert "secret" not in await words(office)
    assert (await office.verbs()).count("conversation.forgotten") == 1


async def test_gmail_is_asked_for_names_only_where_labels_are_peoples_own(office: Office) -> None:
    box, gmail = await office.connect("ana")
    message_id = gmail.deliver(eml(), labels={"INBOX", "CATEGORY_UPDATES", "UNREAD"})
    gmail.label(message_id, "STARRED", "IMPORTANT")
    await office.service().sync(office.tenant, box)
    assert gmail.calls["labels"] == 0
    gmail.label(message_id, "Label_2")
    await office.service().sync(office.tenant, box)
    assert gmail.calls["labels"] == 1
