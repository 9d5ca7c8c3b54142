"""Deciding: once, by somebody who may, on exactly what they saw. Races on real PostgreSQL."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from db.models.approvals import ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.cards import Card
from db.models.tenants import Member
from services.approvals.vacancies import VacancyService
from services.audit import stands_as_told
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.types.approvals import Decided, RequestStatus, Seen, Surface, VoteChoice
from tests import factories as make
from tests.integration.services.approvals.company import NOW, TWO_OF_THREE, make_company

PEOPLE = ("ada", "mona", "rita", "cole", "sam", "dana", "victor", "vera", "carl")
STORED = "select body, verb, subject_id, created_at from audit_entries"
SURFACES = (Surface.SLACK, Surface.LINK, Surface.REPLY)


@pytest.fixture
async def company(database):
    return await make_company(database)


async def seated(company, *holders, needed=1, title="vp_sales", **fields):
    """A pending request of Rita's with these people on its seats."""
    async with company.database.transaction(company.tenant) as tx:
        request = await make.make_approval_request(
            tx,
            requester=company.rita,
            needed=needed,
            created_at=NOW,
            due_at=NOW + timedelta(hours=24),
            expires_at=NOW + timedelta(days=7),
            **fields,
        )
        for number, holder in enumerate(holders, start=1):
            member, delegate = holder if isinstance(holder, tuple) else (holder, None)
            await make.make_seat(
                tx,
                request,
                holder=member,
                number=number,
                title=title,
                delegate_id=delegate.id if delegate else None,
            )
    return await company.request(request.id)


# ── one decision ────────────────────────────────────────────────────────────────────────────────
async def test_an_approval_settles_and_is_carried_out_once(company):
    request = await seated(company, company.dana)
    company.clock.move(timedelta(minutes=42))
    done = await company.decide(
        company.dana,
        request,
        conditions=("Two years", "Two years", " Paid up front "),
        surface=Surface.LINK,
        shown_at=company.clock.now() - timedelta(seconds=95),
    )
    assert (done.status, done.counted) == (RequestStatus.APPROVED, True)
    assert done.sentence == "You approved this. Rita Rep sees it, and it takes effect now."
    request = await company.request(request.id)
    assert (request.status, request.carry_status) == ("approved", "queued")
    assert (request.settled_by, request.settled_surface) == (company.dana.id, "link")
    assert request.conditions == ["Two years", "Paid up front"]
    assert [job["request_id"] for job in await company.queued("approval.carry")] == [
        str(request.id)
    ]
    assert await company.timers() == []
    assert company.told == [(request.id, (company.rita.id,), "outcome")]
    (vote,) = await company.votes(request)
    assert (vote.choice, vote.seconds, vote.hasty, vote.for_id) == (
        "approve",
        Decimal(95),
        False,
        None,
    )
    (told,) = await company.entries("approval.vote")
    assert told["facts"]["hash"] == request.payload_hash
    assert (told["facts"]["surface"], told["facts"]["seconds"]) == ("link", "95.0")
    assert len(await company.entries("approval.approved")) == 1


async def test_one_no_is_enough(company):
    request = await seated(company, company.dana, company.victor, company.vera, needed=2)
    await company.decide(company.dana, request)
    done = await company.decide(company.vera, request, "reject", reason="Too deep.")
    assert done.status is RequestStatus.REJECTED
    request = await company.request(request.id)
    assert (request.settled_reason, request.carry_status) == ("Too deep.", "none")
    assert await company.queued("approval.carry") == []


@pytest.mark.parametrize("choice", list(VoteChoice))
async def test_the_outcome_reaches_the_requester_afresh(company, choice):
    request = await company.asked()
    (holder_id,) = await company.holders(request)
    holder = next(one for one in company.people.values() if one.id == holder_id)
    await company.decide(holder, request, choice=choice)
    cards = {card.recipient_id: card for card in await company.rows(Card)}
    assert cards[company.rita.id].fresh_rev > 0, "an update in place notifies nobody"
    assert cards[holder.id].fresh_rev == 0, "who decided knows"


async def test_somebody_else_is_told_who_may(company):
    request = await seated(company, company.dana, company.victor)
    for member in (company.cole, company.mona, company.ada, company.carl, company.vera):
        with pytest.raises(Forbidden) as caught:
            await company.decide(member, request)
        assert str(caught.value) == (
            "Dana Executive (VP of sales) or Victor Executive (VP of sales) may decide this."
        )
    with pytest.raises(Forbidden, match=r"You asked for this yourself\. Dana"):
        await company.decide(company.rita, request)
    assert await company.votes(request) == []


