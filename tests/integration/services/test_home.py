"""The Home tab on real PostgreSQL: what each role is shown, and only what is theirs to see."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from blocks.home import home_view
from blocks.lint import view_faults
from db.models.conversations import Conversation
from db.models.tenants import Member
from services.errors import NotFound
from services.home import ACCOUNTS_SHOWN, INBOX_SHOWN
from services.home_filters import HomeService, filters_of
from services.types.home import HomeFilters, HomeView
from tests import factories as make
from tests.integration.services.loop import ASK, Loop, asking, make_loop

NOW = make.NOW


async def home_of(loop: Loop, member: Member) -> HomeView:
    view = await loop.views.home(loop.tenant, member.id)
    assert view is not None
    assert view_faults(home_view(view)) == []
    return view


def service(loop: Loop) -> HomeService:
    return HomeService(db=loop.database, clock=loop.clock, ids=loop.ids)


async def arrange(loop: Loop, member: Member, **filters: Any) -> HomeView:
    await service(loop).arrange(loop.actor(member), **filters)
    return await home_of(loop, member)


def names(view: HomeView) -> list[str]:
    return [line.name for line in view.accounts.items]


# ── What waits ──────────────────────────────────────────────────────────────────────────────────
async def test_what_waits_is_shown_with_its_account_and_ask(loop: Loop) -> None:
    loop.model.extractions = [asking()]
    await loop.proposed(ASK)
    view = await home_of(loop, loop.rita)
    (item,) = view.inbox.items
    assert (item.title, item.why) == ("Acme · Carla Customer", ASK)
    (account,) = view.accounts.items
    assert (account.name, account.waiting, account.stage) == ("Acme", 1, loop.deal.stage)
    assert account.last_contact is not None
    assert (await home_of(loop, loop.cole)).inbox.total == 0
    await loop.approve()
    assert (await home_of(loop, loop.rita)).inbox.items == ()


async def test_many_mails_come_in_pages_and_the_last_page_is_never_empty(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        for _ in range(2 * INBOX_SHOWN + 1):
            conversation = await make.make_conversation(tx, account_id=loop.account.id)
            message = await make.make_message(tx, conversation)
            draft = await make.make_draft(tx, conversation, message_id=message.id)
            await make.make_action(tx, conversation, owner_id=loop.rita.id, draft_id=draft.id)
    view = await home_of(loop, loop.rita)
    assert (len(view.inbox.items), view.inbox.total) == (INBOX_SHOWN, 2 * INBOX_SHOWN + 1)
    seen = {item.action_id for item in view.inbox.items}
    for page in (1, 2):
        view = await arrange(loop, loop.rita, inbox_page=page)
        assert view.inbox_page == page
        seen |= {item.action_id for item in view.inbox.items}
    assert len(seen) == view.inbox.total
    beyond = await arrange(loop, loop.rita, inbox_page=99)
    assert (beyond.inbox_page, len(beyond.inbox.items)) == (2, 1)


async def test_a_mail_that_begins_a_conversation_is_named_by_its_draft(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        conversation = await make.make_conversation(tx, account_id=loop.account.id)
        draft = await make.make_draft(tx, conversation)
        await make.make_revision(tx, draft, subject="Shall we talk?")
        await make.make_action(tx, conversation, owner_id=loop.rita.id, draft_id=draft.id)
    (item,) = (await home_of(loop, loop.rita)).inbox.items
    assert (item.title, item.why) == ("Acme · to carla@acme.test", "Shall we talk?")


async def test_approvals_wait_for_their_holder_only(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        for holder in (loop.mona, loop.cole):
            request = await make.make_approval_request(
                tx, requester=loop.rita, account_id=loop.account.id
            )
            await make.make_seat(tx, request, holder=holder)
        delegated = await make.make_approval_request(tx, requester=loop.rita)
        await make.make_seat(tx, delegated, holder=loop.cole, delegate_id=loop.mona.id)
    assert (await home_of(loop, loop.mona)).decide.total == 2
    assert (await home_of(loop, loop.cole)).decide.total == 1, "what a delegate has, they have"
    rita = await home_of(loop, loop.rita)
    assert (rita.decide.total, rita.approvals.total, rita.accounts.items[0].asked) == (0, 3, 2)


# ── Accounts ────────────────────────────────────────────────────────────────────────────────────
async def many_accounts(loop: Loop) -> None:
    """Forty of Rita's: by ownership, and by looking after them."""
    async with loop.database.transaction(loop.tenant) as tx:
        for number in range(40):
            account = await make.make_account(
                tx,
                name=f"Company {number:02}",
                health=number * 2 if number else None,
                industry=("Logistics", "Retail", None)[number % 3],
                owner_id=loop.rita.id if number % 2 else None,
            )
            if not number % 2:
                await make.make_account_owner(
                    tx, account_id=account.id, member_id=loop.rita.id, function="success"
                )
            if number % 4 == 0:
                await make.make_deal(tx, account_id=account.id, stage="negotiation")
        await make.make_account(tx, name="Somebody else's", owner_id=loop.cole.id)


