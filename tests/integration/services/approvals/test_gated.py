"""Gated drafts: no click sends them, an approved request does, exactly what it approved."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from db.approvals import get_case_facts
from db.models.actions import Effect
from db.models.approvals import ApprovalRequest, ApprovalVote
from db.models.cards import Card
from db.models.tenants import Member, Tenant
from db.session import Database
from handlers.middleware import Actors
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.parse import parse
from services.members import MemberService
from services.metrics import VOTES
from services.outcomes.kinds import Window
from services.types.approvals import RequestForm, Seen, Surface, VoteChoice
from services.types.mail import Address
from services.types.views import GateView
from services.undo_waits import UndoWaits
from tests import factories as make
from tests.fakes.chat import FakeChat
from tests.integration.services.approvals.gated_loop import (
    CHEAPER,
    NEVER,
    PLAIN,
    QUORUM,
    RULES,
    GatedLoop,
    make_gated,
)


@pytest.fixture
async def gated(database: Database) -> GatedLoop:
    return await make_gated(database)


async def gate(gated: GatedLoop) -> GateView:
    view = await gated.loop.card()
    assert view.gate is not None
    return view.gate


# ── no click ────────────────────────────────────────────────────────────────────────────────────
async def test_nobody_approves_it_by_a_click(gated: GatedLoop) -> None:
    await gated.proposed()
    loop = gated.loop
    for person in (loop.rita, loop.mona, gated.ada):
        with pytest.raises(Conflict, match="Ask for approval"):
            await loop.approve(person)
    assert (await loop.action()).status == "pending"
    assert await loop.rows(Effect) == []
    assert "action.approved" not in await loop.verbs()
    assert (await gate(gated)).status == "none"


async def test_a_click_while_it_is_asked_says_who_decides(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    with pytest.raises(Conflict, match="Victor Hahn decides there"):
        await gated.loop.approve(gated.loop.mona)


async def test_without_rules_and_without_a_rule_for_it_nothing_changes(database: Database) -> None:
    plain = await make_gated(database, rules=None)
    await plain.proposed()
    assert (await plain.loop.card()).gate is None
    await plain.apply(RULES.replace("discuss_pricing", "negotiate_terms"))
    await plain.loop.drain()
    await plain.loop.approve()
    await plain.loop.drain()
    assert len(plain.loop.sent) == 1


async def test_a_rule_that_comes_later_shows_on_cards_that_wait(database: Database) -> None:
    later = await make_gated(database, rules=None)
    await later.proposed()
    assert (await later.loop.card()).gate is None
    shown = [card.wanted_rev for card in await later.loop.rows(Card)]
    await later.apply(RULES)
    await later.loop.drain()
    assert [card.wanted_rev for card in await later.loop.rows(Card)] == [n + 1 for n in shown]
    await later.apply(RULES.replace("vp_sales", "cfo"))
    await later.loop.drain()
    assert [card.wanted_rev for card in await later.loop.rows(Card)] == [n + 1 for n in shown]


async def test_a_plain_mail_leaves_by_a_click_where_prices_are_gated(gated: GatedLoop) -> None:
    await gated.proposed(PLAIN)
    assert (await gated.loop.card()).gate is None
    with pytest.raises(Conflict, match="needs no approval request"):
        await gated.ask()
    await gated.loop.approve()
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1


async def test_any_sentence_gates_not_only_the_first(gated: GatedLoop) -> None:
    """What the text is called is the strictest of what it does; a rule for another part of it
    counts all the same."""
    await gated.apply(RULES.replace("discuss_pricing", "send_proposal"))
    words = "Pricing depends on the number of seats. Here is our proposal."
    await gated.proposed(words)
    action = await gated.loop.action()
    assert action.type != "send_proposal"
    assert (await gate(gated)).type == "send_proposal"
    with pytest.raises(Conflict, match="send proposal"):
        await gated.loop.approve()


async def test_rules_of_another_workspace_gate_nothing_here(
    gated: GatedLoop, database: Database
) -> None:
    other = await make_gated(database, rules=None)
    await other.proposed()
    await other.loop.approve()
    with pytest.raises(NotFound):
        await gated.requests.submit(
            gated.loop.actor(gated.loop.rita),
            RequestForm(
                type="discuss_pricing",
                reason="Theirs",
                action_id=(await other.loop.action()).id,
                revision=1,
            ),
            command_id="c",
        )


# ── asked and approved ──────────────────────────────────────────────────────────────────────────
async def test_asked_and_approved_it_leaves_as_the_approvers_decision(gated: GatedLoop) -> None:
    await gated.proposed()
    submitted = await gated.ask()
    assert "Victor Hahn" in submitted.sentence
    asked = await gated.request()
    revision = (await gated.loop.revisions())[-1]
    assert asked.payload["content_hash"] == revision.content_hash
    assert (asked.amount, asked.currency) == (20_000, "USD")
    waiting = await gate(gated)
    assert (waiting.status, waiting.deciders, waiting.current) == (
        "pending",
        ("Victor Hahn",),
        True,
    )
    votes = VOTES.labels(choice="approve", surface="reply")
    before = votes._value.get()
    await gated.decide(surface=Surface.REPLY)
    assert votes._value.get() == before + 1
    await gated.loop.drain()
    (sent,) = gated.loop.sent
    assert "pricing depends on the number of seats" in (parse(sent).visible_reply or "")
    action = await gated.loop.action()
    assert (action.status, action.decided_by) == ("done", gated.victor.id)
    assert (action.decided_surface, action.decided_hash) == ("reply", revision.content_hash)
    assert (await gated.request()).carry_status == "done"
    assert (await gated.loop.card()).decided_by == "Victor Hahn"
    verbs = await gated.loop.verbs()
    assert Counter(verbs)["action.approved"] == 1
    order = ("approval.submitted", "approval.approved", "action.approved", "effect.claimed")
    assert sorted(order, key=verbs.index) == list(order)
    await gated.loop.windows.run(gated.loop.tenant, Window.DAY)
    predicted = await gated.loop.outcome("escalation_result")
    assert predicted is not None
    assert (predicted.status, predicted.reason) == ("positive", "the request was approved")


async def test_no_conditions_on_what_leaves_at_once(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    with pytest.raises(InvalidInput, match="nobody could keep conditions") as refused:
        await gated.decide(conditions=("Only after the call",))
    assert refused.value.field == "conditions"
    assert (await gated.request()).status == "pending"
    assert await gated.loop.rows(ApprovalVote) == []
    await gated.decide()
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1


async def test_the_last_of_several_is_the_decider(database: Database) -> None:
    gated = await make_gated(database, QUORUM)
    await gated.proposed()
    await gated.ask()
    await gated.decide(gated.vera)
    await gated.loop.drain()
    assert gated.loop.sent == []
    await gated.decide(gated.victor)
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1
    assert (await gated.loop.action()).decided_by == gated.victor.id


async def test_what_a_template_approves_leaves_in_the_askers_name(gated: GatedLoop) -> None:
    template = """