async def test_who_is_late_is_told_who_and_when_in_their_own_time(company):
    request = await seated(company, company.dana, company.victor)
    await company.decide(company.dana, request)
    company.victor.timezone = "Europe/Berlin"
    with pytest.raises(Conflict) as caught:
        await company.decide(company.victor, request, "reject")
    assert str(caught.value) == "Dana Executive approved this at 11:00 CET."
    company.clock.move(timedelta(days=1))
    with pytest.raises(Conflict, match=r"You approved this at 10:00 UTC on 21 Nov\."):
        await company.decide(company.dana, request)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " . "}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"choice": "reject", "conditions": ("Two years",)}, "conditions"),
        ({"conditions": ("x" * 301,)}, "conditions"),
        ({"conditions": tuple(str(n) for n in range(11))}, "conditions"),
    ],
)
async def test_a_decision_needs_its_words(company, changes, field):
    request = await seated(company, company.dana)
    with pytest.raises(InvalidInput) as caught:
        await company.decide(company.dana, request, **changes)
    assert caught.value.field == field


async def test_expired_is_nobodys_no_and_nobodys_yes(company):
    request = await seated(company, company.dana)
    company.clock.move(timedelta(days=7))
    for choice in ("approve", "reject"):
        with pytest.raises(Conflict, match="Nobody decided in time; this expired at"):
            await company.decide(company.dana, request, choice)
    assert (await company.request(request.id)).status == "pending", "the sweep writes it down"


async def test_it_counts_from_when_the_card_was_first_seen(company):
    request = await seated(company, company.dana)
    async with company.database.transaction(company.tenant) as tx:
        await make.make_card(
            tx,
            kind="approval",
            subject_id=request.id,
            recipient_id=company.dana.id,
            first_shown_at=NOW - timedelta(seconds=4),
        )
    await company.decide(company.dana, request)
    (vote,) = await company.votes(request)
    assert (vote.seconds, vote.hasty) == (Decimal(4), True)
    hers, his = sorted(await company.rows(Card), key=lambda c: c.recipient_id != company.dana.id)
    assert hers.wanted_rev == 1
    assert his.fresh_rev == his.wanted_rev, "the requester is to notice it"
    assert len(await company.queued("card.deliver")) == 2


@pytest.mark.parametrize(("digest", "rules"), [("b" * 64, 1), (None, 7)])
async def test_what_was_seen_must_be_what_is_asked(company, digest, rules):
    """The rules too: a vote writes down under which it was given, and that is for nobody to say."""
    request = await seated(company, company.dana)
    seen = Seen(payload_hash=digest or request.payload_hash, rule_version=rules)
    with pytest.raises(Conflict, match="not what this asks for"):
        await company.decide(company.dana, request, seen=seen)
    assert (await company.request(request.id)).status == "pending"


# ── repeated and foreign ────────────────────────────────────────────────────────────────────────
async def test_a_delayed_ack_gets_the_first_answer(company):
    """Attack 13: the same command again, at once and after everything has moved on."""
    request = await seated(company, company.dana)
    answers = await asyncio.gather(
        *(company.decide(company.dana, request, command_id="click") for _ in range(8))
    )
    company.clock.move(timedelta(days=30))
    await company.change(Member, company.dana.id, active=False)
    answers.append(await company.decide(company.dana, request, command_id="click"))
    assert len(set(answers)) == 1
    assert answers[0].status is RequestStatus.APPROVED
    assert len(await company.votes(request)) == 1
    assert len(await company.queued("approval.carry")) == 1


async def test_a_refused_command_may_be_sent_again(company):
    request = await seated(company, company.dana)
    with pytest.raises(InvalidInput):
        await company.decide(company.dana, request, reason="", command_id="c")
    assert (await company.decide(company.dana, request, command_id="c")).counted


async def test_another_tenants_request_is_not_there(company, database):
    request, other = await seated(company, company.dana), await make_company(database)
    with pytest.raises(NotFound):
        await other.decide(other.dana, request)


