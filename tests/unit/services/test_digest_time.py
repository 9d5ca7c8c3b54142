"""When the next digest is due: eight o'clock where the member is, whatever the clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from db.models.tenants import Member
from services.digests import MORNING, morning_of
from services.zones import next_time


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("UTC", "2026-11-20T07:59:59", "2026-11-20T08:00"),
        ("UTC", "2026-11-20T08:00:00", "2026-11-21T08:00"),
        ("America/New_York", "2026-11-20T12:00", "2026-11-20T13:00"),
        ("Asia/Kolkata", "2026-11-20T02:29", "2026-11-20T02:30"),
        ("Pacific/Kiritimati", "2026-11-20T17:00", "2026-11-20T18:00"),
        ("Pacific/Pago_Pago", "2026-11-20T18:30", "2026-11-20T19:00"),
        # The nights of the changes: the wall clock counts, not 24 hours.
        ("America/New_York", "2026-03-07T13:00", "2026-03-08T12:00"),
        ("America/New_York", "2026-10-31T12:00", "2026-11-01T13:00"),
        ("Europe/Oslo", "2026-03-28T07:00", "2026-03-29T06:00"),
        ("Europe/Oslo", "2026-10-24T06:00", "2026-10-25T07:00"),
        ("Australia/Lord_Howe", "2026-10-03T21:30", "2026-10-04T21:00"),
        # Samoa left out the whole 30th of December 2011.
        ("Pacific/Apia", "2011-12-29T18:00", "2011-12-30T18:00"),
        ("Pacific/Apia", "2011-12-30T18:00", "2011-12-31T18:00"),
        ("", "2026-11-20T07:00", "2026-11-20T08:00"),
        ("Mars/Olympus", "2026-11-20T07:00", "2026-11-20T08:00"),
        ("../../etc/passwd", "2026-11-20T07:00", "2026-11-20T08:00"),
    ],
)
def test_eight_where_the_member_is(zone: str, now: str, due: str):
    assert next_time(zone, utc(now), MORNING) == utc(due)


def test_an_hour_the_clock_leaves_out_comes_as_much_later():
    # 02:30 doesn't exist in New York on 8 March 2026; 03:30 does.
    due = next_time("America/New_York", utc("2026-03-08T05:00"), time(2, 30))
    assert due.astimezone(ZoneInfo("America/New_York")).time() == time(3, 30)


def test_an_hour_that_comes_twice_counts_once():
    first = next_time("America/New_York", utc("2026-11-01T04:00"), time(1, 30))
    assert first == utc("2026-11-01T05:30")
    assert next_time("America/New_York", first, time(1, 30)) == utc("2026-11-02T06:30")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Oslo", "Africa/Casablanca"])
def test_a_year_has_as_many_mornings_as_days(zone: str):
    now, end, mornings = utc("2026-01-01T00:00"), utc("2027-01-01T00:00"), []
    while (now := next_time(zone, now, MORNING)) < end:
        mornings.append(now.astimezone(ZoneInfo(zone)))
    assert len(mornings) == 365
    assert {morning.time() for morning in mornings} == {time(8)}
    assert len({morning.date() for morning in mornings}) == 365
    assert mornings[-1] - mornings[0] < timedelta(days=365)


@pytest.mark.parametrize(
    ("night", "due"),
    [("", "08:00"), ("19:00-07:00", "08:00"), ("18:00-08:00", "08:00"), ("20:00-09:00", "09:00")],
)
def test_a_digest_waits_for_the_end_of_the_quiet_hours(night: str, due: str) -> None:
    member = Member(timezone="UTC", preferences={"quiet_hours": night})
    assert morning_of(member, utc("2026-11-20T03:00")) == utc(f"2026-11-20T{due}")
