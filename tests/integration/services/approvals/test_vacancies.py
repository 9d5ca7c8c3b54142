"""Seats that nobody can speak for are found and given to somebody; nothing is ever stuck."""

import asyncio
from datetime import timedelta

import pytest

from db.approval_requests import list_seats
from db.models.approvals import ApprovalRequest
from services.approvals import vacancies
from services.approvals.vacancies import VacancyService
from tests.integration.services.approvals.desk import HOUR, Desk, open_desk

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"active": False}, "Vera has left, so Victor decides."),
        ({"titles": []}, "Vera is no longer a VP of sales, so Victor decides."),
    ],
)
async def test_who_left_or_lost_the_title_is_replaced(desk: Desk, change, why):
    request = await desk.ask("vera")
    await desk.pass_time(MINUTE)
    assert await desk.entries("approval.") == []
    await desk.change("vera", **change)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("victor", None, "vp_sales")
    assert await desk.chain(request) == [("vera", "victor", why)]
    (entry,) = await desk.entries("approval.escalated")
    assert entry["facts"]["to"] == str(desk.people["victor"].id)
    assert set(await desk.shown_to(request)) == {"victor"}
    assert desk.told == [("request", "victor")]


async def test_a_title_without_holders_goes_up_the_chain_then_to_an_admin(desk: Desk):
    request = await desk.ask("cleo", title="cfo")
    await desk.change("cleo", active=False)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("ada", None, "admin")
    (seat,) = await desk.seats(request)
    assert seat.escalated


async def test_a_demoted_admin_loses_an_admin_s_seat(desk: Desk):
    request = await desk.ask("ada", title="admin")
    await desk.change("vera", role="admin")
    await desk.change("ada", role="rep")
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("vera", None, "admin")


async def test_the_requester_s_own_manager_comes_first(desk: Desk):
    request = await desk.ask("mona", title="manager")
    await desk.change("mona", active=False)
    await desk.change("rita", manager_id=desk.people["vera"].id)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("vera", None, "manager")


async def test_a_manager_without_the_role_still_manages(desk: Desk):
    request = await desk.ask("mona", title="manager")
    await desk.change("mona", role="rep")
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("mona", None, "manager")


async def test_what_nobody_may_hold_is_shown_to_admins_and_tried_again(desk: Desk):
    """The only admin asks, and everybody else is gone."""
    for name in ("otto", "vera", "victor", "cleo", "mona"):
        await desk.change(name, active=False)
    request = await desk.ask("vera", requester="ada")
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("None", None, "vp_sales")
    assert "ada" in await desk.shown_to(request)
    entries = len(await desk.entries("approval."))
    await desk.pass_time(2 * HOUR)
    assert len(await desk.entries("approval.escalated")) == entries, "nothing new, nothing told"
    await desk.change("victor", active=True)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("victor", None, "vp_sales")
    assert (await desk.chain(request))[-1][1] == "victor"


async def test_a_delegate_who_left_gives_back(desk: Desk):
    request = await desk.ask("vera")
    await desk.absences.set_absence(
        desk.actor("vera"),
        first=desk.clock.now().date(),
        last=desk.clock.now().date(),
        delegate_id=desk.people["victor"].id,
        command_id="c1",
    )
    await desk.change("victor", active=False)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("otto", None, "manager")
    await desk.absences.cancel_absence(desk.actor("vera"), command_id="c2")
    held = await desk.ask("vera")
    async with desk.database.transaction(desk.tenant) as tx:
        (seat,) = await list_seats(tx, held)
        seat.delegate_id = desk.people["victor"].id
    await desk.change("rita", titles=["something"])
    await desk.pass_time(MINUTE)
    assert await desk.seat(held) == ("vera", None, "vp_sales")


async def test_votes_stay_whoever_leaves(desk: Desk):
    request = await desk.ask("vera", "cleo", needed=2)
    await desk.vote(request, "vera")
    await desk.change("vera", active=False)
    await desk.pass_time(MINUTE)
    assert desk.name((await desk.seats(request))[0].holder_id) == "vera"


async def test_a_look_is_dear_so_it_waits_for_a_change_or_an_hour(desk: Desk):
    await desk.pass_time(MINUTE)
    request = await desk.ask(None)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("None", None, "vp_sales")
    await desk.pass_time(HOUR)
    assert await desk.seat(request) == ("vera", None, "vp_sales")


async def test_many_are_spread_by_load_and_taken_in_parts(desk: Desk, monkeypatch):
    monkeypatch.setattr(vacancies, "BATCH", 3)
    monkeypatch.setattr(vacancies, "AT_ONCE", 6)
    requests = [await desk.ask("cleo") for _ in range(10)]
    check = VacancyService(db=desk.database, deps=desk.deps).check
    assert await check(desk.tenant) == 6
    assert await check(desk.tenant) == 4
    assert await check(desk.tenant) == 0
    holders = [(await desk.seat(request))[0] for request in requests]
    assert {name: holders.count(name) for name in set(holders)} == {"vera": 5, "victor": 5}


async def test_another_tenant_s_members_change_nothing_here(desk: Desk, database):
    other = await open_desk(database)
    request = await desk.ask("vera")
    await other.change("vera", active=False)
    await desk.pass_time(MINUTE)
    assert await desk.seat(request) == ("vera", None, "vp_sales")


async def test_a_request_that_can_t_be_mended_keeps_no_other_waiting(desk: Desk):
    broken = await desk.ask("vera")
    async with desk.database.transaction(desk.tenant) as tx:
        request = await tx.session.get_one(ApprovalRequest, (desk.tenant, broken))
        request.route = {**request.route, "escalate": None}
    others = [await desk.ask("vera") for _ in range(3)]
    await desk.change("vera", active=False)
    await desk.pass_time(MINUTE)
    assert [await desk.seat(one) for one in others] == [("victor", None, "vp_sales")] * 3
    assert await desk.seat(broken) == ("vera", None, "vp_sales")
    async with desk.database.transaction(desk.tenant) as tx:
        request = await tx.session.get_one(ApprovalRequest, (desk.tenant, broken))
        request.route = {**request.route, "escalate": ["admin"]}
    await desk.pass_time(HOUR)
    assert await desk.seat(broken) == ("victor", None, "vp_sales")


async def test_two_workers_at_once_hand_each_seat_over_once(desk: Desk):
    asked = [await desk.ask("vera") for _ in range(6)]
    await desk.change("vera", active=False)
    workers = [VacancyService(db=desk.database, deps=desk.deps) for _ in range(3)]
    changed = await asyncio.gather(*(worker.check(desk.tenant) for worker in workers))
    assert sum(changed) == len(asked)
    assert len(await desk.entries("approval.escalated")) == len(asked)
    for one in asked:
        assert len(await desk.chain(one)) == 1