async def test_a_refusal_is_written_down_once_an_hour_for_each_person(company, database):
    request, other = await seated(company, company.dana), await make_company(database)

    async def hammer(*people):
        tried = [company.decide(one, request) for one in people for _ in range(5)]
        found = await asyncio.gather(*tried, return_exceptions=True)
        assert {type(one) for one in found} == {Forbidden}

    await hammer(company.cole, company.rita)
    refused = await company.entries("approval.refused")
    assert {one["actor"] for one in refused} == {str(company.cole.id), str(company.rita.id)}
    assert len(refused) == 2
    (cole,) = [one for one in refused if one["actor"] == str(company.cole.id)]
    assert cole["subject"] == str(request.id)
    assert cole["facts"] == {
        "why": "Dana Executive (VP of sales) may decide this.",
        "surface": "slack",
    }
    company.clock.move(timedelta(minutes=61))
    await hammer(company.cole)
    assert len(await company.entries("approval.refused")) == 3
    # What isn't there for them, and what came too late, leaves no trace.
    with pytest.raises(NotFound):
        await other.decide(other.dana, request)
    await company.decide(company.dana, request)
    with pytest.raises(Conflict):
        await company.decide(company.victor, request)
    assert len(await company.entries("approval.refused")) == 3
    assert await other.entries("approval.refused") == []


async def test_the_page_behind_a_link_writes_down_its_own_refusals(company):
    request = await seated(company, company.dana)
    for surface, count in ((Surface.LINK, 0), (Surface.REPLY, 1)):
        with pytest.raises(Forbidden):
            await company.decide(company.cole, request, surface=surface)
        assert len(await company.entries("approval.refused")) == count


# ── who may ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("change", [{"active": False}, {"titles": ["cfo"]}])
async def test_the_decider_is_read_again(company, change):
    request = await seated(company, company.dana, company.victor)
    await company.change(Member, company.dana.id, **change)
    with pytest.raises(Forbidden, match=r"^Victor Executive \(VP of sales\) may decide this.$"):
        await company.decide(company.dana, request)


async def test_a_delegate_speaks_only_while_the_holder_may(company):
    request = await seated(company, (company.dana, company.cole))
    await company.change(Member, company.dana.id, active=False)
    with pytest.raises(Forbidden, match="An admin has to find somebody"):
        await company.decide(company.cole, request)


async def test_nobody_decides_on_their_own_request_whatever_the_seats_say(company):
    for seat in (company.rita, (company.dana, company.rita)):
        request = await seated(company, seat, company.victor)
        with pytest.raises(Forbidden, match="You asked for this yourself"):
            await company.decide(company.rita, request)
        assert await company.votes(request) == []


@pytest.mark.parametrize("change", [{"titles": []}, {"active": False}])
async def test_whom_it_was_escalated_to_decides_only_while_they_may(company, change):
    async with company.database.transaction(company.tenant) as tx:
        request = await make.make_approval_request(
            tx, requester=company.rita, created_at=NOW, due_at=NOW, expires_at=None
        )
        await make.make_seat(
            tx, request, holder=company.carl, title="cfo", escalated=True, number=1
        )
    await company.change(Member, company.carl.id, **change)
    with pytest.raises(Forbidden):
        await company.decide(company.carl, request)
    roster = await _mend(company)
    (seat,) = await company.seats(request)
    assert seat.holder_id in roster, "and the sweep finds somebody else"


async def _mend(company):
    await VacancyService(db=company.database, deps=company.deps).check(company.tenant)
    return {company.mona.id, company.ada.id, company.adam.id}


async def test_a_delegate_decides_for_the_holder(company):
    request = await seated(company, (company.dana, company.cole))
    done = await company.decide(company.cole, request)
    assert done.sentence.startswith("You approved this for Dana Executive.")
    (vote,) = await company.votes(request)
    assert (vote.member_id, vote.for_id) == (company.cole.id, company.dana.id)
    (told,) = await company.entries("approval.vote")
    assert told["facts"]["for"] == str(company.dana.id)


async def test_the_requesters_manager_by_whoever_manages_them(company):
    request = await seated(company, company.mona, title="manager")
    await company.change(Member, company.mona.id, role="rep")
    assert (await company.decide(company.mona, request)).counted, "she still is Rita's manager"
    request = await seated(company, company.mona, title="manager")
    await company.change(Member, company.rita.id, manager_id=company.sam.id)
    with pytest.raises(Forbidden):
        await company.decide(company.mona, request)


