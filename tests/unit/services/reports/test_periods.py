"""Which days, and on which morning they are told."""

from datetime import UTC, date, datetime, time

import pytest

from services.errors import InvalidInput
from services.reports.making import corrected
from services.reports.periods import MORNING, last_full, span_of, told_at, wished
from services.types.reports import Figure, ReportPeriod

MONTH, WEEK = ReportPeriod.MONTH, ReportPeriod.WEEK
TODAY = date(2026, 11, 30)


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("", date(2026, 10, 1), date(2026, 10, 31)),
        ("Month", date(2026, 10, 1), date(2026, 10, 31)),
        ("now", date(2026, 11, 1), date(2026, 11, 30)),
        ("week", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-2", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_what_people_type(words: str, first: date, last: date) -> None:
    found = wished(words, TODAY)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("words", ["2026-13", "2026-12", "0000-01", "yesterday", "2026-10-01"])
def test_what_is_no_month_is_said(words: str) -> None:
    with pytest.raises(InvalidInput):
        wished(words, TODAY)


def test_months_and_weeks_follow_each_other() -> None:
    assert span_of(MONTH, date(2026, 1, 31)).before.last == date(2025, 12, 31)
    assert last_full(WEEK, date(2026, 11, 30)).first == date(2026, 11, 23)
    assert last_full(WEEK, date(2026, 11, 29)).first == date(2026, 11, 16)


def test_a_months_border_is_midnight_where_it_is_counted() -> None:
    """Berlin turns its clocks back in October: the month is an hour longer."""
    october = span_of(MONTH, date(2026, 10, 5))
    assert october.begins("Europe/Berlin") == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert october.ends("Europe/Berlin") == datetime(2026, 10, 31, 23, tzinfo=UTC)


BERLIN, AUCKLAND, NEW_YORK = "Europe/Berlin", "Pacific/Auckland", "America/New_York"


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        # 1 November 2026 is a Sunday: Monday, eight o'clock in winter time.
        ("2026-10-20T00:00", BERLIN, "2026-11-02T07:00"),
        ("2026-11-02T06:59", BERLIN, "2026-11-02T07:00"),
        ("2026-11-02T07:00", BERLIN, "2026-12-01T07:00"),
        ("2026-11-30T11:00", AUCKLAND, "2026-11-30T19:00"),
        ("2026-12-20T00:00", NEW_YORK, "2027-01-01T13:00"),
    ],
)
def test_the_month_is_told_on_its_first_working_day(now: str, zone: str, due: str) -> None:
    assert told_at(MONTH, zone, utc(now), MORNING) == utc(due)


def test_the_week_is_told_on_monday_after_the_quiet_hours() -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert told_at(WEEK, "UTC", now, time(9)) == datetime(2026, 12, 7, 9, tzinfo=UTC)
    before = datetime(2026, 11, 30, 8, 59, tzinfo=UTC)
    assert told_at(WEEK, "UTC", before, time(9)) == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_what_came_late_is_told_in_the_next_report() -> None:
    def figure(**told: int) -> Figure:
        days = {"since": TODAY, "until": TODAY}
        return Figure(key="k", name="K", formula="f", counted="c", sample="s", told=told, **days)

    before, today = figure(mails=41, deals=2, gone=1), figure(mails=43, deals=2, new=5)
    assert corrected("October 2026", [before], [today]) == [
        "October 2026, mails: 41 were told, now 43"
    ]