async def test_all_assigned_accounts_are_reached_page_by_page(loop: Loop) -> None:
    await many_accounts(loop)
    view, seen = await home_of(loop, loop.rita), set()
    assert (view.accounts.everything, view.accounts.total) == (41, 41)
    for page in range(4):
        view = await arrange(loop, loop.rita, accounts_page=page)
        assert len(view.accounts.items) <= ACCOUNTS_SHOWN
        seen |= set(names(view))
    assert len(seen) == 41
    assert "Somebody else's" not in seen


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({"health": "poor"}, 19),
        ({"health": "very_good"}, 0),
        ({"health": "unknown"}, 1),
        ({"stage": "negotiation"}, 10),
        ({"stage": "none"}, 30),
        ({"search": "pany 3"}, 10),
        ({"search": "LOGIST"}, 14),
        ({"search": "%"}, 0),
        ({"search": "_"}, 0),
        ({"health": "poor", "search": "logist", "stage": "negotiation"}, 1),
        ({"stage": "nonsense", "health": "nonsense"}, 41),
    ],
)
async def test_accounts_are_found(loop: Loop, filters: dict[str, str], total: int) -> None:
    await many_accounts(loop)
    await arrange(loop, loop.rita, accounts_page=3)
    view = await arrange(loop, loop.rita, **filters)
    assert view.accounts.total == total
    assert view.accounts.page == 0, "a filter begins at the first page"
    assert (await home_of(loop, loop.cole)).accounts.filters == HomeFilters(), "each their own"


async def test_an_industry_is_chosen_by_its_key(loop: Loop) -> None:
    await many_accounts(loop)
    view = await home_of(loop, loop.rita)
    assert [name for _, name in view.accounts.industries] == ["Logistics", "Retail"]
    key = {name: key for key, name in view.accounts.industries}["Retail"]
    view = await arrange(loop, loop.rita, industry=key)
    assert {line.industry for line in view.accounts.items} == {"Retail"}
    assert view.accounts.total == 13


@pytest.mark.parametrize(
    ("function", "first"),
    [("sales", "Closes first"), ("success", "Renews first"), ("onboarding", "Onboards")],
)
async def test_the_order_follows_what_the_member_does(
    loop: Loop, function: str, first: str
) -> None:
    today = date(2026, 11, 21)
    async with loop.database.transaction(loop.tenant) as tx:
        closes = await make.make_account(tx, name="Closes first", owner_id=loop.cole.id)
        await make.make_deal(tx, account_id=closes.id, close_date=today + timedelta(days=3))
        later = await make.make_account(
            tx, name="Renews first", owner_id=loop.cole.id, renewal_date=today + timedelta(days=9)
        )
        await make.make_deal(tx, account_id=later.id, close_date=today + timedelta(days=30))
        await make.make_account(
            tx, name="Onboards", owner_id=loop.cole.id, lifecycle="onboarding", health=90
        )
        await make.make_account(tx, name="A quiet one", owner_id=loop.cole.id, health=10)
    await loop.set(Member, loop.cole.id, function=function)
    assert names(await home_of(loop, loop.cole))[0] == first


