"""Out of office: days as the member counts them, and what happens to what waits for them."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from db.approval_requests import list_seats
from db.models.approvals import Absence
from db.session import Database
from services.approvals.absences import days_in_words
from services.errors import Conflict, Forbidden, InvalidInput
from services.zones import day_begins
from tests.integration.services.approvals.desk import DAY, HOUR, Desk, open_desk

SATURDAY = date(2026, 11, 21)  # the desk's clock: 09:30 UTC, 04:30 in New York
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


async def away(
    desk: Desk, who: str, first=SATURDAY, last=SATURDAY, *, to=None, command="c1"
) -> str:
    return await desk.absences.set_absence(
        desk.actor(who),
        first=first,
        last=last,
        delegate_id=desk.people[to].id if to else None,
        command_id=command,
    )


async def absences(desk: Desk) -> list[Absence]:
    async with desk.database.read(desk.tenant) as tx:
        return list(await tx.session.scalars(select(Absence).order_by(Absence.created_at)))


@pytest.mark.parametrize(
    ("zone", "day", "starts"),
    [
        ("America/New_York", "2026-11-21", "2026-11-21T05:00"),
        ("America/New_York", "2026-07-01", "2026-07-01T04:00"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00"),  # there is no midnight
        ("America/Havana", "2026-11-01", "2026-11-01T04:00"),  # there are two midnights
        ("Nowhere/Land", "2026-11-21", "2026-11-21T00:00"),
    ],
)
def test_a_day_begins_where_the_member_is(zone, day, starts):
    wanted = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert day_begins(date.fromisoformat(day), zone) == wanted


def test_days_are_told_as_the_member_counts_them():
    zone = "Asia/Tokyo"
    first, after = day_begins(MONDAY, zone), day_begins(FRIDAY, zone)
    told = days_in_words(first, after, zone)
    assert told == "from 23 November 2026 to 26 November 2026"
    assert days_in_words(first, first + DAY, zone) == "on 23 November 2026"


async def test_an_absence_that_begins_now_hands_over_at_once_and_takes_back(desk: Desk):
    request = await desk.ask("vera")
    told = await away(desk, "vera", last=MONDAY, to="victor")
    assert told == (
        "You are out of office from 21 November 2026 to 23 November 2026. Victor decides for you. "
        "1 request was handed over now."
    )
    assert await desk.seat(request) == ("vera", "victor", "vp_sales")
    assert await desk.chain(request) == [
        ("vera", "victor", "Vera is out of office, so Victor decides.")
    ]
    assert set(await desk.shown_to(request)) == {"victor"}
    assert desk.told == [("request", "victor")]
    (entry,) = await desk.entries("absence.set")
    assert entry["actor"] == str(desk.people["vera"].id)
    assert entry["facts"]["to"] == "2026-11-24T05:00:00+00:00"
    back = datetime(2026, 11, 24, 5, tzinfo=UTC)
    await desk.pass_time(back - desk.clock.now() - timedelta(minutes=1))
    # By then it has been breached once; the delegate's holder has it no more.
    assert (await desk.request(request)).level > 0


async def test_what_was_lent_comes_back_at_the_end(desk: Desk):
    request = await desk.ask("vera", route={"sla": 10 * 86400, "expires_after": 20 * 86400})
    await away(desk, "vera", last=MONDAY, to="victor")
    back = datetime(2026, 11, 24, 5, tzinfo=UTC)
    await desk.pass_time(back - desk.clock.now() - timedelta(minutes=1))
    assert await desk.seat(request) == ("vera", "victor", "vp_sales")
    await desk.pass_time(5 * DAY)
    assert await desk.seat(request) == ("vera", None, "vp_sales")
    assert (await desk.chain(request))[-1] == ("victor", "vera", "Vera is back.")
    assert (await desk.scheduled("approval.delegated"))[-1] == back


async def test_an_absence_that_begins_later_waits_for_its_day(desk: Desk):
    request = await desk.ask("vera", route={"sla": 10 * 86400, "expires_after": 20 * 86400})
    told = await away(desk, "vera", MONDAY, FRIDAY, to="victor")
    assert "handed over" not in told
    begins = datetime(2026, 11, 23, 5, tzinfo=UTC)
    await desk.pass_time(begins - desk.clock.now() - timedelta(minutes=1))
    assert await desk.seat(request) == ("vera", None, "vp_sales")
    await desk.pass_time(timedelta(minutes=1))
    assert await desk.seat(request) == ("vera", "victor", "vp_sales")
    assert await desk.scheduled("approval.delegated") == [begins]


async def test_a_whole_absence_missed_by_the_sweep_leaves_the_same_log(desk: Desk):
    request = await desk.ask("vera", route={"sla": 30 * 86400, "remind_before": []})
    await away(desk, "vera", MONDAY, FRIDAY, to="victor")
    await desk.pass_time(20 * DAY)
    assert await desk.scheduled("approval.delegated") == [
        datetime(2026, 11, 23, 5, tzinfo=UTC),
        # It expired on the 28th, 09:30 UTC; by then it was Vera's again.
        datetime(2026, 11, 28, 5, tzinfo=UTC),
    ]
    assert await desk.seat(request) == ("vera", None, "vp_sales")


async def test_without_a_delegate_somebody_else_of_the_title_decides(desk: Desk):
    request = await desk.ask("vera")
    told = await away(desk, "vera")
    assert "goes to others who may decide. 1 request was handed over now." in told
    assert await desk.seat(request) == ("victor", None, "vp_sales")
    assert await desk.chain(request) == [
        ("vera", "victor", "Vera is out of office, so Victor decides.")
    ]


@pytest.mark.parametrize("case", ["requester", "on it already", "voted"])
async def test_a_delegate_who_may_not_speak_here_is_passed_over(desk: Desk, case):
    if case == "requester":
        request = await desk.ask("vera", requester="victor")
        await away(desk, "vera", to="victor")
        # No other VP of sales: up the chain.
        assert await desk.seat(request) == ("otto", None, "manager")
        return
    request = await desk.ask("vera", "cleo", needed=2)
    if case == "voted":
        await desk.vote(request, "cleo")
    await away(desk, "vera", to="cleo")
    assert desk.name((await desk.seats(request))[0].holder_id) == "victor"


async def test_a_delegate_who_goes_away_gives_back_or_passes_on(desk: Desk):
    request = await desk.ask("vera")
    await away(desk, "vera", last=FRIDAY, to="victor")
    await away(desk, "victor", command="c2")
    # Vera is away as well, and there is no third VP.
    assert await desk.seat(request) == ("otto", None, "manager")


async def test_a_delegate_given_by_hand_gives_back_to_who_is_there(desk: Desk):
    request = await desk.ask("vera")
    async with desk.database.transaction(desk.tenant) as tx:
        (seat,) = await list_seats(tx, request)
        seat.delegate_id = desk.people["victor"].id
    await away(desk, "victor")
    assert await desk.seat(request) == ("vera", None, "vp_sales")


async def test_what_is_decided_stays(desk: Desk):
    request = await desk.ask("vera", "victor", needed=2)
    await desk.vote(request, "vera")
    settled = await desk.ask("vera", status="approved")
    await away(desk, "vera", to="cleo")
    assert (await desk.seats(request))[0].delegate_id is None
    assert (await desk.seats(settled))[0].delegate_id is None


async def test_an_absent_delegate_is_refused_by_name(desk: Desk):
    await away(desk, "victor", MONDAY, FRIDAY)
    with pytest.raises(InvalidInput) as refused:
        await away(desk, "vera", last=MONDAY, to="victor", command="c2")
    assert str(refused.value) == (
        "Victor is out of office from 23 November 2026 to 27 November 2026. Choose somebody who is "
        "there."
    )
    assert refused.value.field == "delegate"
    await away(desk, "vera", to="victor", command="c3")


@pytest.mark.parametrize(
    ("first", "last", "to", "field"),
    [
        (date(2026, 11, 20), FRIDAY, None, "first"),
        (FRIDAY, MONDAY, None, "last"),
        (MONDAY, date(2027, 11, 24), None, "last"),
        (date(2030, 1, 1), date(2030, 1, 2), None, "first"),
        (date(9999, 12, 30), date(9999, 12, 31), None, "first"),
        (MONDAY, FRIDAY, "vera", "delegate"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_the_field(desk: Desk, first, last, to, field):
    with pytest.raises(InvalidInput) as refused:
        await away(desk, "vera", first, last, to=to)
    assert refused.value.field == field
    assert await absences(desk) == []


async def test_today_counts_where_the_member_is(desk: Desk):
    """At 03:30 UTC it is still the evening before in New York."""
    desk.clock.move(-6 * HOUR)
    await away(desk, "vera", date(2026, 11, 20), date(2026, 11, 20))
    (row,) = await absences(desk)
    assert row.ends_at == datetime(2026, 11, 21, 5, tzinfo=UTC)


async def test_who_left_can_t_be_delegate_nor_plan(desk: Desk):
    await desk.change("victor", active=False)
    with pytest.raises(InvalidInput):
        await away(desk, "vera", to="victor")
    with pytest.raises(Forbidden):
        await away(desk, "victor", command="c2")


async def test_a_repeated_command_gets_the_first_answer(desk: Desk):
    answers = await asyncio.gather(*(away(desk, "vera", to="victor") for _ in range(3)))
    assert len(set(answers)) == 1
    assert len(await absences(desk)) == 1
    first, again = [
        await desk.absences.cancel_absence(desk.actor("vera"), command_id="c2") for _ in range(2)
    ]
    assert first == again
    assert len(await desk.entries("absence.cancelled")) == 1


async def test_an_overlapping_one_is_replaced(desk: Desk):
    request = await desk.ask("vera")
    await away(desk, "vera", last=FRIDAY, to="victor")
    await away(desk, "vera", last=MONDAY, to="cleo", command="c2")
    old, new = await absences(desk)
    assert old.cancelled_at == desk.clock.now()
    assert new.cancelled_at is None
    assert await desk.seat(request) == ("vera", "cleo", "vp_sales")
    assert [to for _, to, _ in await desk.chain(request)] == ["victor", "vera", "cleo"]


async def test_one_put_off_gives_back_until_then(desk: Desk):
    request = await desk.ask("vera")
    await away(desk, "vera", last=FRIDAY, to="victor")
    await away(desk, "vera", MONDAY, FRIDAY, to="victor", command="c2")
    assert await desk.seat(request) == ("vera", None, "vp_sales")


async def test_called_off_it_comes_back(desk: Desk):
    request = await desk.ask("vera")
    await away(desk, "vera", last=FRIDAY, to="victor")
    told = await desk.absences.cancel_absence(desk.actor("vera"), command_id="c2")
    assert told == "You are back: what waits for you is yours to decide again."
    assert await desk.seat(request) == ("vera", None, "vp_sales")
    await away(desk, "vera", MONDAY, FRIDAY, to="victor", command="c3")
    told = await desk.absences.cancel_absence(desk.actor("vera"), command_id="c4")
    assert told == (
        "Your time out of office from 23 November 2026 to 27 November 2026 is called off."
    )
    with pytest.raises(Conflict):
        await desk.absences.cancel_absence(desk.actor("vera"), command_id="c5")
    # The timers of what was called off find nothing to do.
    before = len(await desk.entries("approval.delegated"))
    await desk.pass_time(9 * DAY)
    assert len(await desk.entries("approval.delegated")) == before


async def test_who_is_back_may_get_what_nobody_could_decide(desk: Desk):
    for name in ("ada", "otto", "victor"):
        await desk.change(name, active=False)
    request = await desk.ask(None, route={"escalate": []})
    await away(desk, "vera", to=None)
    await desk.pass_time(timedelta(minutes=1))
    assert await desk.seat(request) == ("None", None, "vp_sales")
    await desk.absences.cancel_absence(desk.actor("vera"), command_id="c2")
    assert await desk.seat(request) == ("vera", None, "vp_sales")


async def test_another_tenant_s_people_are_nobody_here(desk: Desk, database: Database):
    other = await open_desk(database)
    with pytest.raises(InvalidInput):
        await desk.absences.set_absence(
            desk.actor("vera"),
            first=MONDAY,
            last=FRIDAY,
            delegate_id=other.people["victor"].id,
            command_id="c1",
        )
    stranger = other.actor("vera")
    request = await desk.ask("vera")
    await other.absences.set_absence(
        stranger, first=SATURDAY, last=FRIDAY, delegate_id=None, command_id="c1"
    )
    assert await desk.seat(request) == ("vera", None, "vp_sales")