# ── quorum ──────────────────────────────────────────────────────────────────────────────────────
async def test_a_quorum_counts_people_and_keeps_all_conditions(company):
    request = await seated(company, company.dana, company.victor, company.vera, needed=2)
    done = await company.decide(company.dana, request, conditions=("Two years",))
    assert done.status is RequestStatus.PENDING
    assert done.sentence == (
        "Your approval counts. 1 more needed, from Victor Executive (VP of sales) or "
        "Vera Executive (VP of sales)."
    )
    with pytest.raises(Conflict, match="You have already approved this"):
        await company.decide(company.dana, request)
    done = await company.decide(company.vera, request, conditions=("Reference", "Two years"))
    assert done.status is RequestStatus.APPROVED
    assert (await company.request(request.id)).conditions == ["Two years", "Reference"]


async def test_one_person_on_two_seats_counts_once(company):
    """Dana holds one seat and speaks for Victor on the other."""
    request = await seated(company, (company.victor, company.dana), company.dana, needed=2)
    await company.decide(company.dana, request)
    with pytest.raises(Conflict, match="You have already"):
        await company.decide(company.dana, request)
    (vote,) = await company.votes(request)
    (_, own) = await company.seats(request)
    assert vote.seat_id == own.id, "their own seat first, so that Victor may still speak"
    assert (await company.decide(company.victor, request)).status is RequestStatus.APPROVED


async def test_delegating_to_the_other_approver_is_refused(company):
    """Attack 10: A delegates to B, and B votes for both."""
    request = await seated(company, company.dana, company.victor, needed=2)
    with pytest.raises(InvalidInput, match="already has this request"):
        await company.delegate(company.dana, request, company.victor)
    await company.decide(company.victor, request)
    with pytest.raises(InvalidInput, match="already has this request"):
        await company.delegate(company.dana, request, company.victor)


async def test_a_voter_demoted_before_the_quorum_does_not_count(company):
    """Attack 10: the vote lapses, and its seat is asked anew."""
    request = await seated(company, company.dana, company.victor, needed=2)
    await company.decide(company.dana, request)
    await company.change(Member, company.dana.id, titles=[])
    done = await company.decide(company.victor, request)
    assert done.status is RequestStatus.PENDING
    assert [vote.member_id for vote in await company.votes(request)] == [company.victor.id]
    assert len(await company.entries("approval.vote_lapsed")) == 1
    first, _ = await company.seats(request)
    assert first.holder_id == company.vera.id
    assert company.told[-1] == (request.id, (company.vera.id,), "request")
    assert (await company.decide(company.vera, request)).status is RequestStatus.APPROVED


async def test_a_delegate_who_leaves_before_the_quorum_does_not_count(company):
    request = await seated(company, (company.dana, company.cole), company.victor, needed=2)
    await company.decide(company.cole, request)
    await company.change(Member, company.cole.id, active=False)
    assert (await company.decide(company.victor, request)).status is RequestStatus.PENDING
    first, _ = await company.seats(request)
    assert (first.holder_id, first.delegate_id) == (company.dana.id, None)
    assert (await company.decide(company.dana, request)).status is RequestStatus.APPROVED


# ── races ───────────────────────────────────────────────────────────────────────────────────────
async def test_entries_of_a_vote_stand_in_the_audit_with_the_moment_they_tell(company):
    """The vote's own moment is another by a little; verifying holds the columns to the bytes."""
    request = await seated(company, company.dana)
    company.clock.step = timedelta(milliseconds=1)
    await company.decide(company.dana, request, "approve", surface=SURFACES[0])
    company.clock.step = timedelta()
    async with company.database.read(company.tenant) as tx:
        rows = (await tx.session.execute(text(STORED))).all()
    assert {"approval.vote", "approval.approved"} <= {row.verb for row in rows}
    assert all(stands_as_told(*row) for row in rows)


async def test_two_hundred_decisions_at_once_settle_once(company):
    request = await seated(company, company.dana, company.victor, company.vera)
    rng = random.Random(7)  # noqa: S311 - the same race every time
    calls = [
        company.decide(
            company.people[rng.choice(PEOPLE)],
            request,
            rng.choice(("approve", "reject")),
            surface=rng.choice(SURFACES),
        )
        for _ in range(200)
    ]
    results = await asyncio.gather(*calls, return_exceptions=True)
    (winner,) = [one for one in results if isinstance(one, Decided)]
    kinds = Counter(type(one) for one in results)
    assert set(kinds) <= {Decided, Conflict, Forbidden}
    settled = await company.request(request.id)
    assert settled.status == winner.status.value
    who = next(one for one in company.people.values() if one.id == settled.settled_by)
    verb = "approved" if settled.status == "approved" else "rejected"
    late = {str(one) for one in results if isinstance(one, Conflict)}
    assert f"{who.name} {verb} this at 10:00 UTC." in late
    assert late <= {f"{name} {verb} this at 10:00 UTC." for name in (who.name, "You")}
    early = {str(one) for one in results if isinstance(one, Forbidden)}
    assert all("may decide this." in sentence for sentence in early)
    assert len(await company.votes(request)) == 1
    assert len(await company.entries(f"approval.{verb}")) == 1
    assert len(await company.queued("approval.carry")) == (verb == "approved")


