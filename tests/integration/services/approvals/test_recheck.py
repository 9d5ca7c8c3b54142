"""What was asked has changed: the old request is void and says so, a fresh one stands in its
place."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from db.models.actions import Action
from db.models.approvals import ApprovalRequest
from db.models.cards import Card
from db.models.customers import Deal
from db.models.drafts import Draft
from db.models.tenants import Member
from services.approvals.recheck import deals_changed
from services.errors import Conflict
from services.seed_files import SeedFile
from services.seeding import SeedService
from services.types.approvals import Decided, RequestStatus
from tests import factories as make
from tests.integration.services.approvals.company import make_company
from tests.integration.services.rollout_desk import make_farewell

DEFAULTS = """
rules:
  - type: discount
    bands:
      - {from: 0, approver: manager}
      - {from: 5, approver: sales_manager}
      - {from: 10, approver: vp_sales}
"""
STRICTER = DEFAULTS + "      - {from: 12, approver: cfo}\n"
LOOSER = """
rules:
  - type: discount
    bands:
      - {from: 0, approver: manager}
"""
GATED = (
    DEFAULTS
    + """
  - type: discuss_pricing
    bands:
      - {from: 0, approver: sales_manager}
"""
)
PRICES = "Hello Carla,\n\npricing depends on the number of seats.\n\nBest regards\nRita"


@pytest.fixture
async def company(database):
    return await make_company(database)


def person(company, member_id):
    return next(one for one in company.people.values() if one.id == member_id)


async def holder_of(company, request):
    (holder,) = await company.holders(request)
    return person(company, holder)


# ── the deal ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stage": "negotiation"}, "The deal moved from evaluation to negotiation."),
        ({"amount": Decimal(60_000)}, "amount changed from 40,000 USD to 60,000 USD."),
        ({"close_date": date(2027, 3, 1)}, "close date changed from none to 2027-03-01."),
        ({"currency": "EUR"}, "The deal is in EUR now, no longer in USD."),
    ],
)
async def test_a_decision_on_a_deal_that_moved_voids_and_asks_anew(company, change, why):
    request = await company.asked()
    decider = await holder_of(company, request)
    await company.change(Deal, company.deal.id, **change)
    done = await company.decide(decider, request, command_id="click")
    assert (done.status, done.counted) == (RequestStatus.VOIDED, False)
    assert why in done.sentence
    assert await company.votes(request) == []
    old, fresh = await company.request(request.id), await company.request(done.fresh_id)
    assert (old.status, old.settled_by, fresh.status) == ("voided", None, "pending")
    assert why in old.settled_reason
    assert fresh.replaces_id == old.id
    anew = await holder_of(company, fresh)
    to = "you" if anew.id == decider.id else anew.name
    assert done.sentence.endswith(f"Your decision doesn't count. A fresh request went to {to}.")
    assert fresh.payload_hash != old.payload_hash or change.keys() & {"stage", "close_date"}
    assert [subject for subject, _ in await company.timers()] == [fresh.id]
    assert company.told[-1] == (old.id, (company.rita.id,), "outcome")
    assert await company.decide(decider, request, command_id="click") == done
    with pytest.raises(Conflict, match="no longer counts"):
        await company.decide(decider, request)
    again = await company.decide(await holder_of(company, fresh), fresh)
    assert again.status is RequestStatus.APPROVED


async def test_the_fresh_one_keeps_the_number_that_was_given(company):
    by_share = await company.asked(percentage="12")
    by_amount = await company.asked(percentage="", amount="1000")
    await company.change(Deal, company.deal.id, amount=Decimal(10_000))
    assert await company.rechecker.recheck(company.tenant, deal_id=company.deal.id) == 2
    found = {
        one.replaces_id: one
        for one in await company.rows(ApprovalRequest, ApprovalRequest.status == "pending")
    }
    share, amount = found[by_share.id], found[by_amount.id]
    assert (share.percentage, share.amount) == (Decimal(12), Decimal(1200))
    assert (amount.percentage, amount.amount) == (Decimal(10), Decimal(1000))
    titles = {(await company.seats(one))[0].title for one in (share, amount)}
    assert titles == {"vp_sales"}, "one of them was the manager's before"


async def test_a_closed_deal_voids_and_asks_nothing(company):
    request = await company.asked()
    await company.change(Deal, company.deal.id, stage="closed_lost")
    done = await company.decide(await holder_of(company, request), request)
    assert (done.status, done.fresh_id) == (RequestStatus.VOIDED, None)
    assert "There is nothing to decide now." in done.sentence
    assert len(await company.rows(ApprovalRequest)) == 1
    cards = {card.recipient_id: card for card in await company.rows(Card)}
    assert cards[company.rita.id].fresh_rev > 0, "whoever asked is to notice"


async def test_what_is_no_longer_possible_is_only_voided_and_says_why(company):
    request = await company.asked(percentage="", amount="30000")
    await company.change(Deal, company.deal.id, amount=Decimal(20_000))
    done = await company.decide(await holder_of(company, request), request)
    assert done.fresh_id is None
    assert "This is more than the whole deal." in done.sentence
    assert len(await company.rows(ApprovalRequest)) == 1


async def test_whoever_may_not_decide_voids_nothing(company):
    request = await company.asked()
    await company.change(Deal, company.deal.id, stage="negotiation")
    with pytest.raises(Exception, match="may decide this"):
        await company.decide(company.cole, request)
    assert (await company.request(request.id)).status == "pending"


async def test_another_owner_of_the_deal_changes_nothing(company):
    request = await company.asked()
    await company.change(Deal, company.deal.id, owner_id=company.cole.id, version=7)
    assert await company.rechecker.recheck(company.tenant, deal_id=company.deal.id) == 0
    done = await company.decide(await holder_of(company, request), request)
    assert done.status is RequestStatus.APPROVED


async def test_seeding_a_moved_deal_has_its_requests_looked_at_again(company, database):
    request = await company.asked()
    seeds = SeedService(
        db=database,
        clock=company.clock,
        ids=company.ids,
        audit=company.audit,
        farewell=make_farewell(company.clock, company.ids, company.audit),
    )
    row = "name,account,stage,amount,owner_email\n{},Acme Robotics,{},{},{}\n"

    async def seed(stage, amount, owner):
        data = row.format(company.deal.name, stage, amount, owner.email).encode()
        await seeds.seed(company.tenant, [SeedFile(label="deals.csv", stem="deals", data=data)])
        return await company.queued("approvals.recheck")

    assert await seed("evaluation", "40000", company.cole) == []
    (job,) = await seed("negotiation", "40000", company.cole)
    assert job["deal_id"] == str(company.deal.id)
    assert await company.rechecker.recheck(company.tenant, deal_id=company.deal.id) == 1
    assert await company.rechecker.recheck(company.tenant, deal_id=company.deal.id) == 0
    assert (await company.request(request.id)).status == "voided"


async def test_only_deals_with_pending_requests_make_work(company, database):
    await company.asked()
    async with database.transaction(company.tenant) as tx:
        other = await make.make_deal(tx, account_id=company.account.id)
        await deals_changed(tx, {other.id, company.deal.id})
    (job,) = await company.queued("approvals.recheck")
    assert job["deal_id"] == str(company.deal.id)


async def test_another_tenants_recheck_sees_nothing_of_ours(company, database):
    request, other = await company.asked(), await make_company(database)
    await company.change(Deal, company.deal.id, stage="negotiation")
    assert await other.rechecker.recheck(other.tenant, deal_id=company.deal.id) == 0
    assert await other.rechecker.recheck(other.tenant) == 0
    assert (await company.request(request.id)).status == "pending"


async def test_decisions_and_the_job_at_once_void_once(company):
    request = await company.asked()
    decider = await holder_of(company, request)
    await company.change(Deal, company.deal.id, stage="negotiation")
    results = await asyncio.gather(
        *(company.decide(decider, request) for _ in range(10)),
        *(company.rechecker.recheck(company.tenant, deal_id=company.deal.id) for _ in range(3)),
        return_exceptions=True,
    )
    voided = [one for one in results if isinstance(one, Decided)]
    by_job = [one for one in results if isinstance(one, int) and one]
    assert len(voided) + len(by_job) == 1
    assert {type(one) for one in results} <= {Decided, int, Conflict}
    assert sorted(one.status for one in await company.rows(ApprovalRequest)) == [
        "pending",
        "voided",
    ]


async def test_a_deal_can_not_move_between_the_judging_and_the_vote(company):
    """The decision holds the deal: whoever moves it waits until the vote is committed."""
    request = await company.asked()
    decider = await holder_of(company, request)
    order: list[str] = []

    async def slow(_tx, _request, _ids, kind):
        if kind == "outcome":
            moving = asyncio.create_task(move())
            await asyncio.sleep(0.2)
            order.append("decided")
            assert not moving.done()

    async def move():
        # Past the guard that one transaction is open at a time: somebody else's, at the same time.
        engine = company.database.engine.execution_options(isolation_level="READ COMMITTED")
        async with engine.begin() as connection:
            await connection.exec_driver_sql(
                f"select set_config('app.tenant_id', '{company.tenant}', true)"
            )
            await connection.exec_driver_sql(
                f"update deals set stage = 'negotiation' where id = '{company.deal.id}'"
            )
        order.append("moved")

    company.decisions = replace(
        company.decisions, deps=replace(company.decisions.deps, notify=slow)
    )
    assert (await company.decide(decider, request)).status is RequestStatus.APPROVED
    async with asyncio.timeout(60):
        while len(order) < 2:  # noqa: ASYNC110 - another connection's commit
            await asyncio.sleep(0.01)
    assert order == ["decided", "moved"]


# ── the rules ───────────────────────────────────────────────────────────────────────────────────
async def test_a_rule_that_tightened_voids_and_routes_higher(company):
    request = await company.asked(percentage="12")
    decider = await holder_of(company, request)
    await company.apply(STRICTER)
    done = await company.decide(decider, request)
    assert (done.status, done.counted) == (RequestStatus.VOIDED, False)
    assert "rules have become stricter" in done.sentence
    assert done.sentence.endswith(f"A fresh request went to {company.carl.name}.")
    fresh = await company.request(done.fresh_id)
    assert await company.holders(fresh) == [company.carl.id]
    assert fresh.rule_version == 2
    assert company.carl.id in await company.cards_of(fresh)


async def test_rules_that_are_not_stricter_leave_it_and_are_looked_at_once(company):
    request = await company.asked(percentage="12")
    await company.apply(LOOSER)
    assert await company.rechecker.recheck(company.tenant) == 0
    assert (await company.request(request.id)).route["judged"] == 2
    done = await company.decide(await holder_of(company, request), request)
    assert done.status is RequestStatus.APPROVED


async def test_a_decision_under_newer_rules_that_are_not_stricter_counts(company):
    request = await company.asked(percentage="12")
    await company.apply(LOOSER)
    done = await company.decide(await holder_of(company, request), request)
    assert done.status is RequestStatus.APPROVED


async def test_the_job_finds_all_that_the_rules_tightened(company):
    low = [await company.asked(percentage=f"{n}") for n in (1, 6, 10)]
    high = [await company.asked(percentage=f"{n}") for n in (12, 15)]
    await company.apply(STRICTER)
    assert await company.rechecker.recheck(company.tenant) == 2
    assert await company.rechecker.recheck(company.tenant) == 0
    assert {(await company.request(one.id)).status for one in low} == {"pending"}
    assert {(await company.request(one.id)).status for one in high} == {"voided"}


async def test_a_fresh_request_waits_for_a_person_though_a_template_fits(company):
    request = await company.asked(percentage="", amount="4800")
    rules = (
        DEFAULTS
        + """
