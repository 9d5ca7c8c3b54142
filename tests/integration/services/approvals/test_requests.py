"""Asking: what goes in, whom it goes to, and that one click is one request."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from db.models.approvals import ApprovalRequest
from db.models.customers import Deal
from db.models.tenants import Member
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.types.approvals import RequestStatus, Urgency
from tests.integration.services.approvals.company import NOW, make_company


@pytest.fixture
async def company(database):
    return await make_company(database)


async def test_a_discount_goes_to_whom_the_rules_name(company):
    done = await company.submit(percentage="12")
    request = await company.request(done.request_id)
    (seat,) = await company.seats(request)
    vps = {company.dana.id, company.victor.id, company.vera.id}
    assert done.status is RequestStatus.PENDING
    assert seat.holder_id in vps
    assert (request.needed, request.rule_version) == (1, 1)
    assert request.payload == {
        "type": "discount",
        "account": str(company.account.id),
        "deal": str(company.deal.id),
        "percentage": "12",
        "amount": "4800.00",
        "currency": "USD",
        "deal_amount_before": "40000.00",
        "deal_amount_after": "35200.00",
    }
    assert request.basis["stage"] == "evaluation"
    assert request.due_at == NOW + timedelta(hours=24)
    assert "VP of sales" in done.sentence
    assert "10:00 UTC on 22 Nov" in done.sentence
    assert await company.cards_of(request) == {company.rita.id, seat.holder_id}
    assert company.told == [(request.id, (seat.holder_id,), "request")]
    assert [subject for subject, _ in await company.timers()] == [request.id]
    (entry,) = await company.entries("approval.submitted")
    assert entry["actor"] == str(company.rita.id)
    assert entry["facts"]["hash"] == request.payload_hash


@pytest.mark.parametrize(
    ("share", "title"),
    [("4.99", "manager"), ("5", "sales_manager"), ("10", "vp_sales"), ("20", "cfo")],
)
async def test_the_bands_of_the_specification(company, share, title):
    (seat,) = await company.seats(await company.asked(percentage=share))
    assert seat.title == title


async def test_an_amount_is_judged_by_its_share_rounded_up(company):
    request = await company.asked(percentage="", amount="3999.90")
    (seat,) = await company.seats(request)
    assert request.percentage == Decimal(10)
    assert seat.title == "vp_sales"


async def test_a_discount_on_a_deal_without_amount_goes_to_the_strictest(company):
    await company.change(Deal, company.deal.id, amount=None)
    (seat,) = await company.seats(await company.asked(percentage="", amount="10"))
    assert seat.title == "cfo"


async def test_a_critical_one_rings(company):
    request = await company.asked(urgency=Urgency.CRITICAL)
    assert company.alarmed == [(request.id, tuple(await company.holders(request)))]
    assert request.due_at == NOW + timedelta(hours=2)


async def test_a_role_without_holders_goes_up_and_at_last_to_an_admin(company):
    for name in ("dana", "victor", "vera", "carl"):
        await company.change(Member, company.people[name].id, active=False)
    (seat,) = await company.seats(await company.asked(percentage="12"))
    assert seat.holder_id in {company.ada.id, company.adam.id}


async def test_with_nobody_at_all_the_request_stands_and_says_so(company):
    for name in ("dana", "victor", "vera", "carl", "ada", "adam"):
        await company.change(Member, company.people[name].id, active=False)
    request = await company.asked(percentage="12")
    assert await company.holders(request) == [None]
    assert request.status == "pending"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "loan"}, "type"),
        ({"deal_id": None}, "deal"),
        ({"percentage": "-5"}, "percentage"),
        ({"percentage": "NaN"}, "percentage"),
        ({"percentage": "1e400"}, "percentage"),
        ({"percentage": "150"}, "percentage"),
        ({"percentage": ""}, "percentage"),
        ({"amount": "5"}, "amount"),
        ({"percentage": "", "amount": "1,000"}, "amount"),
        ({"percentage": "", "amount": "40000.01"}, "amount"),
        ({"percentage": "", "amount": "Infinity"}, "amount"),
        ({"percentage": "", "amount": "5 EUR"}, "currency"),
        ({"currency": "EUR"}, "currency"),
        ({"reason": " \u200b\n"}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"type": "refund", "deal_id": None, "percentage": ""}, "account"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(company, changes, field):
    with pytest.raises(InvalidInput) as caught:
        await company.submit(**changes)
    assert caught.value.field == field
    assert await company.rows(ApprovalRequest) == []


async def test_a_closed_deal_takes_no_requests(company):
    await company.change(Deal, company.deal.id, stage="closed_won")
    with pytest.raises(InvalidInput) as caught:
        await company.submit()
    assert caught.value.field == "deal"


async def test_a_command_sent_twice_is_one_request_and_one_answer(company):
    """Attack 13: Slack shows a failure after three seconds, the person submits again."""
    first, second = await asyncio.gather(*(company.submit(command_id="view-1") for _ in range(2)))
    later = await company.submit(command_id="view-1", percentage="13")
    assert first == second == later
    assert len(await company.rows(ApprovalRequest)) == 1


async def test_another_tenants_command_of_the_same_id_is_independent(company, database):
    other = await make_company(database)
    mine, theirs = await company.submit(command_id="x"), await other.submit(command_id="x")
    assert mine.request_id != theirs.request_id


async def test_a_refused_command_may_be_sent_again(company):
    with pytest.raises(InvalidInput):
        await company.submit(command_id="v", percentage="150")
    assert (await company.submit(command_id="v")).status is RequestStatus.PENDING


async def test_the_same_thing_is_asked_once(company):
    results = await asyncio.gather(*(company.submit() for _ in range(5)), return_exceptions=True)
    refused = [str(one) for one in results if isinstance(one, Conflict)]
    assert len(refused) == 4
    assert refused[0] == "You are already asking for this: 12 % discount for Acme Robotics."
    await company.submit(percentage="13")
    await company.submit(company.cole)
    assert len(await company.rows(ApprovalRequest)) == 3


async def test_another_tenants_deal_is_not_there(company, database):
    other = await make_company(database)
    with pytest.raises(NotFound):
        await company.submit(deal_id=other.deal.id)
    with pytest.raises(NotFound):
        await company.submit(
            type="refund", deal_id=None, account_id=other.account.id, percentage="", amount="5 USD"
        )


async def test_whoever_left_asks_for_nothing(company):
    await company.change(Member, company.rita.id, active=False)
    with pytest.raises(NotFound):
        await company.submit()


# ── templates ───────────────────────────────────────────────────────────────────────────────────
AUTO = """
rules:
  - type: discount
    bands:
      - {from: 0, approver: manager}