auto_approvals:
  - {name: small deals, type: discuss_pricing, up_to: {USD: 30000}, per_member_per_month: 1}
"""
    waits = UndoWaits(approved=timedelta(seconds=60), autonomous=timedelta(seconds=300))
    gated.gated = replace(gated.gated, waits=waits)
    gated.carry = replace(gated.carry, send_approved=gated.gated.send)
    await gated.apply(RULES + template)
    await gated.proposed()
    await gated.ask()
    await gated.loop.drain(skip=("effect.run",))
    effect, now = await gated.loop.effect(), gated.loop.clock.now()
    assert effect.due_at - now == timedelta(seconds=300), "nobody looked but who asked"
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1
    action = await gated.loop.action()
    assert (action.decided_by, action.decided_surface) == (gated.loop.rita.id, "rule")
    assert (await gated.request()).auto_template == "small deals"
    assert await gated.loop.outcome("escalation_result") is None, "nobody was asked"


async def test_the_carrying_job_twice_sends_once(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    request = await gated.request()
    for _ in range(2):
        await gated.carry.run(gated.loop.tenant, request.id)
    async with gated.loop.database.transaction(gated.loop.tenant) as tx:
        held = await tx.session.get_one(ApprovalRequest, (tx.tenant_id, request.id))
        assert await gated.gated.send(tx, held) is None
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1
    assert len(await gated.loop.rows(Effect)) == 1


async def test_a_no_stays_with_the_rep_who_may_change_it(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide(choice=VoteChoice.REJECT)
    await gated.loop.drain()
    assert gated.loop.sent == []
    assert (await gated.loop.action()).status == "pending"
    told = await gate(gated)
    assert (told.status, told.settled_by, told.current) == ("rejected", "Victor Hahn", True)
    assert told.reason == "Not before the renewal"
    with pytest.raises(Conflict, match="Victor Hahn said no to this very text"):
        await gated.ask()
    await gated.edit(CHEAPER)
    await gated.loop.drain()
    assert (await gate(gated)).current is False
    await gated.ask()
    await gated.decide()
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1


# ── the text moves on ───────────────────────────────────────────────────────────────────────────
async def test_an_edit_voids_what_was_asked_and_asks_anew(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    first = await gated.request()
    await gated.edit(CHEAPER)
    assert (await gate(gated)).current is False
    await gated.loop.drain()
    old, fresh = await gated.all()
    assert (old.status, fresh.status, fresh.replaces_id) == ("voided", "pending", old.id)
    told = await gate(gated)
    assert (told.status, told.current, told.anew) == ("pending", True, True)
    with pytest.raises(Conflict):
        await gated.decide(request=first)
    await gated.decide()
    await gated.loop.drain()
    (sent,) = gated.loop.sent
    assert "starts with ten seats" in (parse(sent).visible_reply or "")


async def test_an_approval_that_races_an_edit_never_sends_the_other_text(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    request = await gated.request()
    await asyncio.gather(gated.decide(request=request), gated.edit(CHEAPER), return_exceptions=True)
    await gated.loop.drain()
    assert gated.loop.sent == []
    fresh = await gated.request()
    if fresh.status == "pending":
        assert fresh.payload["revision"] == 2
    else:
        assert (fresh.status, fresh.carry_status) == ("approved", "failed")


async def test_an_edit_that_needs_no_approval_any_more_is_only_voided(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.edit(PLAIN)
    await gated.loop.drain()
    (only,) = await gated.all()
    assert only.status == "voided"
    assert "needs no approval request" in (only.settled_reason or "")
    await gated.loop.approve()
    await gated.loop.drain()
    assert len(gated.loop.sent) == 1


async def test_an_edit_in_gmail_counts_as_much(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    gated.loop.clock.move(timedelta(seconds=1))
    await gated.loop.edit_in_gmail(text=CHEAPER)
    draft = await gated.loop.draft()
    await gated.loop.follower.check(gated.loop.tenant, draft.id)
    await gated.loop.drain()
    old, fresh = await gated.all()
    assert (old.status, fresh.status) == ("voided", "pending")


async def test_an_edit_after_the_approval_sends_neither(gated: GatedLoop) -> None:
    """Changed in Gmail between the approval and the send: the request says that it came to
    nothing, and the new words ask for themselves."""
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    await gated.carry.run(gated.loop.tenant, (await gated.request()).id)
    await gated.loop.edit_in_gmail(text=CHEAPER)
    await gated.loop.drain()
    assert gated.loop.sent == []
    request = await gated.request()
    assert (request.status, request.carry_status) == ("approved", "failed")
    assert request.carry_note == "The text was changed after the approval."
    assert "approval.carry_failed" in await gated.loop.verbs()
    with pytest.raises(Conflict, match="Ask for approval"):
        await gated.loop.approve()


@pytest.mark.parametrize("how", ["by_hand", "discarded", "rejected", "newer"])
async def test_what_ends_the_draft_ends_its_request(gated: GatedLoop, how: str) -> None:
    await gated.proposed()
    await gated.ask()
    loop = gated.loop
    draft, action = await loop.draft(), await loop.action()
    if how == "by_hand":
        loop.answer_by_hand()
        await loop.follower.check(loop.tenant, draft.id)
    elif how == "discarded":
        await loop.mail.delete_draft(draft.gmail_draft_id)
        await loop.follower.check(loop.tenant, draft.id)
    elif how == "rejected":
        await loop.actions.reject(
            loop.actor(loop.rita),
            action.id,
            revision=1,
            reason="No need",
            surface="slack",
            command_id="c",
        )
    else:
        await loop.write("Could you also send me the price list?")
    await loop.drain()
    (request,) = await gated.all()
    assert request.status == "voided"
    assert request.settled_reason
    assert all("seats" not in (parse(mail).visible_reply or "") for mail in loop.sent)


async def test_a_new_draft_under_way_can_not_be_approved_unseen(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    loop = gated.loop
    loop.clock.move(timedelta(seconds=1))
    await loop.actions.regenerate(
        loop.actor(loop.rita),
        (await loop.action()).id,
        revision=1,
        instruction="shorter",
        command_id="c",
    )
    with pytest.raises(Conflict, match="A new draft is being written"):
        await gated.decide()
    await loop.drain()
    old, fresh = await gated.all()
    assert (old.status, fresh.status, fresh.payload["revision"]) == ("voided", "pending", 2)


# ── hard stops ──────────────────────────────────────────────────────────────────────────────────
async def test_for_a_hard_stop_nothing_can_be_asked(gated: GatedLoop) -> None:
    await gated.apply(RULES + RULES.split("rules:")[1].replace("discuss_pricing", "commit_pricing"))
    await gated.proposed(NEVER)
    assert (await gated.loop.card()).gate is None
    with pytest.raises(Forbidden, match=r"I never commit to a price\. No approval"):
        await gated.ask()
    with pytest.raises(Forbidden, match="I never commit to a price"):
        await gated.loop.approve(gated.loop.mona)
    assert await gated.all() == []


async def test_no_approval_overrides_one(gated: GatedLoop) -> None:
    """Approved before it became one: the rows are changed behind policy's back, as a new version
    of the classifier would."""
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    async with gated.loop.database.transaction(gated.loop.tenant) as tx:
        await tx.session.execute(text("update draft_revisions set text = :text"), {"text": NEVER})
    await gated.loop.drain()
    assert gated.loop.sent == []
    request = await gated.request()
    assert (request.carry_status, request.carry_note) == ("failed", "I never commit to a price.")
    assert (await gated.loop.action()).status == "pending"


async def test_one_found_at_the_claim_stops_it_and_the_request_says_so(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    await gated.carry.run(gated.loop.tenant, (await gated.request()).id)
    async with gated.loop.database.transaction(gated.loop.tenant) as tx:
        await tx.session.execute(text("update draft_revisions set text = :text"), {"text": NEVER})
        await tx.session.execute(text("update drafts set gmail_revision = revision"))
    await gated.loop.drain()
    assert gated.loop.sent == []
    assert (await gated.request()).carry_status == "failed"


async def test_the_kill_switch_stops_asking_and_carrying(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.loop.switch(engaged=True)
    with pytest.raises(Forbidden, match="switched off"):
        await gated.ask()
    await gated.loop.switch(engaged=False)
    await gated.ask()
    await gated.decide()
    await gated.loop.switch(engaged=True)
    await gated.loop.drain()
    request = await gated.request()
    assert (request.carry_status, gated.loop.sent) == ("failed", [])
    await gated.loop.switch(engaged=False)
    await gated.carry.retry(gated.loop.actor(gated.ada), request.id, command_id="again")
    await gated.loop.drain()
    assert (len(gated.loop.sent), (await gated.request()).carry_status) == (1, "done")


async def test_the_kill_switch_stops_what_was_approved_and_queued_before_it(
    gated: GatedLoop,
) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    await gated.carry.run(gated.loop.tenant, (await gated.request()).id)
    (effect,) = await gated.loop.rows(Effect)
    assert (effect.status, (await gated.request()).carry_status) == ("queued", "done")
    await gated.loop.switch(engaged=True)
    await gated.loop.drain()
    request = await gated.request()
    assert (request.carry_status, gated.loop.sent) == ("failed", [])
    assert "switched off" in (request.carry_note or "")
    await gated.loop.switch(engaged=False)
    await gated.carry.retry(gated.loop.actor(gated.ada), request.id, command_id="again")
    await gated.loop.drain()
    assert (len(gated.loop.sent), (await gated.request()).carry_status) == (1, "done")


@pytest.mark.parametrize("who", ["rita", "victor", "mona"])
async def test_what_was_approved_waits_and_an_undo_is_told_to_its_people(
    gated: GatedLoop, who: str
) -> None:
    """By the responder, by whoever approved it, by a manager: the request says so to all who have
    its card, and an admin may carry it out again."""
    loop = gated.loop
    waits = UndoWaits(approved=timedelta(seconds=60), autonomous=timedelta(seconds=300))
    gated.gated = replace(gated.gated, waits=waits)
    gated.carry = replace(gated.carry, send_approved=gated.gated.send)
    await gated.proposed()
    await gated.ask()
    await gated.decide(gated.victor)
    await loop.drain(skip=("effect.run",))
    assert (await loop.effect()).due_at == loop.clock.now() + timedelta(seconds=60)
    (request,) = await loop.rows(ApprovalRequest)
    for member, allowed in ((loop.rita, True), (gated.victor, True), (loop.cole, False)):
        seen = (await loop.card(member)).undo
        assert seen is not None
        assert seen.allowed == allowed
    shown = await loop.views.approval_card(loop.tenant, request.id, gated.victor.id)
    assert shown is not None
    assert shown.undo is not None
    assert shown.undo.allowed, "who approved has no other card"
    person = {"rita": loop.rita, "victor": gated.victor, "mona": loop.mona}[who]
    await loop.take_back(person)
    await loop.drain()
    assert loop.sent == []
    (request,) = await loop.rows(ApprovalRequest)
    assert (request.status, request.carry_status) == ("approved", "failed")
    assert request.carry_note == f"{person.name} undid it before it left."
    assert (await gate(gated)).status == "approved"
    await gated.carry.retry(loop.actor(gated.ada), request.id, command_id="again")
    await loop.drain()
    assert len(loop.sent) == 1


async def test_an_old_unsent_job_says_nothing_about_a_later_try(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    await gated.carry.run(gated.loop.tenant, (await gated.request()).id)
    await gated.loop.switch(engaged=True)
    first = await gated.request()
    await gated.loop.drain()
    await gated.loop.switch(engaged=False)
    gated.loop.clock.move(timedelta(minutes=1))
    await gated.carry.retry(gated.loop.actor(gated.ada), first.id, command_id="again")
    await gated.carry.run(gated.loop.tenant, first.id)
    # The queue gives a job twice when its worker died right after the commit.
    carried = first.carried_at.isoformat() if first.carried_at else None
    await gated.gated.unsent(gated.loop.tenant, first.id, "Switched off.", carried_at=carried)
    assert (await gated.request()).carry_status == "done"
    await gated.loop.drain()
    assert (len(gated.loop.sent), (await gated.request()).carry_status) == (1, "done")


# ── the claim ───────────────────────────────────────────────────────────────────────────────────
async def test_a_click_from_before_the_rule_does_not_pass_the_claim(database: Database) -> None:
    gated = await make_gated(database, rules=None)
    await gated.proposed()
    await gated.loop.approve()
    await gated.apply(RULES)
    await gated.loop.drain()
    assert gated.loop.sent == []
    action = await gated.loop.action()
    assert (action.status, action.decided_by) == ("pending", None)
    assert "approval request" in (action.decision_reason or "")


async def test_the_claim_wants_the_request_for_exactly_this_hash(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    await gated.carry.run(gated.loop.tenant, (await gated.request()).id)
    async with gated.loop.database.transaction(gated.loop.tenant) as tx:
        await tx.session.execute(
            text(
                "update approval_requests set payload = "
                "jsonb_set(payload, '{content_hash}', '\"another\"')"
            )
        )
    await gated.loop.drain()
    assert gated.loop.sent == []
    assert (await gated.loop.action()).status == "pending"


@pytest.mark.parametrize("change", [{"status": "rejected"}, {"settled_by": None}])
async def test_the_claim_wants_it_approved_by_this_decider(
    gated: GatedLoop, change: dict[str, object]
) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    request = await gated.request()
    await gated.carry.run(gated.loop.tenant, request.id)
    await gated.loop.set(ApprovalRequest, request.id, **change)
    await gated.loop.drain()
    assert gated.loop.sent == []
    assert (await gated.loop.action()).status == "pending"


async def test_an_approver_who_leaves_before_it_leaves_sends_nothing(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    await gated.decide()
    await gated.loop.set(Member, gated.victor.id, active=False)
    await gated.loop.drain()
    request = await gated.request()
    assert (gated.loop.sent, request.carry_status) == ([], "failed")
    assert request.carry_note == "Whoever approved this is no longer a member."


@pytest.mark.parametrize("carried", [False, True], ids=["before the carry", "before the claim"])
async def test_every_voter_must_still_be_one_when_it_leaves(
    database: Database, *, carried: bool
) -> None:
    """Not the last one alone: Wera's vote counted for a title that she has lost."""
    gated = await make_gated(database, QUORUM)
    await gated.proposed()
    await gated.ask()
    await gated.decide(gated.vera)
    await gated.decide(gated.victor)
    first = await gated.request()
    if carried:
        await gated.carry.run(gated.loop.tenant, first.id)
    await gated.loop.set(Member, gated.vera.id, titles=[])
    await gated.loop.drain()
    first = await gated.request()
    assert (gated.loop.sent, first.carry_status) == ([], "failed")
    assert first.carry_note == "Wera Jung approved this but may no longer decide. Ask for it again."
    assert (await gated.loop.action()).status == "pending"
    await gated.loop.set(Member, gated.vera.id, titles=["vp_sales"])
    await gated.ask()
    await gated.decide(gated.vera)
    await gated.decide(gated.victor)
    await gated.loop.drain()
    assert (len(gated.loop.sent), (await gated.request()).carry_status) == (1, "done")


