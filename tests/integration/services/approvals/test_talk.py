"""Handing on, asking back, answering."""

import asyncio
from datetime import timedelta

import pytest

from db.models.approvals import Absence, ApprovalQuestion
from db.models.cards import Card
from db.models.tenants import Member
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.types.approvals import RequestStatus
from tests.integration.services.approvals.company import NOW, make_company


@pytest.fixture
async def company(database):
    return await make_company(database)


async def asked(company, **changes):
    """A request, whoever holds its seat, and another VP."""
    request = await company.asked(**changes)
    (holder_id,) = await company.holders(request)
    holder = next(one for one in company.people.values() if one.id == holder_id)
    other = company.victor if holder is not company.victor else company.vera
    return request, holder, other


# ── handing on ──────────────────────────────────────────────────────────────────────────────────
async def test_the_delegate_has_it_and_either_may_decide_once(company):
    request, holder, other = await asked(company)
    said = await company.delegate(holder, request, company.cole)
    assert said == "Cole Rep has it now. You may still decide it yourself."
    (seat,) = await company.seats(request)
    assert (seat.holder_id, seat.delegate_id) == (holder.id, company.cole.id)
    (link,) = seat.chain
    assert (link["from"], link["to"], link["by"]) == (
        str(holder.id),
        str(company.cole.id),
        str(holder.id),
    )
    assert link["why"] == f"{holder.name} handed this to Cole Rep."
    assert company.cole.id in await company.cards_of(request)
    assert company.told[-1] == (request.id, (company.cole.id,), "request")
    assert len(await company.entries("approval.delegated")) == 1
    results = await asyncio.gather(
        company.decide(holder, request),
        company.decide(company.cole, request),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Decided"]
    with pytest.raises(Conflict):
        await company.delegate(holder, request, other)


async def test_it_goes_one_level_deep(company):
    request, holder, other = await asked(company)
    await company.delegate(holder, request, other)
    with pytest.raises(Forbidden) as caught:
        await company.delegate(other, request, company.cole)
    first = holder.name
    assert str(caught.value) == f"You decide for {first}. Only {first} can hand this on."
    await company.delegate(holder, request, company.cole)
    (seat,) = await company.seats(request)
    assert (seat.delegate_id, len(seat.chain)) == (company.cole.id, 2)
    with pytest.raises(Forbidden):
        await company.decide(other, request)


async def test_a_manager_can_not_hand_it_to_the_requester(company):
    """Attack 10."""
    request = await company.asked(percentage="3")
    assert await company.holders(request) == [company.mona.id]
    with pytest.raises(InvalidInput, match="Rita Rep asked for this") as caught:
        await company.delegate(company.mona, request, company.rita)
    assert caught.value.field == "to"


async def test_nobody_who_is_away_gone_or_on_it_already(company, database):
    request, holder, other = await asked(company)
    async with database.transaction(company.tenant) as tx:
        tx.session.add(
            Absence(
                tenant_id=company.tenant,
                id=company.ids.new(),
                created_at=NOW,
                member_id=company.carl.id,
                starts_at=NOW - timedelta(days=1),
                ends_at=NOW + timedelta(days=1),
            )
        )
    await company.change(Member, company.cole.id, active=False)
    for to, why in ((company.carl, "out of office"), (company.cole, "isn't here any more")):
        with pytest.raises(InvalidInput, match=why):
            await company.delegate(holder, request, to)
    with pytest.raises(InvalidInput, match="already has this request"):
        await company.delegate(holder, request, holder)
    with pytest.raises(Forbidden, match="Only whoever was asked"):
        await company.delegate(other, request, company.sam)
    with pytest.raises(Forbidden, match="your own request"):
        await company.delegate(company.rita, request, company.sam)


async def test_a_member_of_another_tenant_is_nobody(company, database):
    request, holder, _ = await asked(company)
    other = await make_company(database)
    with pytest.raises(InvalidInput, match="isn't here"):
        await company.delegate(holder, request, other.cole)


async def test_an_admin_finds_somebody_for_an_empty_seat(company):
    for name in ("dana", "victor", "vera", "carl", "ada", "adam"):
        await company.change(Member, company.people[name].id, active=False)
    request = await company.asked()
    await company.change(Member, company.ada.id, active=True)
    with pytest.raises(Forbidden):
        await company.delegate(company.sam, request, company.cole)
    await company.delegate(company.ada, request, company.sam)
    (seat,) = await company.seats(request)
    assert (seat.title, seat.holder_id, seat.delegate_id) == (
        "admin",
        company.ada.id,
        company.sam.id,
    )
    assert (await company.decide(company.sam, request)).status is RequestStatus.APPROVED


async def test_a_hand_over_sent_twice_happens_once(company):
    request, holder, _ = await asked(company)

    async def send():
        return await company.requests.delegate(
            company.actor(holder),
            request.id,
            to_id=company.cole.id,
            note="on the road\nuntil Monday",
            command_id="view",
        )

    assert len({await send(), await send()}) == 1
    (seat,) = await company.seats(request)
    (link,) = seat.chain
    assert link["why"].endswith("to Cole Rep: on the road until Monday.")


# ── asking back ─────────────────────────────────────────────────────────────────────────────────
async def ask(company, member, request, question="How many seats?", **changes):
    given = {"question": question, "command_id": company.ids.new().hex} | changes
    await company.requests.ask(company.actor(member), request.id, **given)


async def answer(company, member, question, text="Forty.", **changes):
    given = {"answer": text, "command_id": company.ids.new().hex} | changes
    await company.requests.answer(company.actor(member), question.id, **given)


async def test_a_question_and_its_answer_land_on_the_cards(company):
    request, holder, _ = await asked(company)
    before = {card.recipient_id: card.wanted_rev for card in await company.rows(Card)}
    await ask(company, holder, request, command_id="view")
    await ask(company, holder, request, command_id="view")
    (question,) = await company.rows(ApprovalQuestion)
    assert (question.asked_by, question.answer) == (holder.id, None)
    cards = {card.recipient_id: card for card in await company.rows(Card)}
    assert cards[company.rita.id].fresh_rev > 0, "an update in place notifies nobody"
    assert cards[holder.id].fresh_rev == 0
    await answer(company, company.rita, question)
    (question,) = await company.rows(ApprovalQuestion)
    assert (question.answer, question.answered_by) == ("Forty.", company.rita.id)
    cards = {card.recipient_id: card for card in await company.rows(Card)}
    assert {one: card.wanted_rev - before[one] for one, card in cards.items()} == {
        company.rita.id: 2,
        holder.id: 2,
    }
    assert cards[holder.id].fresh_rev > 0
    with pytest.raises(Conflict, match="already has an answer"):
        await answer(company, company.ada, question)
    verbs = [entry["verb"] for entry in await company.entries()]
    assert (verbs.count("approval.question"), verbs.count("approval.answered")) == (1, 1)
    request = await company.request(request.id)
    assert request.due_at == NOW + timedelta(hours=24), "the clock keeps running"


async def test_only_the_two_sides_talk(company):
    request, holder, other = await asked(company)
    for member in (other, company.cole):
        with pytest.raises(Forbidden, match="Only those who were asked"):
            await ask(company, member, request)
    with pytest.raises(Forbidden, match="your own request"):
        await ask(company, company.rita, request)
    await ask(company, company.ada, request)
    (question,) = await company.rows(ApprovalQuestion)
    for member in (holder, other):
        with pytest.raises(Forbidden, match="Rita Rep answers this"):
            await answer(company, member, question)
    await answer(company, company.adam, question)


async def test_words_are_needed_and_have_an_end(company):
    request, holder, _ = await asked(company)
    for words in (" \u200b", "x" * 2001):
        with pytest.raises(InvalidInput) as caught:
            await ask(company, holder, request, words)
        assert caught.value.field == "question"


async def test_what_is_settled_is_not_talked_about(company):
    request, holder, _ = await asked(company)
    await ask(company, holder, request)
    (question,) = await company.rows(ApprovalQuestion)
    await company.decide(holder, request)
    with pytest.raises(Conflict, match="approved this at"):
        await ask(company, holder, request)
    with pytest.raises(Conflict, match="approved this at"):
        await answer(company, company.rita, question)


async def test_another_tenants_question_is_not_there(company, database):
    request, holder, _ = await asked(company)
    await ask(company, holder, request)
    (question,) = await company.rows(ApprovalQuestion)
    other = await make_company(database)
    with pytest.raises(NotFound):
        await ask(other, other.ada, request)
    with pytest.raises(NotFound):
        await answer(other, other.rita, question)
