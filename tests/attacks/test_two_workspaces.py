"""One person in two workspaces, with the same address and the same Slack id: what is decided, drawn
tighter or switched off in one never reaches the other."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from db.models.autonomy import EarnedLevel, Narrowing
from db.models.tenants import Member
from services.autonomy.levels import authority_of
from services.errors import ServiceError
from services.types.actions import AutonomyLevel
from services.types.autonomy import Authority
from tests import factories as make
from tests.attacks.house import House, trusting_house
from tests.attacks.obedient import Wish
from tests.attacks.product import ASIDE

TYPE = "send_routine_response"


@pytest.fixture
async def house(runtime_url: str, tmp_path: Path) -> AsyncIterator[House]:
    house = await trusting_house(runtime_url, tmp_path)
    house.product.puts_off = ASIDE
    house.want(Wish.CALM)
    yield house
    await house.product.close()


async def other_self(house: House) -> tuple[UUID, Member, Member]:
    """Rita again, in a workspace where everything is off; and its admin."""
    database, now = house.product.database, house.product.clock.now()
    tenant = await make.make_tenant(database, name="Second")
    async with database.transaction(tenant) as tx:
        twin = await make.make_member(
            tx, name="Rita Rep", email=house.rita.email, slack_user_id=house.rita.slack_user_id
        )
        admin = await make.make_member(tx, name="Otto Other", role="admin")
        row = {"tenant_id": tenant, "created_at": now, "action_type": TYPE}
        tx.session.add(EarnedLevel(id=uuid4(), earned="off", ceiling="off", since=now, **row))
        tx.session.add(Narrowing(id=uuid4(), member_id=twin.id, ceiling="off", **row))
    return tenant, twin, admin


async def authority(house: House, tenant: UUID, member: Member) -> Authority:
    async with house.product.database.read(tenant) as tx:
        return await authority_of(tx, TYPE, member_id=member.id, account_id=house.account.id)


async def test_levels_limits_and_the_kill_switch_of_one_workspace_stay_there(house: House) -> None:
    tenant, twin, admin = await other_self(house)
    pauses = house.product.services.rollout.pauses
    await pauses.stop(house.product.actor(tenant, admin), command_id="stop")
    theirs = await authority(house, tenant, twin)
    assert (theirs.level, theirs.stopped) == (AutonomyLevel.OFF, True)
    ours = await authority(house, house.tenant, house.rita)
    assert ours == Authority(earned=AutonomyLevel.AUTONOMOUS)
    # Asked with the other one's id: a member of another workspace is nobody here.
    assert await authority(house, house.tenant, twin) == ours
    house.letter()
    await house.read()
    assert len(house.mail.sent) == 1, "the other's switch stops nothing here"


async def test_what_is_proposed_in_one_can_be_decided_only_there(house: House) -> None:
    tenant, twin, _ = await other_self(house)
    before = await house.product.stands(tenant)
    house.letter()
    await house.product.services.mailboxes.sync(house.tenant, house.box)
    await house.product.drain()
    (action,) = await house.product.rows(house.tenant, "select id, status from actions")
    foreign = house.product.actor(tenant, twin)
    actions, undo = house.product.services.actions, house.product.services.undo
    given = {"surface": "slack", "command_id": "theirs"}
    for attempt in (
        actions.approve(foreign, action.id, revision=1, **given),
        actions.take_over(foreign, action.id, command_id="over"),
        undo.undo(foreign, action.id, **given),
    ):
        with pytest.raises(ServiceError):
            await attempt
    await house.approve_all()
    await house.wait()
    assert len(house.mail.sent) == 1
    after = await house.product.stands(tenant)
    assert {name for name in after if after[name] != before[name]} == set()
    # With our own tenant on it and the other one's member: nobody here.
    with pytest.raises(ServiceError):
        await actions.take_over(
            house.product.actor(house.tenant, twin), action.id, command_id="mixed"
        )
