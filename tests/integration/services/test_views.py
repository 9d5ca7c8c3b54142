"""What people are shown is what is the case, and only what is theirs to see."""

from datetime import timedelta

import pytest

from db.models.customers import Deal
from services.errors import InvalidInput, NotFound
from services.members import MemberService
from services.types.model import Extraction, Finding, Sign, signal_of
from services.types.qualification import Criterion
from tests import factories as make
from tests.fakes.chat import FakeChat
from tests.integration.services.loop import ASK, asking, make_loop

BUDGET = "We have a budget of 40,000 USD"


def rich():
    return asking(
        findings=(
            Finding(criterion=Criterion.BUDGET, value="40,000 USD", confidence=0.8, quote=BUDGET),
        ),
        signals=(signal_of(Sign.BUDGET_STATED, 0.7, BUDGET),),
    )


async def told(loop):
    loop.model.extractions = [rich()]
    return await loop.proposed(f"{BUDGET}. {ASK}")


async def test_the_responders_card(loop):
    await told(loop)
    card = await loop.card()
    assert (card.state, card.reader_is_responder, card.responder_name) == (
        "pending",
        True,
        "Rita Rep",
    )
    assert (card.contact_name, card.contact_email) == ("Carla Customer", loop.contact.email)
    assert (card.account_name, card.account_health) == ("Acme", 72)
    assert card.deal is not None
    (change,) = card.changes
    assert (change.criterion, change.after, change.quote) == ("budget", "40,000 USD", BUDGET)
    assert Criterion.BUDGET not in card.gaps
    assert Criterion.CHAMPION in card.gaps
    assert card.draft.in_gmail
    assert card.draft.to == (loop.contact.email,)
    assert not card.first_contact
    assert (card.confidence, card.confidence_reason) == (0.6, "asked")


async def test_a_colleagues_card_says_who_has_it(loop):
    await told(loop)
    card = await loop.card(loop.cole)
    assert (card.reader_is_responder, card.responder_name) == (False, "Rita Rep")


async def test_bant_is_hidden_without_an_open_deal(loop):
    await loop.set(Deal, loop.deal.id, stage="closed_won")
    action = await told(loop)
    card = await loop.card()
    assert (card.deal, card.changes, card.gaps) == (None, (), ())
    assert card.asks[0].quote == ASK
    assert (await loop.views.why(loop.actor(loop.rita), action.id)).evidence == ()
    assert (await loop.accounts.brief(loop.actor(loop.rita), "Acme")).open_deals == ()


async def test_another_tenant_is_shown_nothing(loop, database):
    action = await told(loop)
    other = await make_loop(database)
    assert await loop.views.mail_card(other.tenant, action.id, other.rita.id) is None
    assert await loop.views.mail_card(loop.tenant, action.id, other.rita.id) is None
    assert await loop.views.mailbox_card(other.tenant, loop.box.id, other.rita.id) is None
    with pytest.raises(NotFound):
        await loop.views.why(other.actor(other.rita), action.id)
    assert (await loop.views.inbox(other.actor(other.rita))).items == ()
    assert (await loop.accounts.brief(other.actor(other.rita), "Acme")).events == ()


async def test_terminal_states_name_who_and_when(loop):
    action = await told(loop)
    await loop.actions.reject(
        loop.actor(loop.mona),
        action.id,
        revision=1,
        reason="Wrong report",
        surface="slack",
        command_id="c",
    )
    card = await loop.card()
    assert (card.state, card.decided_by, card.decision_reason) == (
        "rejected",
        "Mona Manager",
        "Wrong report",
    )
    assert card.decided_at == loop.clock.now()


async def test_feedback_is_shown_to_its_giver_only_and_can_change(loop):
    action = await told(loop)
    rita = loop.actor(loop.rita)
    for rating in (1, -1):
        await loop.feedback.rate(rita, action.id, rating=rating, reason=None, source="button")
        assert (await loop.card()).rating == rating
    assert (await loop.card(loop.cole)).rating is None
    await loop.feedback.rate(rita, action.id, rating=None, reason=None, source="button")
    assert (await loop.card()).rating is None
    with pytest.raises(InvalidInput):
        await loop.feedback.rate(rita, action.id, rating=5, reason=None, source="button")


async def test_the_inbox_shows_what_waits_for_me(loop):
    await told(loop)
    inbox = await loop.views.inbox(loop.actor(loop.rita))
    (item,) = inbox.items
    assert (item.title, item.why, inbox.total) == ("Acme · Carla Customer", ASK, 1)
    assert (await loop.views.inbox(loop.actor(loop.cole))).items == ()
    await loop.approve()
    assert (await loop.views.inbox(loop.actor(loop.rita))).total == 0


