"""Opening mailboxes by the workspace's service account."""

import pytest

from db.models.mailboxes import Delegation
from db.session import Database
from services.errors import Forbidden, InvalidInput, NotFound
from services.types.google import ServiceAccountKey
from services.types.people import Role
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import Office, eml

KEY = ServiceAccountKey(
    client_email="mail@project.iam.test",
    client_id="117",
    key_id="k1",
    private_key="very private",
    token_uri="https://token.test",
)


@pytest.fixture
async def office(database: Database) -> Office:
    office = await Office(database, FakeMailboxes()).open()
    for who in ("ana", "ben"):
        office.world.add(f"{who}@sell.test")
    await office.set_role("ben", "admin")
    return office


async def test_the_key_is_sealed_and_opens_mailboxes_again_and_again(office: Office) -> None:
    await office.delegation().set_key(office.tenant, KEY)
    (row,) = await office.all(Delegation)
    assert b"private" not in row.key
    box = await office.delegation().connect(office.tenant, "Ana@sell.test", office.made["ana"])
    gmail = office.world.mailboxes["ana@sell.test"]
    await office.service().sync(office.tenant, box)
    gmail.deliver(eml())
    # Its token ends within the hour; another one comes by the key, not by a refresh token.
    await office.run("update mailboxes set lease_until = null")
    access = office.access()
    refused = await access.gateways.delegated(KEY, "ana@sell.test")
    tokens = access.open(office.tenant, box)._tokens
    assert (await tokens.refreshed(refused)).subject == "ana@sell.test"
    assert office.world.refreshes == 0
    assert {who for _, who in office.world.assertions} == {"ana@sell.test"}
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 1
    assert (await office.mailbox(box)).via == "delegation"


async def test_without_a_key_or_googles_leave_nothing_is_connected(office: Office) -> None:
    with pytest.raises(InvalidInput, match="mailbox delegate"):
        await office.delegation().connect(office.tenant, "ana@sell.test", None)
    await office.delegation().set_key(office.tenant, KEY)
    office.world.delegation_error = Forbidden("add client ID 117")
    with pytest.raises(Forbidden, match="117"):
        await office.delegation().connect(office.tenant, "ana@sell.test", None)
    assert await office.all_boxes() == []
    other = await Office(office.database, office.world).open()
    with pytest.raises(InvalidInput):
        await other.delegation().connect(other.tenant, "ana@sell.test", None)


async def test_all_members_in_one_go_for_admins_only(office: Office) -> None:
    await office.delegation().set_key(office.tenant, KEY)
    for role in Role:
        with pytest.raises(Forbidden):
            await office.delegation().connect_all(office.actor("ana", role), command_id="c0")
    admin = office.actor("ben")
    for _ in range(2):
        await office.delegation().connect_all(admin, command_id="c1")
    jobs = await office.jobs("mailbox.delegate")
    assert {job["member_id"] for job in jobs} == {
        str(office.made["ana"]),
        str(office.made["ben"]),
    }
    assert len(jobs) == 2
    await office.delegation().connect_member(office.tenant, office.made["ana"], office.made["ben"])
    office.world.delegation_error = Forbidden("no such user")
    await office.delegation().connect_member(office.tenant, office.made["ben"], office.made["ben"])
    assert [box.address for box in await office.all_boxes()] == ["ana@sell.test"]
    (row,) = await office.all(Delegation)
    assert row.failures == {"ben@sell.test": "no such user"}


async def test_removing_it_ends_what_it_opened_and_nothing_else(office: Office) -> None:
    await office.delegation().set_key(office.tenant, KEY)
    theirs = await office.delegation().connect(office.tenant, "ana@sell.test", None)
    own, _ = await office.connect("ben")
    with pytest.raises(Forbidden):
        await office.delegation().remove_by(office.actor("ana"), command_id="c1")
    await office.delegation().remove_by(office.actor("ben"), command_id="c2")
    assert (await office.mailbox(theirs)).status == "disconnected"
    assert (await office.mailbox(own)).status == "connected"
    assert await office.all(Delegation) == []
    with pytest.raises(NotFound):
        await office.delegation().remove(office.tenant)
