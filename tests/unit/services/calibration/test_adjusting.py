"""The damped adjustment: what it recovers, what it leaves alone, and its bounds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.calibration.adjusting import (
    GAP,
    NEAR,
    Cycle,
    calibrated,
    cycle,
    gaps,
    judged,
)
from services.calibration.fitting import fit
from services.calibration.replaying import replay
from services.calibration.scores import EDGES, Sums
from services.types.calibration import Adjustment
from tests.unit.services.calibration.streams import TRUTHS, lived, stream

IDENTITY = Adjustment()
COUNTS = some.lists(
    some.tuples(some.integers(0, 400), some.floats(0, 1), some.floats(0, 1)),
    min_size=10,
    max_size=10,
)


def of_bins(said: dict[float, tuple[int, int]]) -> tuple[Sums, Sums]:
    """Two alike halves: stated probability → (outcomes, how many of them came true) in each."""
    pairs = [(one, float(number < true)) for one, (n, true) in said.items() for number in range(n)]
    return Sums.of(*zip(*pairs, strict=True)), Sums.of(*zip(*pairs, strict=True))


@pytest.mark.parametrize(
    ("name", "brier_better", "gap_left"),
    [
        ("over-confident", 0.008, 0.10),
        ("under-confident", 0.012, 0.08),
        ("too high by 0.25", 0.050, 0.10),
        ("0.8 said, 0.3 true", 0.245, 0.15),
    ],
)
def test_calibration_is_recovered(name: str, brier_better: float, gap_left: float) -> None:
    random = np.random.default_rng(4)
    now, seen = lived(name, random, days=120, a_day=20)
    fresh = Sums.of(*stream(name, 20_000, random))
    raw, shown = fresh.scores(), fresh.adjusted(now.knots).scores()
    assert raw.brier - shown.brier > brier_better
    assert shown.ece < 0.045 < raw.ece
    thick = [one for one in gaps(fresh, now) if one.count >= 200]
    assert max(abs(one.gap) for one in thick) < gap_left
    assert max(abs(one.gap) for one in gaps(fresh, IDENTITY) if one.count >= 200) > GAP
    # On its way no step was larger than a tenth of what was left, and the threshold kept within.
    assert all(0.5 <= one.scale <= 1.5 and 0.5 <= one.threshold <= 0.9 for one in seen)
    assert abs(now.threshold - 0.7) < 0.08
    assert len(seen) > 5


def test_what_silence_scores_is_what_is_said_in_the_end() -> None:
    """0.8 stated, 0.3 true: what is shown comes to 0.30, give or take its interval."""
    random = np.random.default_rng(2)
    now, _ = lived("0.8 said, 0.3 true", random, days=90, a_day=25)
    assert calibrated(now, 0.8) == pytest.approx(0.30, abs=0.03)


def test_a_well_calibrated_stream_stays_alone() -> None:
    random = np.random.default_rng(1)
    moved = sum(len(lived("well calibrated", random, days=90, a_day=6)[1]) > 1 for _ in range(10))
    assert moved <= 1


def test_drift_back_takes_a_correction_back() -> None:
    """What is in force does worse than doing nothing: back towards what is stated."""
    random = np.random.default_rng(5)
    now = Adjustment(
        scale=0.8, shift=-0.5, knots=tuple(max(0.0, one - 0.1) for one in IDENTITY.knots)
    )
    halves = tuple(Sums.of(*stream("well calibrated", 3_000, random)) for _ in range(2))
    assert not any(one.asks for one in gaps(halves[0] + halves[1], now))
    for _ in range(60):
        now = cycle((halves[0], halves[1]), now).after
    assert now.knots == pytest.approx(IDENTITY.knots, abs=0.06)


def test_three_outcomes_move_nothing() -> None:
    for halves in (
        of_bins({0.9: (3, 0)}),
        of_bins({0.9: (4, 0)}),  # 8 in all
        (Sums.of([], []), Sums.of([], [])),
        tuple(of_bins({place / 10: (4, 4)})[0] for place in (1, 2)),
    ):
        assert cycle((halves[0], halves[1]), IDENTITY) == Cycle(after=IDENTITY)


def test_ten_in_a_bin_a_gap_over_0_15_and_more_than_chance() -> None:
    assert not cycle(of_bins({0.7: (100, 58)}), IDENTITY).moved  # 0.12, however sure
    assert not cycle(of_bins({0.7: (10, 5)}), IDENTITY).moved  # 0.20, but of 20
    assert cycle(of_bins({0.7: (100, 50)}), IDENTITY).moved
    assert not cycle(of_bins({0.9: (4, 0), 0.5: (40, 20)}), IDENTITY).moved  # 8 in the bin


def test_a_tenth_of_the_way() -> None:
    found = cycle(of_bins({0.9: (200, 110)}), IDENTITY)  # 0.9 stated, 0.55 true
    assert found.moved
    step = calibrated(IDENTITY, 0.9) - calibrated(found.after, 0.9)
    assert 0.025 < step <= 0.1 * (0.9 - 0.55) + 1e-9
    assert found.after.threshold == pytest.approx(0.7 + 0.1 * 0.2)
    assert found.reason == "Where I said 90 %, 55 % of 400 came true (50 to 60 %)."
    (only,) = found.samples["bins"]
    assert (only["count"], only["gap"], only["asked"]) == (400, 0.35, True)
    assert found.samples["n"] == 400
    on = cycle(of_bins({0.9: (200, 110)}), found.after)
    assert on.reason.startswith("Where I said 90 % (87 % as corrected), 55 % of 400 came true")


def test_a_correction_goes_on_below_0_15_and_then_rests() -> None:
    halves, now, moves = of_bins({0.8: (150, 84), 0.3: (150, 45)}), IDENTITY, 0
    while (found := cycle(halves, now)).moved:
        now, moves = found.after, moves + 1
        assert now.apart
        assert moves < 80
    assert not found.after.apart
    (low, high) = gaps(halves[0] + halves[1], now)
    assert abs(high.gap) < 0.06
    assert abs(low.gap) < 0.06
    assert abs(now.threshold - 0.7) < NEAR + max(abs(low.gap), abs(high.gap))
    # What little is left doesn't begin one.
    assert not cycle(halves, replace(now, correcting=False)).moved


def test_nothing_moves_that_does_not_hold_on_the_other_half() -> None:
    """One half says the contrary of the other: what each asks for is worse there."""
    bad, good = Sums.of([0.7] * 200, [0] * 200), Sums.of([0.7] * 200, [1.0] * 160 + [0] * 40)
    assert any(one.asks for one in gaps(bad + good, IDENTITY))
    assert not judged((bad, good), IDENTITY).better
    assert not cycle((bad, good), IDENTITY).moved


@settings(max_examples=25)
@given(counts=COUNTS, steps=some.integers(1, 4))
def test_whatever_comes_it_rises_and_stays_within(
    counts: list[tuple[int, float, float]], steps: int
) -> None:
    said = np.concatenate(
        [np.full(n, (place + max(at, 0.001)) / 10) for place, (n, at, _) in enumerate(counts)]
    )
    came = np.concatenate([np.full(n, share) for n, _, share in counts])
    half = Sums.of(said, came)
    now = IDENTITY
    for _ in range(steps):
        before, now = now, cycle((half, half), now).after
        wanted = fit(half + half)
        for old, new, aim in zip(before.knots, now.knots, wanted.knots, strict=True):
            assert abs(new - old) <= 0.1 * abs(aim - old) + 1e-4
        assert 0.5 <= now.scale <= 1.5
        assert 0.5 <= now.threshold <= 0.9
    shown = [calibrated(now, one / 200) for one in range(201)]
    assert shown == sorted(shown)
    assert shown[0] >= 0
    assert shown[-1] <= 1


def test_untouched_it_is_the_identity_and_refuses_what_is_none() -> None:
    assert [calibrated(IDENTITY, one) for one in (0, 0.1, 0.3333, 0.5, 1)] == pytest.approx(
        [0, 0.1, 0.3333, 0.5, 1], abs=1e-12
    )
    assert fit(Sums.of([], [])).knots == IDENTITY.knots == pytest.approx(tuple(EDGES))
    for wrong in (float("nan"), -1, 1.7):
        with pytest.raises(ValueError, match="is no probability"):
            calibrated(IDENTITY, wrong)


def test_one_lump_of_stated_probabilities_never_breaks_the_fit() -> None:
    for said, share in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (0.5, 0.0)):
        half = Sums.of([said] * 500, [share] * 500)
        wanted = fit(half + half)
        assert list(wanted.knots) == sorted(wanted.knots)
        assert np.interp(said, EDGES, wanted.knots) == pytest.approx(share, abs=0.06)


def test_a_replay_does_not_depend_on_the_order() -> None:
    random = np.random.default_rng(8)
    said, came = stream("too high by 0.25", 3_000, random)
    order = np.argsort(came)
    first, second = replay(said, came), replay(said[order], came[order])
    assert first == second
    assert (first.learned_on, first.adjusted.n) == (1_500, 1_500)
    assert first.adjusted.brier < first.raw.brier - 0.04
    assert first.adjusted.ece < 0.5 * first.raw.ece
    alone = replay(np.array([0.5]), np.array([1.0]))
    assert (alone.learned_on, alone.adjusted.n, alone.adjusted.brier) == (1, 0, None)


@pytest.mark.slow
def test_half_years_of_every_kind_end_no_worse_and_few_move_for_nothing() -> None:
    random = np.random.default_rng(6)
    for name in TRUTHS:
        moved = 0
        for run in range(150 if name == "well calibrated" else 15):
            now, seen = lived(name, random, days=180, a_day=(2, 10, 50)[run % 3])
            moved += len(seen) > 1
            fresh = Sums.of(*stream(name, 20_000, random))
            harm = (fresh.adjusted(now.knots).scores().brier or 0) - (fresh.scores().brier or 0)
            assert harm < 0.005 if name == "well calibrated" else harm < 0.001, (name, run)
        assert moved <= 15 if name == "well calibrated" else moved >= 10, name


def test_a_few_outcomes_a_day_come_to_rest_too() -> None:
    """Said 90, true 45, three a day: within half a year it is near, rests, and is borne out."""
    random = np.random.default_rng(7)
    halves, now, moves = (Sums.of([], []), Sums.of([], [])), IDENTITY, 0
    rested = None
    for day in range(180):
        came = (random.random(3) < 0.45).astype(float)
        halves = (halves[0] + Sums.of([0.9], came[:1]), halves[1] + Sums.of([0.9] * 2, came[1:]))
        found = cycle(halves, now)
        now, moves = found.after, moves + found.moved
        if rested is None and now.correcting and not now.apart:
            rested = day
    assert rested is not None
    assert rested < 70
    assert moves < 60
    assert abs(gaps(halves[0] + halves[1], now)[0].gap) < 0.06
