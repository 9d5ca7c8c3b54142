"""Scores: the textbook's, scikit-learn's, the published ones; from raw pairs and from sums."""

import csv
from collections.abc import Iterable
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.calibration.bins import bin_of, half_of
from services.calibration.scores import (
    EDGES,
    Sums,
    bins_of,
    checked,
    reliability,
)
from services.intervals import wilson
from services.types.calibration import Scores
from tests.shared import DATA

NFL = DATA / "calibration" / "538_nfl_games.csv"
PAIRS = some.lists(
    some.tuples(
        some.integers(0, 10_000).map(lambda n: n / 10_000), some.sampled_from((0.0, 0.5, 1.0))
    ),
    min_size=1,
    max_size=60,
)


def scores_of(said: Iterable[float], came: Iterable[float]) -> Scores:
    return Sums.of(said, came).scores()


def test_by_hand() -> None:
    said, came = [0.1, 0.1, 0.3, 0.9, 0.9], [0, 1, 0, 1, 1]
    assert scores_of(said, came).brier == pytest.approx((0.01 + 0.81 + 0.09 + 0.01 + 0.01) / 5)
    # 0.1 in [0, 0.1]: said 0.1, came 0.5; 0.3 in (0.2, 0.3]; 0.9 in (0.8, 0.9].
    assert scores_of(said, came).ece == pytest.approx((2 * 0.4 + 1 * 0.3 + 2 * 0.1) / 5)
    assert scores_of(said, came).mce == pytest.approx(0.4)
    bins = reliability(Sums.of(said, came))
    assert [one.count for one in bins] == [2, 0, 1, 0, 0, 0, 0, 0, 2, 0]
    assert (bins[0].stated, bins[0].observed) == (pytest.approx(0.1), 0.5)
    assert (bins[0].observed_low, bins[0].observed_high) == wilson(1, 2)
    assert bins[1].stated is None
    assert bins[1].observed is None


def test_of_nothing_nothing_is_known() -> None:
    assert scores_of([], []) == Scores()


@pytest.mark.parametrize("wrong", [float("nan"), -1, 1.7, float("inf"), -1e-9])
def test_what_is_no_probability(wrong: float) -> None:
    for said, came in (([0.5, wrong], [1, 0]), ([0.5, 0.5], [1, wrong])):
        with pytest.raises(ValueError, match="is no probability: one lies between 0 and 1"):
            scores_of(said, came)
    with pytest.raises(ValueError, match="is no probability"):
        bin_of(wrong)
    with pytest.raises(ValueError, match="2 probabilities and 1 outcomes don't pair"):
        scores_of([0.5, 0.5], [1])


def test_closed_on_the_right_whatever_the_binary_form() -> None:
    said = checked([step / 100 for step in range(101)])
    assert list(bins_of(said)) == [bin_of(one) for one in said]
    assert list(bins_of(said)) == [0] + [(step - 1) // 10 for step in range(1, 101)]
    assert bin_of(0.3) == bin_of(0.1 + 0.2) == 2


def test_as_scikit_learn() -> None:
    """The Brier score for any pairs. The curve where no probability lies on a border: theirs are
    closed on the left, so 0.3 is in [0.3, 0.4) there and in (0.2, 0.3] here. It leaves empty bins
    out, and knows no ECE: weighted by our counts, its two curves give ours."""
    from sklearn.calibration import calibration_curve  # noqa: PLC0415 - a second of every worker
    from sklearn.metrics import brier_score_loss  # noqa: PLC0415

    random = np.random.default_rng(11)
    said = random.beta(2, 3, 2_000)  # continuous: no border is hit
    came = (random.random(2_000) < said**1.3).astype(float)
    assert scores_of(said, came).brier == pytest.approx(brier_score_loss(came, said), abs=1e-12)
    observed, stated = calibration_curve(came, said, n_bins=10, strategy="uniform")
    ours = [one for one in reliability(Sums.of(said, came)) if one.count]
    assert [one.observed for one in ours] == pytest.approx(list(observed), abs=1e-12)
    assert [one.stated for one in ours] == pytest.approx(list(stated), abs=1e-12)
    weights = np.array([one.count for one in ours]) / 2_000
    gaps = np.abs(observed - stated)
    assert scores_of(said, came).ece == pytest.approx(float(weights @ gaps), abs=1e-12)
    assert scores_of(said, came).mce == pytest.approx(float(gaps.max()), abs=1e-12)
    # On the borders they part, and only there.
    tens, half = np.round(said, 1), [1.0, 0.0] * 1_000
    assert scores_of(tens, half).brier == pytest.approx(brier_score_loss(half, tens), abs=1e-12)
    off = np.clip(tens - 1e-6, 0, 1)  # moved off the border to our side of it
    theirs, _ = calibration_curve(half, off, n_bins=10, strategy="uniform")
    ours = [one for one in reliability(Sums.of(tens, half)) if one.count]
    assert [one.observed for one in ours] == pytest.approx(list(theirs), abs=1e-12)


@pytest.mark.skipif(not NFL.exists(), reason="the shared data aren't here")
def test_the_published_figures() -> None:
    """FiveThirtyEight's forecasts of 1,889 NFL games: the first team's probability, and whether it
    won. A tie (7 of them, 0.5 in the file) is not won; the second team's columns say the same."""
    with NFL.open() as file:
        games = list(csv.DictReader(file))
    said = [float(one["prob1"]) for one in games]
    won = [float(one["prob1_outcome"] == "1") for one in games]
    found = scores_of(said, won)
    assert found.n == 1_889
    assert found.brier == pytest.approx(0.221063, abs=5e-7)
    assert found.ece == pytest.approx(0.034065, abs=5e-7)
    # With a tie as half a win it is another figure, and never the published one.
    halved = scores_of(said, [float(one["prob1_outcome"]) for one in games])
    assert halved.brier == pytest.approx(0.220106, abs=5e-7)


@settings(max_examples=30)
@given(pairs=PAIRS, more=PAIRS, knots=some.lists(some.floats(0, 1), min_size=11, max_size=11))
def test_sums_say_what_the_pairs_say(
    pairs: list[tuple[float, float]], more: list[tuple[float, float]], knots: list[float]
) -> None:
    said, came = (np.array(column) for column in zip(*(pairs + more), strict=True))
    sums = Sums.of(*zip(*pairs, strict=True)) + Sums.of(*zip(*more, strict=True))
    assert sums.scores().brier == pytest.approx(float(np.mean((said - came) ** 2)), abs=1e-9)
    assert sums.n == len(said)
    # Adjusted along straight lines, without any pair being looked at again.
    curve = sorted(knots)
    shown = np.interp(said, EDGES, curve)
    moved = sums.adjusted(curve)
    assert moved.scores().brier == pytest.approx(float(np.mean((shown - came) ** 2)), abs=1e-9)
    place = bins_of(said)
    by_hand = sum(abs(float((shown - came)[place == one].sum())) for one in range(10))
    assert moved.scores().ece == pytest.approx(by_hand / len(said), abs=1e-9)
    again = moved.adjusted(tuple(EDGES))
    assert again.scores().brier == pytest.approx(moved.scores().brier, abs=1e-9)


def test_halves_are_by_the_ids_last_bit() -> None:
    assert [half_of(UUID(int=one)) for one in range(4)] == [0, 1, 0, 1]
