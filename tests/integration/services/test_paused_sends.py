"""While Slack refuses the workspace nothing leaves: what was approved stays, and leaves once when
it is connected again."""

from datetime import timedelta

from db import jobs, tenants
from services.sweeps import SweepService
from services.workspace_pause import go_on, pause
from tests.factories import make_tenant
from tests.integration.services.loop import Loop


async def paused(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        assert await pause(tx, at=loop.clock.now(), why="the app was removed")
        assert not await pause(tx, at=loop.clock.now(), why="again")


async def on_its_way(loop: Loop) -> int:
    async with loop.database.read(loop.tenant) as tx:
        return len(await jobs.live_payloads(tx, "effect.run"))


async def test_an_approved_mail_waits_and_leaves_once_on_reconnecting(loop: Loop) -> None:
    await loop.approved()
    await paused(loop)
    await loop.drain(skip=("workspace.paused",))
    assert loop.sent == []
    action, effect = await loop.action(), await loop.effect()
    assert (action.status, effect.status, effect.lease_token) == ("approved", "queued", None)
    # Nobody looks again and again meanwhile.
    sweep = SweepService(loop.database, loop.clock)
    loop.clock.move(timedelta(minutes=5))
    await sweep.recover(loop.tenant)
    assert await on_its_way(loop) == 0
    async with loop.database.transaction(loop.tenant) as tx:
        assert await go_on(tx)
    await loop.drain(skip=("workspace.paused",))
    assert len(loop.sent) == 1
    assert (await loop.effect()).status == "done"


async def test_paused_between_the_look_and_the_claim_it_stays(loop: Loop) -> None:
    await loop.approved()

    async def away() -> None:
        await paused(loop)

    loop.mails.hooks["after thread"] = away
    await loop.drain(skip=("workspace.paused",))
    assert loop.sent == []
    assert (await loop.action()).status == "approved"


async def test_what_was_claimed_before_is_still_settled(loop: Loop) -> None:
    """It may have left already: not looking would leave it unknown."""
    await loop.approved()

    async def away() -> None:
        await paused(loop)

    loop.mails.hooks["before send_draft"] = away
    await loop.drain(skip=("workspace.paused",))
    assert len(loop.sent) == 1
    assert (await loop.effect()).status == "done"


async def test_another_tenant_is_not_held(loop: Loop) -> None:
    await paused(loop)
    other = await make_tenant(loop.database)
    async with loop.database.transaction(other) as tx:
        assert not await tenants.is_paused(tx)
        assert not await go_on(tx)
    async with loop.database.read(loop.tenant) as reading:
        assert await tenants.is_paused(reading)
