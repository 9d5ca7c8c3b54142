"""How many seats wait for whom: counted in an index of those that wait, which must stay true
through everything that happens to a request."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from db.models.customers import Deal
from db.models.tenants import Member
from services.approvals.people import load_people
from services.approvals.timers import ApprovalTimers
from services.sweeps import SweepService
from tests.integration.services.approvals.company import TWO_OF_THREE, make_company

BY_DEFINITION = text("""
select coalesce(s.delegate_id, s.holder_id) as member_id, count(*) as load
from approval_requests r
join approval_seats s on s.tenant_id = r.tenant_id and s.request_id = r.id
where r.status = 'pending' and not exists (
    select from approval_votes v where v.tenant_id = s.tenant_id and v.seat_id = s.id)
group by 1
""")


@pytest.fixture
async def company(database):
    return await make_company(database, rules=TWO_OF_THREE)


async def loads(company):
    """By name, who has any; the same as by definition."""
    async with company.database.read(company.tenant) as tx:
        counted = {one.id: one.load for one in await load_people(tx) if one.load}
        found = (await tx.session.execute(BY_DEFINITION)).all()
    assert counted == {row.member_id: row.load for row in found if row.member_id}
    names = {member.id: name for name, member in company.people.items()}
    return {names[member_id]: load for member_id, load in counted.items()}


async def test_a_vote_a_delegation_and_a_settlement_take_seats_away(company):
    one, two = [await company.asked(percentage=share) for share in ("12", "13")]
    assert await loads(company) == {"dana": 2, "victor": 2, "vera": 2}
    await company.decide(company.dana, one)
    assert await loads(company) == {"dana": 1, "victor": 2, "vera": 2}
    await company.delegate(company.victor, two, company.cole)
    assert await loads(company) == {"dana": 1, "victor": 1, "vera": 2, "cole": 1}
    await company.decide(company.vera, one)
    assert await loads(company) == {"dana": 1, "vera": 1, "cole": 1}
    await company.decide(company.cole, two, "reject")
    assert await loads(company) == {}


async def test_a_vote_that_lapses_lets_its_seat_wait_again(company):
    request = await company.asked()
    await company.decide(company.dana, request)
    await company.change(Member, company.dana.id, titles=[])
    await company.decide(company.victor, request)
    # Dana's seat went to somebody else; Victor has spoken.
    waiting = await loads(company)
    assert sum(waiting.values()) == 2
    assert not {"dana", "victor"} & waiting.keys()


async def test_what_ends_undecided_waits_for_nobody(company):
    for how in ("withdraw", "void", "expire"):
        request = await company.asked()
        assert sum((await loads(company)).values()) == 3
        if how == "withdraw":
            await company.withdraw(company.rita, request)
        elif how == "void":
            await company.change(Deal, company.deal.id, stage="closed_lost")
            await company.rechecker.recheck(company.tenant, deal_id=company.deal.id)
            await company.change(Deal, company.deal.id, stage="evaluation")
        else:
            company.clock.move(timedelta(days=8))
            timers = {"approval": ApprovalTimers(deps=company.deps).due}
            await SweepService(company.database, company.clock, timers).tick()
        assert (await company.request(request.id)).status != "pending"
        assert await loads(company) == {}
