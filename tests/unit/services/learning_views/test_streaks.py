"""Working days in a row on which nothing was left lying."""

from datetime import UTC, datetime, timedelta

from services.learning_views.streaks import Wait, streak
from services.types.me import Streak

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
HOURS = timedelta(hours=1)


def day(number: int, *after: float | None) -> list[Wait]:
    """Drafts that came so many days after Monday, decided after so many hours."""
    came = MONDAY + timedelta(days=number)
    return [
        Wait(came=came, decided=None if hours is None else came + hours * HOURS) for hours in after
    ]


def test_days_in_a_row() -> None:
    waits = [*day(0, 1, 30), *day(1, 2), *day(3, 20)]
    assert streak(waits, MONDAY + timedelta(days=4), "UTC") == Streak(days=3, longest=3)


def test_one_that_was_left_lying_ends_it() -> None:
    waits = [*day(0, 1), *day(1, 1, 72), *day(4, 1)]
    assert streak(waits, MONDAY + timedelta(days=5), "UTC") == Streak(days=1, longest=1)


def test_what_still_waits_in_time_neither_counts_nor_ends() -> None:
    waits = [*day(0, 1), *day(1, None)]
    assert streak(waits, MONDAY + timedelta(days=1, hours=1), "UTC").days == 1
    assert streak(waits, MONDAY + timedelta(days=3), "UTC") == Streak(days=0, longest=1)


def test_a_weekend_is_no_delay() -> None:
    """Friday's mail has until Monday is over; Saturday's until Tuesday is."""
    waits = [*day(4, 70), *day(5, 72)]
    assert streak(waits, MONDAY + timedelta(days=9), "UTC") == Streak(days=2, longest=2)


def test_the_day_is_the_members_own() -> None:
    late = [Wait(came=MONDAY, decided=MONDAY + timedelta(days=1, hours=15, minutes=30))]
    now = MONDAY + timedelta(days=3)
    assert streak(late, now, "America/New_York").days == 1
    assert streak(late, now, "Asia/Tokyo").days == 0
    assert streak([], now, "Nowhere/Else") == Streak(days=0, longest=0)