async def test_quiet_lists_what_was_kept_back_and_remembers_a_complaint(loop):
    loop.model.extractions = [Extraction(summary="Thanks.")]
    message_id = await loop.write("Thank you.")
    await loop.drain()
    rita = loop.actor(loop.rita)
    (item,) = (await loop.views.quiet(rita)).items
    assert (item.message_id, item.reason, item.should_have_told) == (
        message_id,
        "Asks nothing of you",
        False,
    )
    for _ in range(2):
        await loop.sorting.should_have_told_me(rita, message_id, command_id="c")
    (item,) = (await loop.views.quiet(rita)).items
    assert item.should_have_told
    loop.clock.move(timedelta(days=8))
    assert (await loop.views.quiet(rita)).items == ()


async def test_a_brief_asks_back_when_names_are_ambiguous(loop):
    async with loop.database.transaction(loop.tenant) as tx:
        for name in ("Acme North", "Acme South"):
            await make.make_account(tx, name=name, owner_id=loop.rita.id)
    rita = loop.actor(loop.rita)
    with pytest.raises(InvalidInput, match="Acme North, Acme South"):
        await loop.accounts.brief(rita, "cme")
    assert (await loop.accounts.brief(rita, "Acme")).name == "Acme", "an exact name wins"
    with pytest.raises(NotFound, match="know no account"):
        await loop.accounts.brief(rita, "Umbrella")
    with pytest.raises(InvalidInput, match="Which account"):
        await loop.accounts.brief(rita, " ")
    with pytest.raises(NotFound):
        await loop.accounts.brief(rita, "%")


async def test_a_brief_is_for_whom_the_account_is_assigned_to(loop):
    with pytest.raises(NotFound, match="among yours"):
        await loop.accounts.brief(loop.actor(loop.cole), "Acme")
    assert (await loop.accounts.brief(loop.actor(loop.mona), "Acme")).name == "Acme"
    async with loop.database.transaction(loop.tenant) as tx:
        await make.make_account_owner(
            tx, account_id=loop.account.id, member_id=loop.cole.id, function="support"
        )
    assert (await loop.accounts.brief(loop.actor(loop.cole), "Acme")).name == "Acme"


async def test_status_tells_whether_it_works(loop):
    await told(loop)
    await loop.switch(engaged=True)
    status = await loop.views.status(loop.actor(loop.rita))
    assert (status.model, status.offline, status.kill_switch, status.waiting) == (
        "scripted",
        False,
        True,
        1,
    )
    assert [box.address for box in status.mailboxes] == [loop.box.address]
    assert (await loop.views.status(loop.actor(loop.cole))).mailboxes == ()


async def test_why_shows_the_data_behind_a_card(loop):
    action = await told(loop)
    why = await loop.views.why(loop.actor(loop.rita), action.id)
    assert why.trigger == "A mail from Carla Customer asked for something."
    assert (why.verdict, why.model, why.confidence) == ("approval_required", "scripted", 0.6)
    assert why.evidence[0].evidence == BUDGET
    assert why.signals == (("budget stated", BUDGET, 0.7),)


async def test_home_says_what_is_missing(loop):
    home = await loop.views.home(loop.tenant, loop.cole.id)
    assert home.mailboxes.mine == ()
    assert any("Slack only" in notice for notice in home.notices)
    mine = await loop.views.home(loop.tenant, loop.rita.id)
    assert [box.address for box in mine.mailboxes.mine] == [loop.box.address]
    (account,) = mine.accounts.items
    assert (account.name, account.health, account.lifecycle) == ("Acme", 72, None)


async def test_the_home_tab_shows_the_approvals_the_member_last_chose(loop, database):
    async with database.transaction(loop.tenant) as tx:
        request = await make.make_approval_request(
            tx, requester=loop.rita, account_id=loop.account.id
        )
        await make.make_seat(tx, request, holder=loop.cole)
    home = await loop.views.home(loop.tenant, loop.rita.id)
    assert (home.approvals.which, home.approvals.total, home.decide.total) == ("asked", 1, 0)
    people = MemberService(db=database, clock=loop.clock, ids=loop.ids, chats=FakeChat())
    await people.prefer(loop.actor(loop.rita), "home_approvals", "decided")
    await people.prefer(loop.actor(loop.rita), "another", "wish")
    home = await loop.views.home(loop.tenant, loop.rita.id)
    assert (home.approvals.which, home.approvals.total) == ("decided", 0)
    coles = await loop.views.home(loop.tenant, loop.cole.id)
    assert (coles.approvals.which, coles.decide.total) == ("asked", 1)
    card = await loop.views.approval_card(loop.tenant, request.id, loop.cole.id)
    assert card.title == "10 % discount for Acme"
    other = await make_loop(database)
    assert await loop.views.approval_card(other.tenant, request.id, other.rita.id) is None
    assert (await loop.views.home(other.tenant, other.rita.id)).approvals.total == 0
