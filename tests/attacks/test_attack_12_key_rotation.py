"""Attack 12: while the encryption keys are rotated, the hashes by which a mailbox is known change.
A second workspace that connects the mailbox in any of these moments is refused all the same, and
its pushes find the first one."""

from itertools import count

import pytest

from db.models.mailboxes import Mailbox
from db.session import Database
from services.errors import Conflict
from services.vault import generate
from tests.fakes.mail import FakeMailboxes, credentials
from tests.integration.services.office import KEY, Office

BOX = "ana@sell.test"
NEW = generate("next")


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def test_attack_12_no_moment_of_a_rotation_lets_a_second_workspace_in(office: Office) -> None:
    other = await Office(office.database, office.world).open()
    box, _ = await office.connect("ana")
    heard = count(10**6)

    async def is_refused(keys: str) -> None:
        other.keys = keys
        with pytest.raises(Conflict):
            await other.service().add(other.tenant, "Ana@Sell.test", credentials(BOX))
        assert await other.all(Mailbox) == []
        assert await other.service().hint(BOX, wanted := next(heard))
        assert (await office.mailbox(box)).wanted_history_id == wanted

    # A process with the new key first, before anything was hashed with it; and one without it.
    await is_refused(f"{NEW},{KEY}")
    await is_refused(KEY)
    # What is polled is entered under the new key too: the old one may go.
    office.keys = f"{NEW},{KEY}"
    await office.service().poll()
    await is_refused(NEW)
    await is_refused(f"{NEW},{KEY}")