auto_approvals:
  - {name: any, type: discount, risk: [low, medium, high], up_to: 15, per_member_per_month: 9}
"""
    )
    await company.apply(rules)
    await company.change(Deal, company.deal.id, amount=Decimal(80_000))
    await company.rechecker.recheck(company.tenant, deal_id=company.deal.id)
    (fresh,) = await company.rows(ApprovalRequest, ApprovalRequest.replaces_id == request.id)
    assert (fresh.status, fresh.auto_template) == ("pending", None)


async def test_whoever_asked_and_left_is_not_asked_for_again(company):
    request = await company.asked()
    await company.change(Member, company.rita.id, active=False)
    await company.change(Deal, company.deal.id, stage="negotiation")
    done = await company.decide(await holder_of(company, request), request)
    assert done.fresh_id is None
    assert "Whoever asked is no longer here." in done.sentence


# ── drafts ──────────────────────────────────────────────────────────────────────────────────────
async def gated(company):
    """A draft that the rules want a request for, and the request."""
    async with company.database.transaction(company.tenant) as tx:
        talk = await make.make_conversation(tx, account_id=company.account.id)
        box = await make.make_mailbox(tx, member=company.rita)
        draft = await make.make_draft(tx, talk, mailbox_id=box.id)
        action = await make.make_action(
            tx, talk, type="discuss_pricing", owner_id=company.rita.id, draft_id=draft.id
        )
        await make.make_revision(tx, draft, text=PRICES)
    done = await company.submit(
        type="discuss_pricing",
        deal_id=None,
        percentage="",
        action_id=action.id,
        revision=1,
    )
    return await company.request(done.request_id), action, draft


async def revise(company, draft):
    async with company.database.transaction(company.tenant) as tx:
        found = await tx.session.get_one(Draft, (company.tenant, draft.id))
        await make.make_revision(tx, found, text=PRICES)


async def test_an_approved_draft_is_exactly_the_revision_that_was_asked(database):
    company = await make_company(database, rules=GATED)
    request, action, draft = await gated(company)
    assert request.payload["revision"] == 1
    assert request.payload["action"] == str(action.id)
    assert await company.holders(request) == [company.sam.id]
    await revise(company, draft)
    done = await company.decide(company.sam, request)
    assert (done.status, done.counted) == (RequestStatus.VOIDED, False)
    assert "The text has changed" in done.sentence
    fresh = await company.request(done.fresh_id)
    assert (fresh.payload["revision"], fresh.action_id) == (2, action.id)
    assert (await company.decide(company.sam, fresh)).status is RequestStatus.APPROVED


async def test_a_drafts_approval_is_asked_for_once_whoever_asks(database):
    company = await make_company(database, rules=GATED)
    request, action, _ = await gated(company)
    again = {"type": "x", "deal_id": None, "percentage": "", "action_id": action.id, "revision": 1}
    results = await asyncio.gather(
        *(company.submit(person, **again) for person in (company.rita, company.mona, company.ada)),
        return_exceptions=True,
    )
    assert {str(one) for one in results} == {
        "Rita Rep is already asking for this. The card says who decides."
    }
    await company.withdraw(company.rita, request)
    results = await asyncio.gather(
        *(company.submit(person, **again) for person in (company.rita, company.mona, company.ada)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Submitted"]


async def test_a_pending_request_counts_before_others_of_the_same_moment(database):
    company = await make_company(database, rules=GATED)
    request, action, _ = await gated(company)
    for _ in range(6):
        await company.withdraw(company.rita, request)
        asked = await company.submit(
            company.rita, type="x", deal_id=None, percentage="", action_id=action.id, revision=1
        )
        with pytest.raises(Conflict, match="already asking"):
            await company.submit(
                company.mona, type="x", deal_id=None, percentage="", action_id=action.id, revision=1
            )
        request = await company.request(asked.request_id)


async def test_a_new_revision_is_found_by_the_job_too(database):
    company = await make_company(database, rules=GATED)
    request, action, draft = await gated(company)
    await company.change(Draft, draft.id, status="preparing")
    assert await company.rechecker.recheck(company.tenant, action_id=action.id) == 0
    with pytest.raises(Conflict, match="being written"):
        await company.decide(company.sam, request)
    await revise(company, draft)
    assert await company.rechecker.recheck(company.tenant, action_id=action.id) == 1
    assert await company.rechecker.recheck(company.tenant, action_id=action.id) == 0


@pytest.mark.parametrize(
    ("model", "status"), [(Draft, "sent_by_hand"), (Action, "voided"), (Action, "handled")]
)
async def test_a_draft_that_is_no_longer_open_is_only_voided(database, model, status):
    company = await make_company(database, rules=GATED)
    request, action, draft = await gated(company)
    await company.change(model, (draft if model is Draft else action).id, status=status)
    assert await company.rechecker.recheck(company.tenant, action_id=action.id) == 1
    assert (await company.request(request.id)).status == "voided"
    assert len(await company.rows(ApprovalRequest)) == 1


async def test_a_type_the_rules_no_longer_gate_is_only_voided(database):
    company = await make_company(database, rules=GATED)
    request, _, _ = await gated(company)
    await company.apply(DEFAULTS, version=3)
    assert await company.rechecker.recheck(company.tenant) == 1
    request = await company.request(request.id)
    assert (request.status, request.settled_reason) == (
        "voided",
        "The rules no longer ask for this approval.",
    )
    assert len(await company.rows(ApprovalRequest)) == 1
