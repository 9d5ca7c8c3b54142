"""kill -9 at every point of an undo: what was undone stays unsent, and no card says otherwise."""

from datetime import timedelta

import pytest

from services.errors import TransientError
from tests.integration.services.loop import Loop, make_loop
from tests.integration.services.mortality import Crash, MortalDatabase, Mortality, TestMailboxes


@pytest.fixture
async def mortal(runtime_url):
    database = MortalDatabase(runtime_url, pool_size=3)
    yield database
    await database.close()


async def approved(mortal: MortalDatabase, *, claimed: bool) -> Loop:
    """Approved and waiting; or claimed by a worker that died before Gmail heard of it."""
    mortal.mortality = Mortality()
    loop = await make_loop(mortal, TestMailboxes())
    loop.wait()
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    if claimed:
        loop.mail.fail["send_draft"] = [TransientError("no answer", ambiguous=True)]
        loop.clock.move(timedelta(seconds=60))
        with pytest.raises(TransientError):
            await loop.effects.run(loop.tenant, (await loop.effect()).id)
    return loop


async def undo(loop: Loop, at: int | None) -> None:
    """The click, again if it was lost, and all that follows; the process may die at point `at`."""
    loop.database.mortality = loop.mails.mortality = Mortality(at)
    try:
        await loop.take_back(command_id="the same click")
    except Crash:
        loop.database.mortality.revive()
        await loop.take_back(command_id="the same click")
    try:
        await loop.drain()
    except Crash:
        await loop.recover()
    loop.database.mortality.resting = True
    await loop.recover()


async def check(loop: Loop, *, claimed: bool) -> None:
    assert loop.sent == []
    action, effect = await loop.action(), await loop.effect()
    shown = loop.cards[action.id, loop.rita.id]
    assert shown is not None
    if claimed and effect.status == "unknown":
        # Died between Gmail's answer and writing it down: that is asked of a person.
        assert shown.state == "failed"
        assert "can't tell" in (shown.note or "")
        return
    assert (action.status, effect.status) == ("pending", "cancelled")
    assert len(loop.mail.drafts) == 1
    assert shown.state == "pending"
    assert (shown.note or "").startswith("Undone by Rita Rep")
    assert await loop.queued() == []
    assert (await loop.verbs()).count("effect.undone") == 1


@pytest.mark.parametrize("third", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
@pytest.mark.parametrize("claimed", [False, pytest.param(True, marks=pytest.mark.slow)])
async def test_a_crash_at_every_point_of_an_undo(mortal, third: int, *, claimed: bool) -> None:
    """Every third point before the claim in `make test`, all the others in the slow ones."""
    loop = await approved(mortal, claimed=claimed)
    await undo(loop, None)
    await check(loop, claimed=False)
    names = loop.database.mortality.seen
    assert len(names) > 4
    unknown = 0
    for at in range(1 + third, len(names) + 1, 3):
        loop = await approved(mortal, claimed=claimed)
        await undo(loop, at)
        try:
            await check(loop, claimed=claimed)
        except AssertionError as error:
            raise AssertionError(f"died {names[at - 1]}, point {at} of {names}") from error
        unknown += (await loop.effect()).status == "unknown"
    assert unknown <= 4
