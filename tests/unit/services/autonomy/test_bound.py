"""The bound against plain numeric integration, and the exact chance of crossing it."""

import math
from itertools import pairwise

import pytest

from services.autonomy.earning.bound import (
    interval,
    log_e_value,
    log_e_value_below,
    lower_bound,
)
from services.autonomy.earning.crossing import crossing, needed


def integrated(successes: int, failures: int, p0: float, steps: int = 20_000) -> float:
    """ln E as its docstring says it, by Simpson's rule."""
    width = (1 - p0) / steps

    def ratio(p: float) -> float:
        up = successes * (math.log(p) - math.log(p0))
        return math.exp(up) * ((1 - p) / (1 - p0)) ** failures

    total = ratio(p0) + ratio(1.0 - 1e-300)
    total += sum((4 if k % 2 else 2) * ratio(p0 + k * width) for k in range(1, steps))
    return math.log(total * width / 3 / (1 - p0))


@pytest.mark.parametrize("p0", [0.5, 0.9, 0.95])
@pytest.mark.parametrize(
    ("successes", "failures"), [(0, 0), (0, 7), (9, 1), (62, 0), (60, 2), (400, 60), (900, 100)]
)
def test_the_stake_is_the_integral(successes: int, failures: int, p0: float) -> None:
    assert log_e_value(successes, failures, p0) == pytest.approx(
        integrated(successes, failures, p0), abs=1e-6
    )


@pytest.mark.parametrize("share", [0.5, 0.85, 0.9])
def test_the_stake_is_expected_to_stay_or_fall_under_the_hypothesis(share: float) -> None:
    """A supermartingale at every state, for every share up to p0; at p0 exactly fair."""
    for successes, failures in ((0, 0), (10, 0), (40, 3), (200, 60)):
        now = math.exp(log_e_value(successes, failures, 0.9))
        then = share * math.exp(log_e_value(successes + 1, failures, 0.9))
        then += (1 - share) * math.exp(log_e_value(successes, failures + 1, 0.9))
        assert then <= now * (1 + 1e-9)
        if share == 0.9:
            assert then == pytest.approx(now, rel=1e-9)


@pytest.mark.parametrize("p0", [0.5, 0.6, 0.9, 0.95])
def test_of_streams_at_the_threshold_at_most_one_in_a_hundred_ever_crosses(p0: float) -> None:
    """Exact, over 1,000 events, looked at after each one. Below the threshold it is rarer still."""
    at = crossing(p0, p0, 0.01, 1000)
    assert 0.003 < at.ever <= 0.01, "it may be used, and it isn't wasted"
    assert crossing(p0 - 0.05, p0, 0.01, 1000).ever < at.ever / 5
    assert all(before <= after for before, after in pairwise(at.by))


def test_how_many_events_an_honest_share_needs() -> None:
    """The figures of the decision: 62 unchanged in a row, 126 at 97 %, 286 at 95 %."""
    assert crossing(1.0, 0.9, 0.01, 100).after(1.0) == 62
    assert crossing(0.97, 0.9, 0.01, 400).after(0.5) == 126
    assert crossing(0.97, 0.9, 0.01, 400).after(0.9) == 241
    assert crossing(0.95, 0.9, 0.01, 400).after(0.5) == 286
    assert needed(0.9, 0.01, 62)[60:] == [62, 62], "61 of 61 aren't enough"


def test_the_lower_bound_is_where_the_stake_crosses() -> None:
    low = lower_bound(60, 2, 0.01)
    assert 0.8 < low < 60 / 62
    assert log_e_value(60, 2, low - 1e-6) > math.log(100) > log_e_value(60, 2, low + 1e-6)
    assert lower_bound(0, 0, 0.01) == lower_bound(0, 5, 0.01) == 0
    assert lower_bound(600, 20, 0.01) > low


def test_an_interval_holds_what_was_seen_and_narrows() -> None:
    nothing = interval(0, 0)
    assert (nothing.value, nothing.low, nothing.high) == (None, 0, 1)
    few, many = interval(7, 3), interval(700, 300)
    assert few.low < many.low < 0.7 < many.high < few.high
    assert many.value == 0.7
    assert many.half_width == pytest.approx(0.05, abs=0.006)
    assert interval(5, 0).high == 1
    assert interval(0, 5).low == 0


def test_the_interval_misses_the_truth_in_at_most_five_of_a_hundred_streams() -> None:
    """Exact again: streams that at any look had the true share outside."""
    share, alive, missed = 0.3, {0: 1.0}, 0.0
    for n in range(1, 151):
        nexts: dict[int, float] = {}
        for successes, chance in alive.items():
            nexts[successes] = nexts.get(successes, 0) + chance * (1 - share)
            nexts[successes + 1] = nexts.get(successes + 1, 0) + chance * share
        gone = [s for s in nexts if _outside(s, n - s, share)]
        missed += sum(nexts.pop(s) for s in gone)
        alive = {s: chance for s, chance in nexts.items() if chance > 1e-15}
    assert 0.005 < missed <= 0.05


def _outside(successes: int, failures: int, share: float) -> bool:
    of = interval(successes, failures)
    return not of.low <= share <= of.high


def test_a_share_that_has_fallen_shows() -> None:
    assert log_e_value_below(30, 20, 0.9) > math.log(10)
    assert log_e_value_below(46, 4, 0.9) < 0


@pytest.mark.parametrize(("successes", "failures", "p0"), [(1, 1, 0.0), (1, 1, 1.0), (-1, 0, 0.5)])
def test_what_is_no_share_is_refused(successes: int, failures: int, p0: float) -> None:
    with pytest.raises(ValueError, match="share"):
        log_e_value(successes, failures, p0)
