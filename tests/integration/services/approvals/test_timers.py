"""Reminders, breaches, escalations and expiry, to the minute, whenever the sweep comes."""

from datetime import timedelta

import pytest

from db import timers
from db.models.approvals import ApprovalRequest
from services.approvals.timing import next_moment
from tests.integration.services.approvals.desk import DAY, HOUR, Desk, open_desk

MINUTE = timedelta(minutes=1)


async def test_a_reminder_comes_an_hour_before_and_a_fresh_card_with_it(desk: Desk):
    request = await desk.ask("vera")
    asked = desk.clock.now()
    await desk.pass_time(23 * HOUR - MINUTE)
    assert await desk.entries("approval.") == []
    await desk.pass_time(MINUTE)
    (entry,) = await desk.entries("approval.reminded")
    assert entry["facts"] == {
        "scheduled": (asked + 23 * HOUR).isoformat(),
        "to": [str(desk.people["vera"].id)],
        "level": 0,
        "number": 1,
    }
    assert desk.told == [("reminder", "vera")]
    card = (await desk.shown_to(request))["vera"]
    assert card.fresh_rev == card.wanted_rev
    await desk.pass_time(MINUTE)
    assert len(await desk.entries("approval.reminded")) == 1


async def test_reminders_before_the_level_began_are_left_out(desk: Desk):
    urgent = {"sla": 7200, "remind_before": [86400, 1800, 3600, 1800]}
    await desk.ask("vera", route=urgent)
    asked = desk.clock.now()
    await desk.pass_time(2 * HOUR - MINUTE)
    assert await desk.scheduled("approval.reminded") == [asked + HOUR, asked + 90 * MINUTE]


async def test_a_breach_goes_up_the_chain_and_gets_a_new_term(desk: Desk):
    request = await desk.ask("vera")
    due = desk.clock.now() + DAY
    await desk.pass_time(DAY)
    row = await desk.request(request)
    assert (row.breached_at, row.level, row.due_at, row.reminded) == (due, 1, due + DAY, 0)
    assert await desk.seat(request) == ("otto", None, "manager")
    ((before, after, why),) = await desk.chain(request)
    assert (before, after) == ("vera", "otto")
    assert "didn't decide in time" in why
    assert desk.told[-1] == ("request", "otto")
    assert set(await desk.shown_to(request)) >= {"otto"}
    # The second step, and then it stays with the last holder.
    await desk.pass_time(DAY)
    assert await desk.seat(request) == ("ada", None, "admin")
    await desk.pass_time(2 * DAY)
    row = await desk.request(request)
    assert (row.level, row.breached_at, row.due_at) == (2, due, due + 2 * DAY)
    assert await desk.seat(request) == ("ada", None, "admin")
    assert await desk.scheduled("approval.breached") == [due]
    assert await desk.scheduled("approval.escalated") == [due, due + DAY]
    assert await desk.scheduled("approval.reminded") == [
        due - HOUR,
        due + DAY - HOUR,
        due + 2 * DAY - HOUR,
    ]


async def test_a_worker_that_was_away_does_the_same_at_the_same_moments(desk: Desk):
    """Eight days in one tick: the log is that of a minute's rhythm."""
    asked = desk.clock.now()
    request = await desk.ask("vera")
    await desk.pass_time(8 * DAY)
    log = [
        (entry["verb"], entry["facts"]["scheduled"]) for entry in await desk.entries("approval.")
    ]
    at = {
        "approval.reminded": [23, 47, 71],
        "approval.breached": [24],
        "approval.escalated": [24, 48],
        "approval.expired": [168],
    }
    wanted = sorted(
        (asked + hours * HOUR, verb) for verb, moments in at.items() for hours in moments
    )
    assert sorted((moment, verb) for verb, moment in log) == sorted(
        (moment.isoformat(), verb) for moment, verb in wanted
    )
    assert [moment for _, moment in log] == sorted(moment for _, moment in log)
    row = await desk.request(request)
    assert (row.status, row.settled_at) == ("expired", asked + 7 * DAY)
    assert row.settled_reason == "Nobody decided in time."
    assert row.settled_by is None
    card = (await desk.shown_to(request))["rita"]
    assert card.fresh_rev == card.wanted_rev, "whoever asked is to notice"
    assert row.carry_status == "none"
    assert desk.told[-1] == ("outcome", "rita")
    assert "rita" in await desk.shown_to(request)


