"""Windows, their sweeps, and probabilities that nobody or somebody stated badly."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from db.models.outcomes import KINDS as STORED
from services.outcomes.kinds import KINDS, Window, kinds_of
from services.outcomes.probability import as_probability, base_rate


def test_every_kind_is_stored_swept_and_named_with_its_horizon() -> None:
    assert {kind.name for kind in KINDS} == set(STORED)
    assert {name for window in Window for name in kinds_of(window)} == set(STORED)
    words = {Window.DAY: "24 hours", Window.WEEK: "7 days", Window.MONTH: "30 days"}
    assert all(kind.event.endswith(f"within {words[kind.window]}") for kind in KINDS)


def test_windows_are_hours_not_days_of_a_wall_clock() -> None:
    # Berlin puts its clocks back on 25 October 2026: a week is still 168 hours.
    sent = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert (sent + Window.WEEK.length) - sent == timedelta(hours=168)


def test_sweeps_fall_on_round_moments_whatever_the_clock_does() -> None:
    now = datetime(2026, 10, 25, 1, 7, 30, tzinfo=UTC)
    due = {window: window.next_sweep(now) for window in Window}
    assert due == {
        Window.DAY: datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
        Window.WEEK: datetime(2026, 10, 25, 6, tzinfo=UTC),
        Window.MONTH: datetime(2026, 10, 26, tzinfo=UTC),
    }
    for window in Window:
        assert window.next_sweep(due[window]) == due[window] + window.pace
        back = now - timedelta(hours=2)
        assert back < window.next_sweep(back) <= due[window]


@pytest.mark.parametrize(
    ("value", "kept", "noted"),
    [
        (0.6, "0.6000", False),
        (0.123456, "0.1235", False),
        (-1, "0.0000", True),
        (1.7, "1.0000", True),
        (math.inf, "1.0000", True),
        (Decimal("0.5"), "0.5000", False),
    ],
)
def test_a_stated_confidence_is_a_probability(value: float, kept: str, noted: bool) -> None:  # noqa: FBT001
    found, note = as_probability(value)
    assert found == Decimal(kept)
    assert bool(note) is noted


@pytest.mark.parametrize("value", [math.nan, Decimal("NaN")])
def test_what_is_no_number_states_nothing(value: float) -> None:
    found, note = as_probability(value)
    assert found is None
    assert "no number" in note


def test_the_base_rate_starts_at_one_half_and_follows_what_happened() -> None:
    assert base_rate(Decimal(0), 0) == Decimal("0.5")
    assert base_rate(Decimal(0), 3) == Decimal("0.2")
    assert base_rate(Decimal(30), 98) == Decimal("0.31")
    many = 10_000_000
    assert 0 < base_rate(Decimal(0), many) < base_rate(Decimal(many), many) < 1
    for wrong in ((Decimal(2), 1), (Decimal(-1), 1), (Decimal(0), -1)):
        with pytest.raises(ValueError, match="share"):
            base_rate(*wrong)