# ── who may ─────────────────────────────────────────────────────────────────────────────────────
async def test_only_its_responder_and_managers_ask(gated: GatedLoop) -> None:
    await gated.proposed()
    with pytest.raises(Forbidden, match="Only who answers this mail"):
        await gated.ask(gated.loop.cole)
    await gated.ask(gated.loop.mona)
    assert (await gated.request()).requester_id == gated.loop.mona.id


async def test_two_who_ask_at_once_get_one_request(gated: GatedLoop) -> None:
    await gated.proposed()
    people = (gated.loop.rita, gated.loop.mona, gated.ada)
    results = await asyncio.gather(*(gated.ask(one) for one in people), return_exceptions=True)
    assert Counter(type(one).__name__ for one in results) == {"Submitted": 1, "Conflict": 2}
    assert len(await gated.all()) == 1


async def test_an_old_cards_revision_is_refused(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.edit(CHEAPER)
    await gated.loop.drain()
    with pytest.raises(Conflict, match="changed since"):
        await gated.ask(revision=1)


@pytest.mark.parametrize(
    "change", [{"titles": []}, {"active": False}], ids=["demoted", "deactivated"]
)
async def test_whoever_lost_the_title_decides_nothing_whatever_the_edge_remembers(
    gated: GatedLoop, change: dict[str, object]
) -> None:
    """Attack 4: the actor is still cached, the database knows better."""
    await gated.proposed()
    await gated.ask()
    stale = gated.victor
    await gated.loop.set(Member, gated.victor.id, **change)
    with pytest.raises((Forbidden, NotFound)):
        await gated.decide(stale)
    await gated.loop.drain()
    assert gated.loop.sent == []
    assert (await gated.request()).status == "pending"
    assert await gated.loop.rows(ApprovalVote) == []


async def test_a_withdrawn_request_sends_nothing_and_may_be_asked_again(gated: GatedLoop) -> None:
    await gated.proposed()
    await gated.ask()
    rita = gated.loop.actor(gated.loop.rita)
    await gated.requests.withdraw(rita, (await gated.request()).id, command_id="w")
    assert (await gate(gated)).status == "withdrawn"
    await gated.ask()
    assert [one.status for one in await gated.all()] == ["withdrawn", "pending"]


async def test_the_mails_card_follows_the_request(gated: GatedLoop) -> None:

    await gated.proposed()

    async def wanted() -> int:
        cards = await gated.loop.rows(Card)
        return next(card.wanted_rev for card in cards if card.kind == "mail")

    before = await wanted()
    await gated.ask()
    asked = await wanted()
    await gated.decide(choice=VoteChoice.REJECT)
    assert before < asked < await wanted()


async def test_another_workspaces_vp_decides_nothing_here(
    gated: GatedLoop, database: Database
) -> None:
    await gated.proposed()
    await gated.ask()
    other = await make.make_tenant(database)
    async with database.transaction(other) as tx:
        stranger = await make.make_member(tx, role="admin", titles=["vp_sales"])
    with pytest.raises((Forbidden, NotFound)):
        await gated.decide(stranger)

    assert (await gated.request()).status == "pending"


@pytest.mark.parametrize(
    "change", [{"role": "rep", "titles": []}, {"active": False}], ids=["demoted", "deactivated"]
)
async def test_the_edges_memory_of_a_manager_decides_nothing(
    gated: GatedLoop, change: dict[str, object]
) -> None:
    """Attack 4: within the minute in which the edge still knows them as a manager, neither a mail
    nor a request can be decided by somebody who is none any more."""
    loop = gated.loop
    async with loop.database.transaction(loop.tenant) as tx:
        team = (await tx.session.get_one(Tenant, loop.tenant)).team_id
    people = MemberService(db=loop.database, clock=loop.clock, ids=loop.ids, chats=FakeChat())
    actors = Actors(people, loop.clock)
    await gated.proposed()
    await gated.ask()
    mail, asked = await loop.action(), await gated.request()
    for person in (loop.mona, gated.victor):
        await actors.find(team, person.slack_user_id or "")
        await loop.set(Member, person.id, **change)
    mona = await actors.find(team, loop.mona.slack_user_id or "")
    victor = await actors.find(team, gated.victor.slack_user_id or "")
    assert (mona.role, victor.role) == ("manager", "executive")
    with pytest.raises((Forbidden, NotFound)):
        await loop.actions.approve(mona, mail.id, revision=1, surface="slack", command_id="m")
    with pytest.raises((Forbidden, NotFound)):
        await gated.requests.submit(
            mona,
            RequestForm(type="discuss_pricing", reason="Mine", action_id=mail.id, revision=1),
            command_id="s",
        )
    with pytest.raises((Forbidden, NotFound)):
        await gated.decisions.decide(
            victor,
            asked.id,
            choice=VoteChoice.APPROVE,
            reason="Fine with me",
            conditions=(),
            seen=Seen(payload_hash=asked.payload_hash, rule_version=asked.rule_version),
            surface=Surface.SLACK,
            command_id="v",
        )
    await loop.drain()
    assert (loop.sent, (await gated.request()).status) == ([], "pending")


async def test_a_click_sees_whom_else_it_reaches_and_what_the_thread_said(
    database: Database,
) -> None:
    """A chief who is copied in Gmail, under a plus tag, is written to; an order in an earlier mail
    of the thread still stands there."""
    gated = await make_gated(database, RULES.replace("discuss_pricing", "contact_c_suite"))
    loop = gated.loop
    async with database.transaction(loop.tenant) as tx:
        title = {"title": "Chief Executive Officer", "account_id": loop.contact.account_id}
        await make.make_contact(tx, email="boss@acme.test", **title)
        order = {"suspicious": {"injection": True}}
        await make.make_message(tx, loop.conversation, head=False, analysis=order)
    await gated.proposed(PLAIN)
    assert (await loop.card()).gate is None
    loop.clock.move(timedelta(seconds=1))
    await loop.edit_in_gmail(cc=[Address(email="boss+mail@acme.test")])
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    assert (await gate(gated)).type == "contact_c_suite"
    with pytest.raises(Conflict, match="Ask for approval"):
        await loop.approve()
    action = await loop.action()
    async with database.transaction(loop.tenant) as tx:
        facts = await get_case_facts(tx, action.id, loop.rita.id)
    assert facts is not None
    assert (facts.suspicious, facts.copied_titles) == (True, ["Chief Executive Officer"])