auto_approvals:
  - {name: small, type: discount, risk: [low, medium, high], up_to: 5, per_member_per_month: 2}
"""


async def test_a_template_approves_within_its_caps_and_says_so(database):
    company = await make_company(database, rules=AUTO)
    results = await asyncio.gather(*(company.submit(percentage=f"{n}") for n in range(1, 5)))
    assert sorted(one.status for one in results) == ["approved", "approved", "pending", "pending"]
    auto = await company.rows(ApprovalRequest, ApprovalRequest.status == "approved")
    assert {(one.auto_template, one.carry_status, one.settled_surface) for one in auto} == {
        ("small", "queued", "rule")
    }
    assert {one.settled_by for one in auto} == {None}
    assert len(await company.queued("approval.carry")) == 2
    assert len(await company.entries("approval.auto_approved")) == 2
    for one in auto:
        assert await company.cards_of(one) == {company.rita.id}
        with pytest.raises(Conflict, match="by the rule “small”"):
            await company.decide(company.mona, one)
    company.clock.move(timedelta(days=12))
    assert (await company.submit(percentage="4.5")).status is RequestStatus.APPROVED


# ── taking back ─────────────────────────────────────────────────────────────────────────────────
async def test_its_requester_takes_it_back(company):
    request = await company.asked()
    await company.withdraw(company.rita, request)
    request = await company.request(request.id)
    assert (request.status, request.settled_by) == ("withdrawn", company.rita.id)
    assert await company.timers() == []
    with pytest.raises(Conflict, match="Rita Rep took this back at 10:00 UTC"):
        await company.decide(company.dana, request)
    assert (await company.submit()).status is RequestStatus.PENDING


async def test_an_admin_takes_it_back_and_nobody_else(company):
    request = await company.asked()
    for member in (company.cole, company.dana, company.mona):
        with pytest.raises(Forbidden, match="Rita Rep or an admin"):
            await company.withdraw(member, request)
    await company.withdraw(company.ada, request)
    assert company.told[-1] == (request.id, (company.rita.id,), "outcome")


async def test_another_tenants_request_is_not_there(company, database):
    request, other = await company.asked(), await make_company(database)
    with pytest.raises(NotFound):
        await other.withdraw(other.ada, request)
    with pytest.raises(NotFound):
        await other.decide(other.dana, request)
    with pytest.raises(NotFound):
        await other.delegate(other.dana, request, other.victor)
    assert (await company.request(request.id)).status == "pending"


async def test_withdrawing_and_approving_at_once_settle_once(company):
    request = await company.asked()
    (holder,) = await company.holders(request)
    decider = next(one for one in company.people.values() if one.id == holder)
    results = await asyncio.gather(
        company.withdraw(company.rita, request),
        company.decide(decider, request),
        return_exceptions=True,
    )
    (refused,) = [one for one in results if isinstance(one, Conflict)]
    assert str(refused).endswith(" at 10:00 UTC.")
    ended = {row["verb"] for row in await company.entries()}
    assert len(ended & {"approval.withdrawn", "approval.approved"}) == 1