async def test_the_deal_that_closes_first_stands_for_the_account(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        for days, stage in ((3, "closed_won"), (20, "evaluation"), (9, "negotiation")):
            await make.make_deal(
                tx,
                account_id=loop.account.id,
                stage=stage,
                amount=Decimal(days * 1000),
                currency="EUR",
                close_date=date(2026, 12, 1) + timedelta(days=days),
            )
    (line,) = (await home_of(loop, loop.rita)).accounts.items
    assert (line.stage, line.amount, line.currency) == ("negotiation", Decimal(9000), "EUR")
    assert line.open_deals == 3


def test_stored_wishes_are_read_with_care() -> None:
    assert filters_of({"home": "nonsense"}) == HomeFilters()
    odd = {"health": 7, "accounts_page": "x", "inbox_page": -4, "search": None, "team_page": True}
    assert filters_of({"home": odd}).inbox_page == 0
    assert filters_of({"home": {"accounts_page": 10**9}}).accounts_page == 1000


# ── Figures and news ────────────────────────────────────────────────────────────────────────────
async def test_deals_are_summed_by_currency(loop: Loop) -> None:
    loop.clock.at = NOW
    async with loop.database.transaction(loop.tenant) as tx:
        for currency, amount, stage, day in (
            ("EUR", 1000, "evaluation", date(2026, 11, 30)),
            ("EUR", None, "stalled", date(2026, 12, 1)),
            ("USD", 5000, "discovery", date(2026, 11, 1)),
            ("EUR", 9999, "closed_won", date(2026, 11, 3)),
        ):
            await make.make_deal(
                tx,
                account_id=loop.account.id,
                owner_id=loop.cole.id,
                currency=currency,
                amount=amount,
                stage=stage,
                close_date=day,
            )
    pipeline = (await home_of(loop, loop.cole)).pipeline
    assert [(p.currency, p.deals, p.amount, p.unknown) for p in pipeline.open] == [
        ("EUR", 2, Decimal(1000), 1),
        ("USD", 1, Decimal(5000), 0),
    ]
    assert {(p.currency, p.amount) for p in pipeline.closing} == {
        ("EUR", Decimal(1000)),
        ("USD", Decimal(5000)),
    }
    assert (pipeline.stalled, pipeline.overdue) == (1, 1)


async def test_what_happened_since_the_last_visit(loop: Loop) -> None:
    home, rita = service(loop), loop.actor(loop.rita)
    loop.model.extractions = [asking()]
    await home.opened(rita)
    assert (await home_of(loop, loop.rita)).since.since is None
    left = loop.clock.now()
    loop.clock.move(timedelta(hours=3))
    await loop.approved()
    await loop.drain()
    action = await loop.action()
    assert action.status == "done"
    async with loop.database.transaction(loop.tenant) as tx:
        there = await tx.session.get_one(Conversation, (loop.tenant, loop.conversation.id))
        await make.make_message(tx, there, attention="quiet", received_at=loop.clock.now())
    await loop.set(type(loop.deal), loop.deal.id, stage_changed_at=loop.clock.now())
    await home.opened(rita)
    since = (await home_of(loop, loop.rita)).since
    assert (since.since, since.sent, since.answered, since.quiet) == (left, 1, 0, 1)
    assert since.moved == (1 if loop.deal.owner_id == loop.rita.id else 0)
    loop.clock.move(timedelta(minutes=5))
    await home.opened(rita)
    assert (await home_of(loop, loop.rita)).since.sent == 1, "a refresh wipes nothing"
    assert (await home_of(loop, loop.cole)).since.since is None


async def test_outcomes_are_told_to_whom_they_concern(loop: Loop) -> None:
    now = loop.clock.now()
    async with loop.database.transaction(loop.tenant) as tx:
        failed = await make.make_action(
            tx,
            loop.conversation,
            owner_id=loop.rita.id,
            account_id=loop.account.id,
            status="failed",
            decided_at=now - timedelta(hours=2),
            decision_reason="The mailbox is full.",
        )
        answered = await make.make_action(
            tx,
            loop.conversation,
            owner_id=loop.rita.id,
            account_id=loop.account.id,
            status="done",
            decided_at=now - timedelta(days=2),
        )
        await make.make_outcome(
            tx, answered, status="positive", resolved_at=now - timedelta(hours=1)
        )
        await make.make_card(
            tx, subject_id=failed.id, recipient_id=loop.rita.id, channel="D1", ts="1.2"
        )
        await make.make_approval_request(
            tx,
            requester=loop.rita,
            account_id=loop.account.id,
            status="rejected",
            settled_at=now - timedelta(hours=3),
            settled_by=loop.mona.id,
        )
        await make.make_action(
            tx,
            loop.conversation,
            owner_id=loop.rita.id,
            status="failed",
            decided_at=now - timedelta(days=20),
        )
    news = (await home_of(loop, loop.rita)).news
    assert [(n.kind, n.title, n.detail) for n in news] == [
        ("answered", "Acme", ""),
        ("failed", "Acme", "The mailbox is full."),
        ("rejected", "10 % discount for Acme", "Mona Manager"),
    ]
    assert (news[1].channel, news[1].ts) == ("D1", "1.2")
    assert (await home_of(loop, loop.cole)).news == ()


# ── Roles ───────────────────────────────────────────────────────────────────────────────────────
async def test_a_manager_sees_numbers_of_their_own_people(loop: Loop) -> None:
    for member in (loop.rita, loop.cole):
        await loop.set(Member, member.id, manager_id=loop.mona.id)
    now = loop.clock.now()
    async with loop.database.transaction(loop.tenant) as tx:
        await make.make_member(tx, name="Another's", manager_id=loop.rita.id)
        await make.make_action(
            tx, loop.conversation, owner_id=loop.rita.id, created_at=now - timedelta(hours=4)
        )
        request = await make.make_approval_request(
            tx, requester=loop.rita, due_at=now - timedelta(hours=1)
        )
        await make.make_seat(tx, request, holder=loop.cole)
    view = await home_of(loop, loop.mona)
    assert view.team is not None
    rita, cole = view.team.items
    assert (rita.name, rita.waiting, rita.oldest) == ("Rita Rep", 1, now - timedelta(hours=4))
    assert (cole.name, cole.waiting, cole.approvals, cole.overdue) == ("Cole League", 0, 1, 1)
    assert view.company is None
    assert (await home_of(loop, loop.rita)).team is None


async def test_an_executive_sees_the_company(loop: Loop) -> None:
    loop.clock.at = NOW
    await loop.set(Member, loop.cole.id, role="executive")
    async with loop.database.transaction(loop.tenant) as tx:
        sick = await make.make_account(tx, name="Sick", health=12)
        await make.make_deal(tx, account_id=sick.id, stage="negotiation", amount=Decimal(700))
        for stage, day, moved in (
            ("closed_won", date(2026, 11, 3), None),
            ("closed_won", date(2026, 11, 3), NOW - timedelta(days=60)),
            ("closed_lost", date(2026, 3, 3), NOW - timedelta(days=2)),
        ):
            await make.make_deal(
                tx, account_id=sick.id, stage=stage, close_date=day, stage_changed_at=moved
            )
        await make.make_action(
            tx, loop.conversation, owner_id=loop.rita.id, created_at=NOW - timedelta(days=3)
        )
        message = await make.make_message(tx, loop.conversation)
        draft = await make.make_draft(tx, loop.conversation, message_id=message.id)
        sent = await make.make_action(
            tx,
            loop.conversation,
            draft_id=draft.id,
            status="done",
            decided_at=NOW - timedelta(hours=5),
        )
        await make.make_effect(
            tx, sent, status="done", settled_at=message.received_at + timedelta(minutes=90)
        )
    company = (await home_of(loop, loop.cole)).company
    assert company is not None
    assert [stage for stage, _ in company.stages] == ["discovery", "negotiation"]
    assert [p.deals for p in company.won] == [1], "when somebody saw it close, that counts"
    assert [p.deals for p in company.lost] == [1]
    assert [(p.deals, p.amount) for p in company.at_risk] == [(1, Decimal(700))]
    assert (company.sent, company.approved, company.rejected) == (1, 1, 0)
    assert company.waiting_long == 1
    assert company.answer_minutes == 90


async def test_failed_jobs_are_an_admins_to_read_of(loop: Loop) -> None:
    view = await home_of(loop, loop.rita)
    assert view.status.held_jobs == 0
    assert [box.address for box in view.status.mailboxes] == [loop.box.address]
    await loop.set(Member, loop.cole.id, role="admin")
    boxes = (await home_of(loop, loop.cole)).status.mailboxes
    assert [box.address for box in boxes] == [loop.box.address], "all of the workspace"


async def test_another_tenant_shows_nothing_of_this_one(loop: Loop) -> None:
    loop.model.extractions = [asking()]
    await loop.proposed(ASK)
    other = await make_loop(loop.database)
    assert await loop.views.home(other.tenant, loop.rita.id) is None
    for role in ("rep", "manager", "executive", "admin"):
        await other.set(Member, other.rita.id, role=role)
        view = await home_of(other, other.rita)
        assert view.inbox.total == 0
        assert view.accounts.everything == 1
        if view.company:
            assert sum(purse.deals for _, purse in view.company.stages) == 1
    with pytest.raises(NotFound):
        await service(loop).arrange(other.actor(loop.rita), search="x")
    assert (await home_of(loop, loop.rita)).accounts.filters.search == ""
