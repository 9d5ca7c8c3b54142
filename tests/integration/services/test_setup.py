"""The first-run checklist follows what is there."""

import pytest

from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Database
from db.tenants import get_tenant, set_setting
from services.setup import setup_view
from services.types.setup import SetupView, Step
from tests import factories as make
from tests.integration.services.rollout_desk import Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def _view(desk: Desk, member: Member, *, sends_mail: bool = False) -> SetupView | None:
    async with desk.database.read(desk.tenant) as tx:
        tenant = await get_tenant(tx)
        assert tenant is not None
        return await setup_view(tx, tenant, member, sends_mail=sends_mail)


async def test_it_is_for_admins_and_counts_what_is_there(desk: Desk) -> None:
    assert await _view(desk, desk.mona) is None
    await desk.set(Member, desk.cole.id, enabled_at=None)
    view = await _view(desk, desk.ada)
    assert view is not None
    done = {step.step: step.done for step in view.steps}
    assert done == {
        Step.GMAIL: False,
        Step.MEMBERS: True,
        Step.CUSTOMERS: True,
        Step.PRESET: False,
        Step.SHADOW: True,
        Step.ENABLE: False,
    }
    said = {step.step: step.sentence for step in view.steps}
    assert said[Step.GMAIL].startswith("1 of 4 people have connected Gmail; no mailbox")
    assert said[Step.ENABLE] == "3 of 4 are enabled."


async def test_it_is_complete_once_everything_is_there(desk: Desk) -> None:
    async with desk.database.transaction(desk.tenant) as tx:
        await set_setting(tx, "preset", "standard")
    half = await _view(desk, desk.ada)
    assert half is not None
    assert half.missing == 1
    whole = await _view(desk, desk.ada, sends_mail=True)
    assert whole is not None
    assert whole.complete
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_mailbox(tx, is_system=True)
    whole = await _view(desk, desk.ada)
    assert whole is not None
    assert whole.complete
    await desk.set(Mailbox, desk.box.id, status="reconnect")
    again = await _view(desk, desk.ada)
    assert again is not None
    assert not again.complete
    await desk.shadow(on=True)
    shadow = await _view(desk, desk.ada)
    assert shadow is not None
    assert [step.button for step in shadow.steps if step.step is Step.SHADOW] == ["End it"]
