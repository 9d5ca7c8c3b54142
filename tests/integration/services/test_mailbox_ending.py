"""Disconnecting: tokens go at once, Google is told, and what was to leave says why it can't."""

import base64
from datetime import timedelta
from uuid import UUID

import pytest

from db.models.mailboxes import FirstReading
from db.session import Database
from services.errors import Forbidden, NotFound, TransientError
from services.types.people import Role
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import Office, eml


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def run_job(office: Office) -> None:
    for job in await office.jobs("mailbox.revoke"):
        box = UUID(job["mailbox_id"])
        await office.endings().give_back(office.tenant, box, job["sealed"], job["until"])


async def test_the_tokens_go_at_once_and_google_is_told(office: Office) -> None:
    box, gmail = await office.connect("ana")
    await office.endings().disconnect(office.actor("ana"), box, command_id="c1")
    row = await office.mailbox(box)
    assert (row.status, row.credentials, row.lease_token) == ("disconnected", None, None)
    with pytest.raises(NotFound):
        await office.access().of(office.tenant, box)
    (job,) = await office.jobs("mailbox.revoke")
    assert b"refresh" not in base64.b64decode(job["sealed"])
    await run_job(office)
    assert gmail.stopped == 1
    assert office.consent.revoked == ["refresh"]
    # Again, by the same click and by another one: nothing more happens.
    for command in ("c1", "c2"):
        await office.endings().disconnect(office.actor("ana"), box, command_id=command)
    assert len(await office.jobs("mailbox.revoke")) == 1
    assert (await office.verbs()).count("mailbox.disconnected") == 1
    gmail.deliver(eml())
    await office.service().sync(office.tenant, box)
    assert await office.messages() == []


async def test_only_its_person_and_admins_disconnect(office: Office) -> None:
    box, _ = await office.connect("ana")
    with pytest.raises(Forbidden):
        await office.endings().disconnect(office.actor("ben"), box, command_id="c1")
    with pytest.raises(Forbidden):
        # What the edge believes counts for nothing.
        await office.endings().disconnect(office.actor("ben", Role.ADMIN), box, command_id="c2")
    other = await Office(office.database, office.world).open()
    with pytest.raises(NotFound):
        await other.endings().disconnect(other.actor("ana"), box, command_id="c3")
    assert (await office.mailbox(box)).status == "connected"
    await office.set_role("ben", "admin")
    await office.endings().disconnect(office.actor("ben"), box, command_id="c4")
    assert (await office.mailbox(box)).status == "disconnected"


async def test_revoking_is_tried_for_a_day_and_never_hits_a_new_connection(
    office: Office,
) -> None:
    box, gmail = await office.connect("ana")
    await office.endings().disconnect(office.actor("ana"), box, command_id="c1")
    gmail.fail["stop_watch"] = [TransientError("away"), TransientError("away"), NotFound("none")]
    with pytest.raises(TransientError):
        await run_job(office)
    office.clock.move(hours=25)
    await run_job(office)
    assert office.consent.revoked == []
    await run_job(office)
    assert office.consent.revoked == ["refresh"]
    # Connected again meanwhile: the grant is one, revoking the old would end the new.
    await office.connect("ana")
    await run_job(office)
    assert office.consent.revoked == ["refresh"]


async def test_connected_again_it_reads_quietly_and_tells_once_more(office: Office) -> None:
    box, gmail = await office.connect("ana")
    await office.endings().disconnect(office.actor("ana"), box, command_id="c1")
    gmail.deliver(eml(), at=office.clock.now() + timedelta(hours=3))
    office.clock.move(days=2)
    await office.connect("ana")
    (message,) = await office.messages()
    assert message.attention == "quiet"
    assert [r.status for r in await office.all(FirstReading)] == ["read", "read"]


async def test_a_read_under_way_stores_nothing_more(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml())
    fetch = gmail.fetch

    async def fetch_and_lose(message_id: str):
        stored = await fetch(message_id)
        await office.endings().disconnect(office.actor("ana"), box, command_id="c1")
        return stored

    gmail.fetch = fetch_and_lose
    await office.service().sync(office.tenant, box)
    assert await office.messages() == []
    assert (await office.mailbox(box)).status == "disconnected"
