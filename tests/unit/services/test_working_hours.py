"""When somebody works, on their own clock, over clock changes and in odd zones; and what a mail
shows of its writer's mood."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.models.conversations import Message
from db.models.tenants import Member
from services.mood import shows_displeasure
from services.working_hours import Span, at_work, next_working_time
from services.zones import zone_of

BERLIN, YORK = "Europe/Berlin", "America/New_York"
ZONES = (
    "UTC",
    BERLIN,
    YORK,
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Antarctica/Troll",
)


def who(timezone: str = BERLIN, night: str = "") -> Member:
    return Member(
        tenant_id=uuid4(),
        id=uuid4(),
        email="rita@northwind.test",
        name="Rita",
        role="rep",
        timezone=timezone,
        active=True,
        paused_until=None,
        preferences={"quiet_hours": night},
    )


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).astimezone(UTC)


@pytest.mark.parametrize(
    ("timezone", "night", "now", "then"),
    [
        # A Monday: before, at the first moment, at the last, after.
        (BERLIN, "", "2026-11-30T07:59:59+01:00", "2026-11-30T08:00+01:00"),
        (BERLIN, "", "2026-11-30T08:00+01:00", "2026-11-30T08:00+01:00"),
        (BERLIN, "", "2026-11-30T17:59:59+01:00", "2026-11-30T17:59:59+01:00"),
        (BERLIN, "", "2026-11-30T18:00+01:00", "2026-12-01T08:00+01:00"),
        # A weekend, and the Friday evening before it.
        (BERLIN, "", "2026-11-27T18:00+01:00", "2026-11-30T08:00+01:00"),
        (BERLIN, "", "2026-11-28T12:00+01:00", "2026-11-30T08:00+01:00"),
        (BERLIN, "", "2026-11-29T23:59+01:00", "2026-11-30T08:00+01:00"),
        # Quiet hours take away, and never add.
        (BERLIN, "20:00-09:00", "2026-11-30T08:30+01:00", "2026-11-30T09:00+01:00"),
        (BERLIN, "19:00-07:00", "2026-11-30T07:30+01:00", "2026-11-30T08:00+01:00"),
        (BERLIN, "19:00-07:00", "2026-11-30T18:30+01:00", "2026-12-01T08:00+01:00"),
        # The clock goes back on a Sunday: the Monday begins in the other offset.
        (BERLIN, "", "2026-10-23T18:00+02:00", "2026-10-26T08:00+01:00"),
        (BERLIN, "", "2026-03-27T18:00+01:00", "2026-03-30T08:00+02:00"),
        (YORK, "", "2026-10-30T18:00-04:00", "2026-11-02T08:00-05:00"),
        (YORK, "", "2026-03-06T18:00-05:00", "2026-03-09T08:00-04:00"),
        # Half an hour of summer, three quarters of an hour of offset, a day ahead of everybody.
        ("Australia/Lord_Howe", "", "2026-04-03T18:00+11:00", "2026-04-06T08:00+10:30"),
        ("Asia/Kathmandu", "", "2026-11-30T02:14Z", "2026-11-30T02:15Z"),
        ("Pacific/Kiritimati", "", "2026-11-29T17:59Z", "2026-11-29T18:00Z"),
        # Samoa had no 30 December 2011: after the Thursday came the Saturday.
        ("Pacific/Apia", "", "2011-12-29T18:00-10:00", "2012-01-02T08:00+14:00"),
        # No such zone: UTC.
        ("Mars/Olympus", "", "2026-11-30T07:00Z", "2026-11-30T08:00Z"),
    ],
)
def test_the_next_moment_at_work(timezone: str, night: str, now: str, then: str) -> None:
    assert next_working_time(who(timezone, night), at(now)) == at(then)
    assert at_work(who(timezone, night), at(now)) == (at(now) == at(then))


def test_who_is_away_is_back_at_work_at_the_first_working_moment_after_it() -> None:
    rita = who()
    monday, friday = at("2026-11-30T10:00+01:00"), at("2026-12-04T12:00+01:00")
    assert not at_work(rita, monday, [Span(monday, friday)])
    assert next_working_time(rita, monday, [Span(monday, friday)]) == friday
    # Two that meet, in any order; one that ends in a weekend; one that is to come.
    sunday = at("2026-12-06T12:00+01:00")
    away = [Span(friday, sunday), Span(monday, friday)]
    assert next_working_time(rita, monday, away) == at("2026-12-07T08:00+01:00")
    assert at_work(rita, monday, [Span(friday, sunday)])
    assert at_work(rita, sunday + timedelta(hours=20), away)


FIRST, LAST = (at(f"{day}T00:00Z").replace(tzinfo=None) for day in ("2011-12-01", "2027-12-31"))
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(["", "18:00-08:00", "19:00-07:00", "20:00-09:00"]),
    moments,
    st.lists(st.tuples(moments, st.integers(0, 40)), max_size=3),
)
def test_it_is_the_first_moment_of_work_and_one_by_the_clock_on_the_wall(
    timezone: str, night: str, now: datetime, days: list[tuple[datetime, int]]
) -> None:
    rita, away = who(timezone, night), [Span(one, one + timedelta(days=n)) for one, n in days]
    found = next_working_time(rita, now, away)
    assert found >= now
    assert next_working_time(rita, found, away) == found
    assert not any(span.begins <= found < span.ends for span in away)
    there = found.astimezone(zone_of(timezone))
    assert there.weekday() <= 4
    assert 8 <= there.hour < 18
    assert not (night == "20:00-09:00" and there.hour < 9)
    if found > now:
        assert not at_work(rita, now, away)
        assert not at_work(rita, found - timedelta(microseconds=1), away)


def mail(**analysis: Any) -> Message:
    return Message(analysis=analysis)


@pytest.mark.parametrize(
    ("message", "unhappy"),
    [
        (mail(signals=[{"name": "dissatisfaction"}]), True),
        (mail(signals=[{"name": "pricing asked"}, {"name": "escalation"}]), True),
        (mail(signals=[{"name": "cancellation"}]), True),
        (mail(signals=[{"name": "price objection"}, {"name": "going quiet"}]), False),
        (mail(signals=[{"no": "name"}]), False),
        (mail(), False),
        (None, False),
    ],
)
def test_what_a_mail_shows_of_its_writers_mood(message: Message | None, *, unhappy: bool) -> None:
    assert shows_displeasure(message) is unhappy
