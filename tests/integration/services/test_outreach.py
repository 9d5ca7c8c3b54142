"""Outreach on real PostgreSQL: found once, decided inside the limits, clicked once, forgotten."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db.models.actions import Action
from db.models.autonomy import EarnedLevel
from db.models.customers import Account, Contact
from db.models.tenants import KillSwitch, Member
from db.session import Database
from services import derived
from services.account_moves import AccountMoveService
from services.errors import Conflict, NotFound
from services.outcomes.signals import UNWANTED
from services.outreach.checking import CHECK, OutreachCheckService
from services.signals.alerts import AlertService
from services.types.outreach import Later
from tests import factories as make
from tests.integration.services.outreach_desk import (
    ASKED,
    HOUR,
    MONDAY,
    Counted,
    OutreachDesk,
    make_outreach_desk,
)

A_DAY = timedelta(days=1)


@pytest.fixture
async def desk(database: Database) -> OutreachDesk:
    return await make_outreach_desk(database)


async def test_looked_for_ten_times_by_two_at_once_it_is_found_and_proposed_once(
    desk: OutreachDesk,
) -> None:
    mail = await desk.unanswered()
    look = desk.outreach.checks.look
    found = await asyncio.gather(*(look(desk.tenant, desk.account.id) for _ in range(10)))
    assert sum(found) == 1
    # Two schedulers, and the job comes twice.
    await asyncio.gather(*(desk.outreach.checks.check(desk.tenant) for _ in range(2)))
    (check,) = await desk.checks()
    await asyncio.gather(*(desk.outreach.checks.run(desk.tenant, check.id) for _ in range(2)))
    await desk.drain()
    trigger = await desk.trigger()
    assert (trigger.kind, trigger.status, trigger.level) == ("follow_up_due", "proposed", "suggest")
    assert trigger.contact_id == desk.contact.id
    assert trigger.evidence[0]["quote"] == ASKED
    assert (trigger.member_id, trigger.thread_id) == (desk.rita.id, desk.conversation.id)
    (said,) = desk.said_to(desk.rita)
    assert said == "Acme: no answer to our mail"
    # The hour has been looked at; the next one finds the same.
    await desk.look(timedelta(minutes=20))
    await desk.look()
    assert [one.due_at.minute for one in await desk.checks()] == [0, 0]
    assert (await desk.trigger()).subject_id == mail.id
    assert len(await desk.proposals_to(desk.rita)) == 1


async def test_the_first_click_drafts_the_member_s_own_mail_and_the_second_is_told(
    desk: OutreachDesk,
) -> None:
    await desk.unanswered()
    await desk.look()
    trigger, deeds = await desk.trigger(), desk.outreach.proposals
    rita, mona = desk.actor(desk.rita), desk.actor(desk.mona)
    with pytest.raises(NotFound):
        await deeds.draft(
            desk.actor(desk.cole), trigger.id, version=trigger.version, command_id="c0"
        )
    both = await asyncio.gather(
        deeds.draft(rita, trigger.id, version=trigger.version, command_id="c1"),
        deeds.dismiss(mona, trigger.id, version=trigger.version, reason="", command_id="c2"),
        return_exceptions=True,
    )
    lost = [one for one in both if isinstance(one, Conflict)]
    assert len(lost) == 1
    trigger = await desk.trigger()
    if trigger.status == "dismissed":  # Mona was faster
        return
    assert str(lost[0]) == "Rita Rep began this mail already."
    assert await deeds.draft(rita, trigger.id, version=1, command_id="c1") == both[0]
    await desk.drain()
    action, draft = await desk.action(), await desk.draft()
    assert (action.id, action.owner_id, action.level) == (
        trigger.action_id,
        desk.rita.id,
        "approve",
    )
    assert (draft.purpose, draft.contact_id) == ("follow_up", desk.contact.id)
    assert draft.source["why_now"] == trigger.why
    (revision,) = await desk.revisions()
    assert revision.to == [desk.contact.email]
    await desk.set(type(action), action.id, status="done", decided_by=desk.rita.id)
    await desk.outreach.checks.check(desk.tenant)
    trigger = await desk.trigger()
    assert (trigger.status, trigger.why_not) == ("acted", "The mail was sent.")
    view = await desk.outreach.views.look(rita, trigger.id)
    assert (view.settled_by, view.sketch) == ("Rita Rep", None)


async def test_another_workspace_sees_and_settles_nothing(
    desk: OutreachDesk, database: Database
) -> None:
    await desk.unanswered()
    await desk.look()
    trigger = await desk.trigger()
    other = await make.make_tenant(database)
    async with database.transaction(other) as tx:
        stranger = await make.make_member(tx, name="Sam Stranger", role="admin")
    actor = replace(desk.actor(desk.ada), tenant_id=other, member_id=stranger.id)
    for wish in (
        desk.outreach.proposals.draft(actor, trigger.id, version=1, command_id="s1"),
        desk.outreach.proposals.later(
            actor, trigger.id, version=1, span=Later.A_WEEK, command_id="s2"
        ),
        desk.outreach.views.look(actor, trigger.id),
    ):
        with pytest.raises(NotFound):
            await wish
    assert (await desk.outreach.views.mine(actor)).open == ()
    # There is no account to look at.
    await desk.outreach.checks.check(other)
    async with database.read(other) as reading:
        rows = await reading.session.execute(text("select count(*) from outreach_checks"))
        assert rows.scalar_one() == 0


async def test_so_many_a_day_the_most_valuable_first_and_one_for_each_account(
    desk: OutreachDesk,
) -> None:
    """What is over the cap waits until the next working day; an account has peace for three."""
    await desk.set(Member, desk.rita.id, preferences={"proposals_a_day": "2"})
    await desk.unanswered()
    accounts = [await desk.renewing(f"Firm {number}") for number in range(2)]
    await desk.look()
    found = {one.account_id: one for one in await desk.triggers()}
    assert [found[one.id].status for one in accounts] == ["proposed"] * 2
    assert found[desk.account.id].why_not == "Rita Rep has had 2 proposals today."
    await desk.look(A_DAY)
    assert [one.status for one in await desk.triggers()] == ["proposed"] * 3
    # The next window of one of them comes within three days of its last proposal.
    async with desk.database.transaction(desk.tenant) as tx:
        account = await tx.session.get_one(Account, (desk.tenant, accounts[0].id))
        account.renewal_date = MONDAY.date() + timedelta(days=50)
    await desk.look()
    (again,) = [one for one in await desk.triggers() if one.status == "found"]
    assert again.why_not.startswith("The last proposal about this account came on 23 Nov")
    view = await desk.outreach.views.mine(desk.actor(desk.mona))
    assert view.open_total == 3
    assert {line.member for line in view.open} == {"Rita Rep"}


@pytest.mark.slow
async def test_nothing_comes_at_night_to_who_is_away_or_to_who_wants_none(
    desk: OutreachDesk,
) -> None:
    await desk.unanswered()
    await desk.look(timedelta(hours=12))
    assert (await desk.trigger()).why_not == "It is outside Rita Rep's working hours."
    await desk.set(Member, desk.rita.id, preferences={"proposals_a_day": "0"})
    await desk.look(timedelta(hours=12))
    assert (await desk.trigger()).why_not == "Rita Rep wants no proposals."
    paused = desk.clock.now() + timedelta(hours=5)
    await desk.set(Member, desk.rita.id, preferences={}, paused_until=paused)
    await desk.look()
    assert "paused" in (await desk.trigger()).why_not
    assert desk.said_to(desk.rita) == []
    await desk.set(Member, desk.rita.id, paused_until=None)
    await desk.look()
    assert (await desk.trigger()).status == "proposed"


async def test_levels_decide_what_is_made_of_it_and_what_was_left_is_taken_up_later(
    desk: OutreachDesk,
) -> None:
    await desk.unanswered()
    await desk.trust("off")
    await desk.look()
    trigger = await desk.trigger()
    assert (trigger.status, trigger.why_not) == ("declined", "This kind of action is switched off.")
    version = trigger.version
    await desk.look()
    assert (await desk.trigger()).version == version
    (level,) = await desk.rows(EarnedLevel)
    (switch,) = await desk.rows(KillSwitch)
    await desk.set(EarnedLevel, level.id, earned="shadow")
    await desk.set(KillSwitch, switch.id, engaged=True)
    await desk.look()
    assert (await desk.trigger()).why_not == "The kill switch is on."
    await desk.set(KillSwitch, switch.id, engaged=False)
    await desk.look()
    trigger, action = await desk.trigger(), await desk.action()
    assert (trigger.status, trigger.level, action.level) == ("scheduled", "shadow", "shadow")
    assert (action.trigger, action.decided_by) == (f"outreach {trigger.id}", None)
    assert len(await desk.revisions()) == 1
    assert await desk.proposals_to(desk.rita) == []
    # Rita writes by hand: what was only written down is over, and nobody was told.
    await desk.said(-0.01, "Just checking in.")
    await desk.look()
    trigger = await desk.trigger()
    assert (trigger.status, trigger.why_not) == (
        "acted",
        "Somebody of us has written to them since.",
    )
    assert (await desk.action()).status == "voided"


async def test_a_mail_it_began_itself_is_called_off_when_they_write_and_a_card_lapses(
    desk: OutreachDesk,
) -> None:
    await desk.unanswered()
    await desk.trust("approve")
    await desk.look()
    action = await desk.action()
    card = await desk.card()
    assert (action.status, (await desk.trigger()).status) == ("pending", "scheduled")
    assert card.composed is not None
    assert card.composed.started
    assert card.composed.why_now.startswith("Carla Customer hasn't answered our mail of")
    (level,) = await desk.rows(EarnedLevel)
    await desk.set(EarnedLevel, level.id, earned="suggest")
    renewing = await desk.renewing("Later")
    await desk.said(-0.01, "We are still looking at it.", ours=False)
    await desk.look()
    lapsed = next(one for one in await desk.triggers() if one.account_id == desk.account.id)
    assert (lapsed.status, lapsed.why_not) == ("lapsed", "They have written since.")
    assert [one.status for one in await desk.rows(Action) if one.id == action.id] == ["voided"]
    async with desk.database.transaction(desk.tenant) as tx:
        account = await tx.session.get_one(Account, (desk.tenant, renewing.id))
        account.renewal_date = None
    await desk.look(A_DAY)
    ended = next(one for one in await desk.triggers() if one.account_id == renewing.id)
    assert (ended.status, ended.why_not) == ("lapsed", "It no longer holds.")


@pytest.mark.slow
async def test_who_asked_not_to_be_written_to_is_left_alone(desk: OutreachDesk) -> None:
    asked = await desk.said(40, "Please stop writing to me.", ours=False)
    await desk.unanswered()
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_outcome(
            tx,
            await make.make_action(tx, desk.conversation),
            status="negative",
            reason=UNWANTED,
            account_id=desk.account.id,
            signal_message_id=asked.id,
        )
    await desk.look()
    assert (await desk.trigger()).why_not == "They asked not to be written to."
    assert await desk.proposals_to(desk.rita) == []


async def test_not_useful_keeps_the_kind_away_and_later_brings_it_back(desk: OutreachDesk) -> None:
    await desk.unanswered()
    await desk.look()
    trigger, deeds, rita = await desk.trigger(), desk.outreach.proposals, desk.actor(desk.rita)
    until = await deeds.later(
        rita, trigger.id, version=trigger.version, span=Later.NEXT_DAY, command_id="l1"
    )
    assert until == MONDAY.replace(hour=8, minute=0) + A_DAY
    await desk.look(A_DAY)
    trigger = await desk.trigger()
    assert (trigger.status, trigger.due_at) == ("proposed", None)
    await deeds.dismiss(
        rita, trigger.id, version=trigger.version, reason="We spoke.", command_id="d1"
    )
    await desk.said(0, "Did you have time? Could you send me your answer?")
    await desk.look(timedelta(days=7))
    old, new = sorted(await desk.triggers(), key=lambda one: one.status, reverse=True)
    assert (old.status, old.why_not) == ("dismissed", "We spoke.")
    assert (new.status, new.why_not) == (
        "declined",
        "Rita Rep said on 24 Nov that this isn't useful here.",
    )
    view = await desk.outreach.views.mine(rita)
    assert [line.why_not for line in view.left] == [new.why_not, "We spoke."]


async def test_what_serves_already_and_who_can_t_be_written_to_are_said(desk: OutreachDesk) -> None:
    await desk.unanswered()
    await desk.set(Contact, desk.contact.id, status="observed")
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_signal(tx, desk.account, name="silence", seen_at=desk.clock.now())
    await desk.look()
    # Who hasn't answered and who has gone quiet get one mail: the silence is told of by its alert.
    trigger = await desk.trigger()
    assert (trigger.kind, trigger.status) == ("follow_up_due", "declined")
    assert trigger.why_not.startswith("Nobody whom this concerns is a confirmed contact")
    await desk.set(Contact, desk.contact.id, status="confirmed")
    async with desk.database.transaction(desk.tenant) as tx:
        draft = await make.make_draft(tx, desk.conversation)
        await make.make_action(tx, desk.conversation, account_id=desk.account.id, draft_id=draft.id)
    await desk.look()
    found = {one.kind: one for one in await desk.triggers()}
    assert found["follow_up_due"].why_not == "A draft about this account waits already."
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_signal(tx, desk.account, name="cancellation", seen_at=desk.clock.now())
    await desk.look()
    found = {one.kind: one for one in await desk.triggers()}
    assert found["follow_up_due"].why_not.startswith("They are unhappy")


async def test_a_source_that_fails_stops_no_other_account_and_is_tried_again(
    desk: OutreachDesk,
) -> None:
    await desk.unanswered()
    await desk.renewing("Fine")
    broken, really = {desk.account.id}, desk.outreach.checks.look

    async def look(tenant_id: UUID, account_id: UUID) -> int:
        if account_id in broken:
            raise ValueError("a source of facts is down")
        return await really(tenant_id, account_id)

    desk.outreach = replace(desk.outreach, checks=replace(desk.outreach.checks, look=look))
    desk.sweeps = replace(desk.sweeps, checks=(desk.outreach.checks.check,))
    await desk.look()
    (check,) = await desk.checks()
    assert (check.looked, check.failed, check.ended_at is not None) == (2, 1, True)
    assert [one.kind for one in await desk.triggers()] == ["renewal_window"]
    broken.clear()
    await desk.look()
    assert {one.kind for one in await desk.triggers()} == {"renewal_window", "follow_up_due"}


async def test_forgotten_texts_excluded_accounts_and_merges_end_what_stood_on_them(
    desk: OutreachDesk,
) -> None:
    mail = await desk.unanswered()
    await desk.trust("approve")
    other = await desk.renewing("Part")
    await desk.look()
    assert (await desk.action()).status == "pending"
    async with desk.database.transaction(desk.tenant) as tx:
        await derived.forget_made_of(
            tx,
            [desk.account.id],
            [("message", mail.id)],
            clock=desk.clock,
            ids=desk.ids,
            audit=desk.audit,
        )
    found = {one.account_id: one for one in await desk.triggers()}
    forgotten = found[desk.account.id]
    assert (forgotten.status, forgotten.why) == ("lapsed", "")
    assert ASKED not in str(forgotten.evidence)
    drafts = {one.contact_id: one for one in await desk.rows(type(await desk.draft()))}
    assert "why_now" not in drafts[desk.contact.id].source
    moves = AccountMoveService(
        desk.database,
        desk.clock,
        desk.ids,
        desk.audit,
        AlertService(db=desk.database, clock=desk.clock, ids=desk.ids, audit=desk.audit),
    )
    await moves.merge(desk.tenant, None, other.id, desk.account.id)
    moved = next(one for one in await desk.triggers() if one.kind == "renewal_window")
    assert (moved.account_id, moved.status) == (desk.account.id, "lapsed")
    assert moved.why_not == "Part became part of Acme."


@pytest.mark.slow
async def test_a_small_workspace_is_done_while_a_large_one_takes_its_turns(
    desk: OutreachDesk, database: Database
) -> None:
    """Two thousand accounts against three: jobs run in the order of the queue."""
    looked: list[UUID] = []

    async def look(tenant_id: UUID, _account_id: UUID) -> int:
        looked.append(tenant_id)
        return 0

    checks = replace(desk.outreach.checks, look=look, page=100)
    small = desk.tenant
    for number in range(3):
        await desk.renewing(f"Small {number}")
    large = await make.make_tenant(database)
    async with database.transaction(large) as tx:
        await tx.session.execute(
            text(
                "insert into accounts (tenant_id, id, created_at, name, excluded, renewal_date) "
                "select :tenant, gen_random_uuid(), now(), 'A' || n, false, cast(:day as date) "
                "from generate_series(1, 2000) n"
            ),
            {"tenant": large, "day": MONDAY.date() + timedelta(days=9)},
        )
    await checks.check(large)
    await checks.check(small)
    turns = await _work(database, checks)
    # The small one was through before the second page of the large one.
    assert looked[:103].count(small) == looked.count(small) == 3
    assert looked.count(large) == 2000
    assert turns[large] == 20 + 1 + 1
    assert turns[small] == 2


async def _work(database: Database, checks: OutreachCheckService) -> dict[UUID, int]:
    """One worker that takes the oldest job, until none is left; turns by tenant."""
    turns: dict[UUID, int] = {}
    query = text(
        "select id, convert_from(payload, 'utf8')::jsonb as body from jobs.pgqueuer "
        "where entrypoint = :kind order by priority desc, id limit 1"
    )
    while True:
        async with database.directory() as tx:
            job = (await tx.session.execute(query, {"kind": CHECK})).one_or_none()
            if job is None:
                return turns
            await tx.session.execute(
                text("delete from jobs.pgqueuer where id = :id"), {"id": job.id}
            )
        tenant = UUID(job.body["tenant_id"])
        turns[tenant] = turns.get(tenant, 0) + 1
        await checks.run(tenant, UUID(job.body["check_id"]))


async def test_a_turn_that_died_is_found_and_one_account_costs_a_bounded_number_of_statements(
    desk: OutreachDesk,
) -> None:
    await desk.unanswered()
    await desk.outreach.checks.check(desk.tenant)
    (check,) = await desk.checks()
    # The worker died under its lease, with its job.
    async with desk.database.directory() as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer"))
    lease = desk.clock.now() + timedelta(minutes=5)
    await desk.set(type(check), check.id, lease_token=uuid4(), lease_until=lease)
    await desk.sweeps.recover(desk.tenant)
    assert await desk.queued(CHECK) == []
    # Another hour begins no second look while one goes on.
    desk.clock.move(HOUR)
    await desk.outreach.checks.check(desk.tenant)
    await desk.sweeps.recover(desk.tenant)
    with Counted(desk.database) as counted:
        await desk.outreach.checks.look(desk.tenant, desk.account.id)
    assert counted.number <= 45
    await desk.drain(skip=("audit.chain",))
    (check,) = await desk.checks()
    assert (check.looked, check.ended_at is not None) == (1, True)
    assert (await desk.trigger()).status == "proposed"
