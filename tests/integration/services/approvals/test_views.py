"""What people are shown of approvals is what is the case, and only what is theirs to see."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from db.models.approvals import ApprovalQuestion, ApprovalSeat, ApprovalVote, Concession
from services.approvals.views import ApprovalViews, no_figures
from services.errors import InvalidInput, NotFound
from services.types.approval_views import FiguresView
from services.types.approvals import CarryStatus, RequestStatus, Surface
from services.types.people import Actor
from tests import factories as make
from tests.integration.services.approvals.desk import DAY, HOUR, Desk, open_desk
from tests.unit.approval_view_factory import make_figures_view


@pytest.fixture
def views(desk: Desk) -> ApprovalViews:
    return ApprovalViews(desk.database, desk.clock, no_figures)


async def card(desk, request_id, name):
    views = ApprovalViews(desk.database, desk.clock, no_figures)
    return await views.card(desk.tenant, request_id, desk.people[name].id)


async def change_seat(desk, request_id, **values):
    async with desk.database.transaction(desk.tenant) as tx:
        await tx.session.execute(
            update(ApprovalSeat).where(ApprovalSeat.request_id == request_id).values(**values)
        )


# ── One request ─────────────────────────────────────────────────────────────────────────────────
async def test_the_approver_sees_what_takes_effect_and_the_customer(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_deal(
            tx, account_id=desk.account.id, name="Old", stage="closed_won", amount=Decimal(5000)
        )
        await make.make_deal(
            tx, account_id=desk.account.id, name="Lost", stage="closed_lost", amount=Decimal(900)
        )
        await make.make_deal(
            tx, account_id=desk.account.id, name="Euro", amount=Decimal(700), currency="EUR"
        )
    found = await card(desk, await desk.ask("vera"), "vera")
    assert (found.part, found.may_decide, found.may_delegate) == ("approver", True, True)
    assert (found.title, found.requester) == ("10 % discount for Acme", "Rita")
    assert [(line.label, line.before, line.after) for line in found.effect] == [
        (f"Amount of {desk.deal.name}", "$20,000", "$18,000"),
        ("Discount", "", "10 % · $2,000"),
    ]
    own = desk.deal.amount or Decimal(0)
    assert (found.customer.value, found.customer.currency) == (own + 5000, "USD")
    assert found.deciders == ("Vera",)
    assert found.seen.payload_hash == "a" * 64
    assert [(seat.title, seat.holder) for seat in found.seats] == [("VP of sales", "Vera")]


async def test_who_got_it_by_escalation_is_not_called_the_requesters_manager(desk):
    request = await desk.ask("vera")
    await change_seat(desk, request, title="manager", escalated=True)
    found = await card(desk, request, "ada")
    assert [(seat.title, seat.holder) for seat in found.seats] == [("manager above", "Vera")]
    await change_seat(desk, request, escalated=False)
    found = await card(desk, request, "ada")
    assert [seat.title for seat in found.seats] == ["requester's manager"]


async def test_a_customers_worth_is_told_in_the_currency_they_pay(desk):
    request = await desk.ask("vera", type="refund", currency="CHF", deal_id=None, percentage=None)
    found = await card(desk, request, "vera")
    assert (found.customer.value, found.customer.currency) == (desk.deal.amount, "USD")


async def test_each_reader_has_their_part(desk):
    request = await desk.ask("vera")
    parts = {name: await card(desk, request, name) for name in ("rita", "vera", "victor", "ada")}
    assert {name: (c.part, c.may_decide) for name, c in parts.items()} == {
        "rita": ("requester", False),
        "vera": ("approver", True),
        "victor": ("informed", False),
        "ada": ("informed", False),
    }


async def test_a_rep_who_has_nothing_to_do_with_it_sees_nothing(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        other = await make.make_member(tx, name="Tom")
    views = ApprovalViews(desk.database, desk.clock, no_figures)
    assert await views.card(desk.tenant, await desk.ask("vera"), other.id) is None


async def test_another_tenant_sees_nothing(desk, database):
    request, other = await desk.ask("vera"), await open_desk(database)
    views = ApprovalViews(database, desk.clock, no_figures)
    assert await views.card(other.tenant, request, other.people["ada"].id) is None
    assert await views.card(other.tenant, request, desk.people["vera"].id) is None
    assert await views.card(desk.tenant, request, other.people["ada"].id) is None
    for which in ("mine", "asked", "all", "decided"):
        assert (await views.queue(other.actor("ada"), which)).total == 0
    deals = await views.deal_options(other.actor("rita"), "")
    assert [deal_id for deal_id, _ in deals] == [other.deal.id]
    people = await views.delegate_options(other.actor("vera"), "")
    assert {member_id for member_id, _ in people} <= {m.id for m in other.people.values()}
    stranger = Actor(
        tenant_id=other.tenant,
        member_id=desk.people["vera"].id,
        role=desk.actor("vera").role,
        name="Vera",
        timezone="UTC",
    )
    with pytest.raises(NotFound):
        await views.queue(stranger, "mine")


async def test_who_lost_the_title_is_offered_no_decision(desk):
    request = await desk.ask("vera")
    await desk.change("vera", titles=[])
    found = await card(desk, request, "vera")
    assert (found.may_decide, found.may_delegate, found.deciders) == (False, False, ())
    await desk.change("vera", titles=["vp_sales"], active=False)
    assert (await card(desk, request, "rita")).deciders == ()


async def test_a_delegate_decides_for_the_holder_and_cannot_hand_it_on(desk):
    request = await desk.ask("vera")
    chain = [
        {
            "from": str(desk.people["vera"].id),
            "to": str(desk.people["cleo"].id),
            "why": "Vera handed this to Cleo: back on Monday..",
            "at": desk.clock.now().isoformat(),
            "by": None,
        }
    ]
    await change_seat(desk, request, delegate_id=desk.people["cleo"].id, chain=chain)
    found = await card(desk, request, "cleo")
    assert (found.may_decide, found.may_delegate, found.deciding_for) == (True, False, "Vera")
    assert found.deciders == ("Cleo",)
    assert found.history == ("Vera handed this to Cleo: back on Monday.",)
    assert (await card(desk, request, "vera")).may_decide


async def test_a_vote_closes_its_seat_and_its_voter(desk):
    request = await desk.ask("vera", "victor", needed=2)
    await desk.vote(request, "vera")
    spoke, waits = await card(desk, request, "vera"), await card(desk, request, "victor")
    assert (spoke.may_decide, waits.may_decide) == (False, True)
    assert waits.deciders == ("Victor",)
    assert [(seat.choice, seat.voter) for seat in waits.seats] == [
        ("approve", "Vera"),
        (None, None),
    ]


async def test_an_admin_may_find_somebody_for_an_empty_seat(desk):
    request = await desk.ask(None)
    assert (await card(desk, request, "ada")).may_delegate
    assert not (await card(desk, request, "otto")).may_delegate


async def test_questions_earlier_concessions_and_what_is_late(desk):
    earlier, request = await desk.approved(), await desk.ask("vera")
    async with desk.database.transaction(desk.tenant) as tx:
        tx.session.add_all(
            [
                ApprovalQuestion(
                    tenant_id=desk.tenant,
                    id=desk.ids.new(),
                    created_at=desk.clock.now(),
                    request_id=request,
                    asked_by=desk.people["vera"].id,
                    question="Which term?",
                ),
                Concession(
                    tenant_id=desk.tenant,
                    id=desk.ids.new(),
                    created_at=datetime(2026, 3, 3, tzinfo=UTC),
                    request_id=earlier,
                    account_id=desk.account.id,
                    type="discount",
                    percentage=Decimal(5),
                    currency="USD",
                    conditions=["Two years"],
                ),
            ]
        )
    found = await card(desk, request, "vera")
    assert [(q.question, q.asked_by, q.answer) for q in found.questions] == [
        ("Which term?", "Vera", None)
    ]
    assert found.customer.granted_before == ("5 % discount, 3 Mar 2026, with 1 condition",)
    assert not found.overdue
    desk.clock.move(2 * DAY)
    assert (await card(desk, request, "vera")).overdue


async def test_an_approval_tells_who_how_and_what_came_of_it(desk):
    request = await desk.approved(settled_surface="link", carry_status="failed", carry_note="Why.")
    found = await card(desk, request, "rita")
    assert (found.status, found.settled_by, found.settled_surface) == (
        RequestStatus.APPROVED,
        "Vera",
        Surface.LINK,
    )
    assert (found.carry_status, found.carry_note, found.may_retry) == (
        CarryStatus.FAILED,
        "Why.",
        False,
    )
    assert found.conditions == ("Paid within 14 days",)
    assert (await card(desk, request, "ada")).may_retry


async def test_a_void_one_knows_the_fresh_one(desk):
    old = await desk.ask("vera", status="voided", settled_at=desk.clock.now())
    fresh = await desk.ask("vera", replaces_id=old)
    assert (await card(desk, old, "vera")).replaced_by == fresh
    assert (await card(desk, fresh, "vera")).replaces == old


async def test_how_long_a_decision_took_is_its_deciders_own(desk):
    request = await desk.ask("vera", "victor", needed=2)
    await desk.vote(request, "vera")
    async with desk.database.transaction(desk.tenant) as tx:
        await tx.session.execute(update(ApprovalVote).values(seconds=Decimal("4.2"), hasty=True))
    own, other = await card(desk, request, "vera"), await card(desk, request, "victor")
    assert (own.own_seconds, own.hasty) == (4.2, True)
    assert (other.own_seconds, other.hasty) == (None, False)


async def test_a_gated_action_shows_the_very_revision_that_was_asked_for(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        conversation = await make.make_conversation(tx)
        draft = await make.make_draft(tx, conversation, revision=2)
        await make.make_revision(tx, draft, number=1, text="What was asked for")
        await make.make_revision(tx, draft, number=2, text="Written since")
        action = await make.make_action(tx, conversation, draft_id=draft.id)
    request = await desk.ask(
        "vera",
        type="send_proposal",
        action_id=action.id,
        percentage=None,
        amount=None,
        deal_id=None,
        payload={"type": "send_proposal", "draft": str(draft.id), "revision": 1},
    )
    found = await card(desk, request, "vera")
    assert (found.draft.revision, found.draft.text) == (1, "What was asked for")
    assert found.effect == ()
    assert found.title.startswith("Proposal for Acme: “")


# ── Queues ──────────────────────────────────────────────────────────────────────────────────────
async def test_queues_are_sorted_by_due_time_and_hold_what_their_name_says(desk, views):
    late = await desk.ask("vera", due_at=desk.clock.now() - HOUR)
    soon = await desk.ask("vera", due_at=desk.clock.now() + HOUR, type="refund", percentage=None)
    others = await desk.ask("victor", requester="mona")
    done = await desk.approved(settled_at=desk.clock.now() - HOUR)
    old = await desk.approved(settled_at=desk.clock.now() - timedelta(days=20))

    async def listed(name, which, type_=None):
        view = await views.queue(desk.actor(name), which, type_)
        return [item.request_id for item in view.items]

    assert await listed("vera", "mine") == [late, soon]
    assert await listed("vera", "mine", "refund") == [soon]
    assert await listed("rita", "asked") == [late, soon]
    assert await listed("rita", "all") == [late, soon]
    assert await listed("ada", "all") == [late, soon, others]
    assert await listed("rita", "decided") == [done]
    assert old not in await listed("ada", "decided")
    first = (await views.queue(desk.actor("ada"), "all")).items[0]
    assert (first.overdue, first.deciders, first.requester) == (True, ("Vera",), "Rita")
    settled = (await views.queue(desk.actor("rita"), "decided")).items[0]
    assert (settled.status, settled.deciders) == (RequestStatus.APPROVED, ("Vera",))


async def test_what_was_handed_on_or_voted_waits_no_longer(desk, views):
    handed, voted = await desk.ask("vera"), await desk.ask("vera", "victor", needed=2)
    await change_seat(desk, handed, delegate_id=desk.people["cleo"].id)
    await desk.vote(voted, "vera")
    assert (await views.queue(desk.actor("vera"), "mine")).total == 0
    assert (await views.queue(desk.actor("cleo"), "mine")).total == 1
    assert (await views.queue(desk.actor("victor"), "mine")).total == 1


async def test_a_queue_counts_more_than_it_shows_and_knows_the_readers_card(desk, views):
    requests = [await desk.ask("vera") for _ in range(17)]
    async with desk.database.transaction(desk.tenant) as tx:
        for name in ("vera", "rita"):
            await make.make_card(
                tx,
                kind="approval",
                subject_id=requests[0],
                recipient_id=desk.people[name].id,
                channel=f"D-{name}",
                ts="1.1",
            )
    view = await views.queue(desk.actor("vera"), "mine")
    assert (len(view.items), view.total) == (15, 17)
    assert [i.channel for i in view.items if i.request_id == requests[0]] in (["D-vera"], [])
    assert {i.channel for i in view.items} <= {"D-vera", None}


async def test_an_absence_is_told_in_days_of_the_readers_zone(desk, views):
    actor = desk.actor("vera")
    today = desk.clock.now().date()
    await desk.absences.set_absence(
        actor,
        first=today,
        last=today + 2 * DAY,
        delegate_id=desk.people["cleo"].id,
        command_id="away",
    )
    told = (await views.queue(actor, "mine")).absence
    assert told == "You are out of office until 23 Nov. Cleo decides for you."
    assert (await views.queue(desk.actor("cleo"), "mine")).absence is None


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────
async def test_a_form_begins_with_the_account_and_its_only_deal(desk, views):
    form = await views.form(desk.actor("rita"), "discount", account="acme", text="x" * 4000)
    assert form.account == (desk.account.id, "Acme")
    assert form.deal == (desk.deal.id, f"{desk.deal.name} · Acme")
    assert len(form.evidence) == 1500
    assert (await views.form(desk.actor("rita"), "refund")).account is None
    with pytest.raises(NotFound, match="no account like"):
        await views.form(desk.actor("rita"), "refund", account="Nobody")
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_account(tx, name="Acme Two")
        await make.make_account(tx, name="Acme Three")
    with pytest.raises(InvalidInput, match="Several accounts fit"):
        await views.form(desk.actor("rita"), "refund", account="cme")


async def test_open_deals_are_offered_the_own_ones_first(desk, views):
    async with desk.database.transaction(desk.tenant) as tx:
        other = await make.make_account(tx, name="A100%")
        theirs = await make.make_deal(tx, account_id=other.id, name="Theirs")
        await make.make_deal(tx, account_id=other.id, name="Gone", stage="closed_lost")
    found = await views.deal_options(desk.actor("rita"), "")
    assert [deal_id for deal_id, _ in found] == [desk.deal.id, theirs.id]
    assert await views.deal_options(desk.actor("rita"), "100%") == ((theirs.id, "Theirs · A100%"),)
    assert await views.deal_options(desk.actor("rita"), "_") == ()


async def test_colleagues_who_lead_are_offered_to_decide(desk, views):
    await desk.change("victor", active=False)
    found = await views.delegate_options(desk.actor("vera"), "")
    assert [name for _, name in found] == ["Ada", "Cleo", "Mona", "Otto"]
    assert [name for _, name in await views.delegate_options(desk.actor("vera"), "cl")] == ["Cleo"]


async def test_figures_come_from_where_they_are_counted(desk):
    asked = []

    async def counted(actor: Actor, days: int) -> FiguresView:
        asked.append((actor.name, days))
        return make_figures_view()

    views = ApprovalViews(desk.database, desk.clock, counted)
    assert (await views.figures(desk.actor("ada"), 7)).own.days == 30
    assert asked == [("Ada", 7)]
    with pytest.raises(NotFound):
        await ApprovalViews(desk.database, desk.clock, no_figures).figures(desk.actor("ada"))
