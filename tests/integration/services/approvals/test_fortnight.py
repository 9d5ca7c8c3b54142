"""A simulated fortnight: a life with restarts at random moments has the log of an undisturbed one,
and every reminder, breach and expiry comes to the minute."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from db.models.approvals import ApprovalRequest, ApprovalSeat, ApprovalVote
from tests.integration.services.approvals.fortnight import Life
from tests.integration.services.approvals.fortnight_script import END, dice_of, script
from tests.integration.services.mortality import MortalDatabase

HOUR = timedelta(hours=1)


@pytest.fixture
async def mortal(runtime_url):
    database = MortalDatabase(runtime_url, pool_size=5)
    yield database
    await database.close()


async def lived(mortal, seed, every, chaos=None) -> Life:
    """One life, of every so many deeds; the next one's sweeps don't know of it."""
    life = await Life(mortal, dice_of(chaos) if chaos else None).open()
    await life.live(script(seed)[every - 1 :: every])
    async with mortal.directory() as tx:
        await tx.session.execute(text("delete from timers"))
        await tx.session.execute(text("delete from workspace_directory"))
    return life


@pytest.mark.parametrize(
    ("seed", "every"), [(1, 3), *(pytest.param(n, 1, marks=pytest.mark.slow) for n in (1, 2))]
)
async def test_restarts_change_nothing(mortal, seed, every):
    """Every third deed in `make test`, all of them in the slow ones."""
    calm = await lived(mortal, seed, every)
    wild = await lived(mortal, seed, every, chaos=f"chaos {seed}")
    expected, found = await calm.log(), await wild.log()
    assert len(expected) > 150 / every, "the office must be busy"
    for number, (one, other) in enumerate(zip(expected, found, strict=False)):
        assert one == other, f"entry {number} of {len(expected)}"
    assert len(expected) == len(found)
    assert wild.mortality.deaths > 30 / every, "the harness must kill"
    await check_moments(calm, prompt=True)
    await check_moments(wild, prompt=False)
    await check_nothing_stuck(calm)
    for life in (calm, wild):
        await life.audit.chain(life.tenant)
        assert (await life.audit.verify(life.tenant)).whole


async def check_moments(life: Life, *, prompt: bool) -> None:
    """Against the rules' own arithmetic, not against what the code under test computed."""
    said = defaultdict(list)
    for body in await life.bodies():
        moment = body["facts"].get("scheduled")
        if moment is not None:
            at = datetime.fromisoformat(moment)
            said[body["verb"], body["subject"]].append(at)
            late = datetime.fromisoformat(body["at"]) - at
            assert late >= timedelta(0)
            assert not prompt or late < timedelta(minutes=1)
    kinds = set()
    for request in await life.rows(ApprovalRequest):
        ends = request.settled_at or END
        sla = {"critical": 2 * HOUR, "high": 8 * HOUR}.get(request.urgency, 24 * HOUR)
        due, expiry = request.created_at + sla, request.created_at + timedelta(days=7)
        breached = said["approval.breached", str(request.id)]
        assert breached == ([due] if due <= ends else [])
        reminded = said["approval.reminded", str(request.id)]
        assert [one for one in reminded if one < due] == (
            [due - HOUR] if due - HOUR <= ends else []
        )
        # Later terms begin where the one before ended.
        assert all((one + HOUR - request.created_at) % sla == timedelta(0) for one in reminded)
        expired = said["approval.expired", str(request.id)]
        assert expired == ([expiry] if request.status == "expired" else [])
        assert (request.status == "pending") <= (expiry > END)
        kinds.add(request.status)
    assert kinds >= {"pending", "approved", "rejected", "expired", "voided"}


async def check_nothing_stuck(life: Life) -> None:
    """Every open seat has somebody who is active; what was approved is carried out."""
    voted = {vote.seat_id for vote in await life.rows(ApprovalVote)}
    pending = {one.id for one in await life.rows(ApprovalRequest) if one.status == "pending"}
    assert pending
    async with life.database.read(life.tenant) as tx:
        active = set(
            (await tx.session.execute(text("select id from members where active"))).scalars()
        )
    for seat in await life.rows(ApprovalSeat):
        if seat.request_id in pending and seat.id not in voted:
            assert (seat.delegate_id or seat.holder_id) in active
    carried = {one.carry_status for one in await life.rows(ApprovalRequest)}
    assert carried <= {"none", "done", "failed"}
