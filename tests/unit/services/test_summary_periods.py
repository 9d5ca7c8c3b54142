"""Every moment is in exactly one period, and no border moves with the hour or with the order."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from db.summary_sources import Fingerprint
from services.summaries.hashing import by_period, source_hash
from services.summaries.periods import (
    Period,
    month_of,
    period_of,
    recent_from,
    week_of,
    weeks_from,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
nows = st.datetimes(datetime(2000, 1, 3), datetime(2060, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
fingerprints = st.lists(
    st.builds(
        Fingerprint,
        kind=st.sampled_from(["message", "note"]),
        id=st.uuids(),
        at=st.datetimes(datetime(2026, 6, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        digest=st.text("abc", max_size=3),
    ),
    max_size=12,
)


@given(at=moments, now=nows)
def test_a_moment_is_in_its_period_and_in_no_other(at: datetime, now: datetime) -> None:
    period = period_of(at, now)
    if period is None:
        assert at.date() >= recent_from(now)
        return
    assert period.since <= at < period.until
    assert period.end <= recent_from(now)
    for other in (at - timedelta(days=40), at + timedelta(days=3), period.until):
        theirs = period_of(other, now)
        assert theirs is None or theirs == period or not theirs.since <= at < theirs.until


@given(now=nows)
def test_what_is_told_in_full_by_week_and_by_month(now: datetime) -> None:
    today = now.date()
    assert timedelta(days=30) <= today - recent_from(now) <= timedelta(days=36)
    assert timedelta(days=90) <= today - weeks_from(now) <= timedelta(days=120)
    before = period_of(now - timedelta(days=121), now)
    assert before is not None
    assert before.kind == "month"


@given(now=nows, at=moments, hours=st.integers(0, 23))
def test_the_hour_changes_nothing(now: datetime, at: datetime, hours: int) -> None:
    midnight = now.replace(hour=0, minute=0)
    assert period_of(at, midnight) == period_of(at, midnight + timedelta(hours=hours))


@given(day=st.dates(date(1970, 1, 1), date(2099, 12, 31)))
def test_a_month_is_made_of_whole_weeks(day: date) -> None:
    month, week = month_of(day), week_of(day)
    weeks = list(month.weeks())
    assert week in weeks
    assert (weeks[0].start, weeks[-1].end) == (month.start, month.end)
    assert all(one.end == two.start for one, two in pairwise(weeks))
    assert all(one.start.isocalendar()[1] == (one.end - timedelta(1)).isocalendar()[1]
               for one in weeks)  # fmt: skip


def test_a_week_is_cut_where_a_month_begins() -> None:
    assert week_of(date(2026, 10, 31)) == Period(date(2026, 10, 26), date(2026, 11, 1), "week")
    assert week_of(date(2026, 11, 1)) == Period(date(2026, 11, 1), date(2026, 11, 2), "week")


def test_a_moment_that_has_not_come_is_recent() -> None:
    assert period_of(datetime(2099, 1, 1, tzinfo=UTC), NOW) is None
    assert period_of(datetime(9999, 12, 31, tzinfo=UTC), NOW) is None


@settings(max_examples=40)
@given(found=fingerprints, order=st.randoms())
def test_the_order_of_arrival_does_not_matter(found: list[Fingerprint], order: object) -> None:
    shuffled = list(found)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    left, right = by_period(found, NOW), by_period(shuffled, NOW)
    assert {one: it.hash for one, it in left.items()} == {one: it.hash for one, it in right.items()}
    assert source_hash([*found, *found]) == source_hash(found)


@settings(max_examples=40)
@given(found=fingerprints.filter(bool), new=st.uuids())
def test_whatever_changes_changes_the_hash(found: list[Fingerprint], new: UUID) -> None:
    first, before = found[0], source_hash(found)
    assert source_hash([one for one in found if one != first]) != before
    edited = Fingerprint(first.kind, first.id, first.at, first.digest + "!")
    assert source_hash([edited, *(one for one in found if one != first)]) != before
    assert source_hash([*found, Fingerprint("note", new, first.at, "")]) != before