async def test_only_open_seats_go_up(desk: Desk):
    request = await desk.ask("vera", "cleo", needed=2)
    await desk.vote(request, "vera")
    await desk.pass_time(DAY)
    first, second = await desk.seats(request)
    assert desk.name(first.holder_id) == "vera"
    # The CFO has no manager: the next step is taken at once.
    assert desk.name(second.holder_id) == "ada"
    assert (await desk.request(request)).level == 2


async def test_nobody_is_on_a_request_twice(desk: Desk):
    request = await desk.ask("vera", "victor", needed=2)
    await desk.pass_time(DAY)
    holders = [desk.name(seat.holder_id) for seat in await desk.seats(request)]
    # Both have one manager: one seat goes up, the other stays.
    assert holders == ["otto", "victor"]


async def test_without_a_chain_it_stays_until_it_expires(desk: Desk):
    request = await desk.ask("vera", route={"escalate": []})
    await desk.pass_time(2 * DAY)
    assert await desk.seat(request) == ("vera", None, "vp_sales")
    assert len(await desk.entries("approval.breached")) == 1
    assert await desk.entries("approval.escalated") == []
    await desk.pass_time(5 * DAY)
    assert (await desk.request(request)).status == "expired"


async def test_what_never_expires_waits(desk: Desk):
    request = await desk.ask("vera", expires_at=None)
    await desk.pass_time(300 * DAY)
    row = await desk.request(request)
    assert (row.status, next_moment(row)) == ("pending", None)
    async with desk.database.directory() as tx:
        assert list(await timers.list_due_tenants(tx, desk.clock.now() + 900 * DAY)) == []


async def test_expiry_and_breach_at_one_moment_is_expiry(desk: Desk):
    request = await desk.ask("vera", route={"expires_after": 86400})
    await desk.pass_time(DAY)
    assert (await desk.request(request)).status == "expired"
    assert await desk.entries("approval.breached") == []


async def test_the_settled_is_left_alone(desk: Desk):
    request = await desk.ask("vera", status="rejected")
    async with desk.database.transaction(desk.tenant) as tx:
        await timers.set_timer(tx, "approval", request, desk.clock.now())
        await timers.set_timer(tx, "approval", desk.ids.new(), desk.clock.now())
    await desk.pass_time(9 * DAY)
    assert await desk.entries("approval.") == []
    async with desk.database.directory() as tx:
        assert list(await timers.list_due_tenants(tx, desk.clock.now())) == []


@pytest.mark.parametrize(
    ("urgency", "fresh", "alarmed"),
    [("normal", False, []), ("high", True, []), ("critical", True, ["otto"])],
)
async def test_urgent_ones_are_noticed_when_they_go_up(desk: Desk, urgency, fresh, alarmed):
    request = await desk.ask("vera", urgency=urgency, route={"remind_before": []})
    await desk.pass_time(DAY)
    card = (await desk.shown_to(request))["otto"]
    assert (card.fresh_rev == card.wanted_rev) is fresh
    assert desk.alarmed == alarmed


async def test_who_decides_now_decides_on_what_time_has_made_of_it(desk: Desk):
    """The worker is away, the web process is not: what has expired can't be approved."""
    request = await desk.ask("vera")
    asked = desk.clock.now()
    desk.clock.move(8 * DAY)
    async with desk.database.transaction(desk.tenant) as tx:
        row = await tx.session.get_one(ApprovalRequest, (desk.tenant, request))
        assert await desk.timers.catch_up(tx, row) is False
    row = await desk.request(request)
    assert (row.status, row.settled_at) == ("expired", asked + 7 * DAY)
    await desk.sweep.tick()
    assert len(await desk.entries("approval.expired")) == 1


async def test_one_tenant_s_time_is_not_another_s(desk: Desk, database):
    other = await open_desk(database)
    request = await desk.ask("vera")
    stranger = other.clock.now()
    async with database.transaction(other.tenant) as tx:
        # A timer that names another tenant's request finds nothing.
        await timers.set_timer(tx, "approval", request, stranger)
    other.clock.move(9 * DAY)
    await other.sweep._fire_all(other.tenant, other.clock.now())
    assert (await desk.request(request)).status == "pending"
    assert await other.entries("approval.") == []