async def test_a_quorum_of_two_under_the_race_counts_exactly_two(database):
    company = await make_company(database, rules=TWO_OF_THREE)
    request = await company.asked()
    assert len(await company.seats(request)) == 3
    rng = random.Random(11)  # noqa: S311 - the same race every time
    calls = [
        company.decide(company.people[rng.choice(PEOPLE)], request, surface=rng.choice(SURFACES))
        for _ in range(200)
    ]
    results = await asyncio.gather(*calls, return_exceptions=True)
    counted = [one for one in results if isinstance(one, Decided)]
    assert Counter(one.status.value for one in counted) == {"pending": 1, "approved": 1}
    votes = await company.votes(request)
    assert len(votes) == len({vote.member_id for vote in votes}) == 2
    assert {type(one) for one in results} <= {Decided, Conflict, Forbidden}
    assert len(await company.queued("approval.carry")) == 1


async def test_random_delegations_with_concurrent_votes_never_count_anybody_twice(database):
    """Attack 10 on random graphs: hand-overs, votes and demotions all at once. What is approved was
    approved by enough distinct people, none the requester, each on a seat of theirs."""
    rng = random.Random(23)  # noqa: S311 - the same graphs every time
    company = await make_company(database, rules=TWO_OF_THREE)
    names = [name for name in PEOPLE if name != "rita"]
    outcomes: Counter[str] = Counter()
    for round_ in range(15):
        request = await company.asked(percentage=f"{round_ + 1}")

        async def move(request=request):
            kind = rng.random()
            member = company.people[rng.choice([*names, "rita"])]
            if kind < 0.4:
                to = company.people[rng.choice([*names, "rita"])]
                return await company.delegate(member, request, to)
            if kind < 0.45:
                await company.change(
                    Member, member.id, titles=rng.choice([[], ["vp_sales"], list(member.titles)])
                )
                return None
            return await company.decide(member, request, "approve" if kind < 0.97 else "reject")

        results = await asyncio.gather(*(move() for _ in range(40)), return_exceptions=True)
        bad = [one for one in results if isinstance(one, Exception)]
        assert {type(one) for one in bad} <= {Conflict, Forbidden, InvalidInput}, bad
        request = await company.request(request.id)
        outcomes[request.status] += 1
        await _is_sound(company, request)
        for name in names:
            member = company.people[name]
            await company.change(Member, member.id, titles=list(member.titles))
    assert outcomes["approved"] >= 3, outcomes


async def _is_sound(company, request):
    votes, seats = await company.votes(request), await company.seats(request)
    by_seat = {seat.id: seat for seat in seats}
    assert len({vote.member_id for vote in votes}) == len(votes)
    assert len({vote.seat_id for vote in votes}) == len(votes)
    yes = [vote for vote in votes if vote.choice == "approve"]
    for vote in votes:
        seat = by_seat[vote.seat_id]
        assert vote.member_id != company.rita.id
        assert vote.member_id in {seat.holder_id, seat.delegate_id}
    for seat in seats:
        assert company.rita.id not in {seat.holder_id, seat.delegate_id}
    if request.status == "approved":
        assert len(yes) >= request.needed == 2


async def test_a_crash_leaves_nothing_half_done(company):
    """One verb is one transaction: when its last step fails, there is no vote either."""
    request = await seated(company, company.dana)

    async def fail(*_args):
        raise RuntimeError("the process dies here")

    object.__setattr__(company.decisions.deps, "notify", fail)
    with pytest.raises(RuntimeError):
        await company.decide(company.dana, request, command_id="c")
    assert await company.rows(ApprovalVote) == []
    assert (await company.request(request.id)).status == "pending"
    assert await company.queued("approval.carry") == []
    assert (await company.rows(ApprovalSeat))[0].holder_id == company.dana.id
    assert len(await company.rows(ApprovalRequest)) == 1
