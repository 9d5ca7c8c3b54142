"""The statistics against scipy's, and against worlds in which the truth is known."""

from itertools import product

import numpy as np
import pytest

from services.coaching.counting import Counts, judge, judge_everybody
from services.coaching.patterns import BY_KEY, PATTERNS
from services.coaching.statistics import (
    Side,
    compare,
    compare_counts,
    design_effect,
    fisher,
    lacking,
    q_values,
    within,
)

PLANTED = "question"


def side(*accounts: tuple[int, int]) -> Side:
    return Side(by_account={str(at): one for at, one in enumerate(accounts)})


def test_fishers_test_is_scipys() -> None:
    from scipy import stats  # noqa: PLC0415 - a second of every worker

    for n1, n2 in product((1, 7, 30), (2, 19, 80)):
        for x1, x2 in product({0, n1 // 3, n1}, {0, n2 // 2, n2}):
            expected = stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue
            assert fisher(x1, n1, x2, n2) == pytest.approx(expected, abs=1e-9)


def test_newcombes_interval_is_the_published_one() -> None:
    """Newcombe 1998, table II, method 10."""
    for first, second, expected in (
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ):
        found = compare_counts(first, second)
        assert (found.low, found.high) == pytest.approx(expected, abs=1e-4)


def test_benjamini_and_hochberg_are_scipys() -> None:
    from scipy import stats  # noqa: PLC0415

    p = {"a": 0.001, "b": 0.2, "c": 0.012, "d": 0.04, "e": 0.9}
    expected = stats.false_discovery_control(list(p.values()))
    assert list(q_values(p).values()) != []
    assert [q_values(p)[key] for key in p] == pytest.approx(list(expected))
    assert q_values({}) == {}


def test_evidence_is_asked_for_on_both_sides() -> None:
    enough = side(*[(6, 2)] * 6)
    assert lacking(enough, enough) == 0
    assert lacking(enough, side(*[(5, 2)] * 5)) == 5
    assert lacking(enough, side(*[(20, 2)] * 2)) == 20  # one account has half of it
    assert lacking(enough, side((15, 1), *[(5, 2)] * 4)) == 10
    assert lacking(side(), side()) == 30


def test_an_account_that_always_answers_counts_as_little_as_one_voice() -> None:
    """Eight accounts, each all one way: 40 threads say what eight would."""
    apart = compare(side(*[(5, 5)] * 6, *[(5, 0)] * 2), side(*[(5, 0)] * 6, *[(5, 5)] * 2))
    spread = compare(side(*[(5, 4)] * 8), side(*[(5, 1)] * 8))
    assert design_effect(side(*[(5, 4)] * 8), side(*[(5, 1)] * 8)) == 1.0
    assert apart.effect == pytest.approx(0.5)
    assert apart.p > 0.01
    never = compare(side(*[(6, 6)] * 5), Side(by_account={f"b{n}": (6, 0) for n in range(5)}))
    assert never.p > 0.05  # ten voices, not sixty
    assert spread.p < 1e-5
    with pytest.raises(ValueError, match="nothing"):
        compare(side(), side((1, 1)))


def test_inside_the_members_nothing_may_be_left_of_it() -> None:
    """Ann asks always and has friendly customers, Bea never: between them there is a difference,
    inside each there is none."""
    ann = (side((45, 27)), side((5, 3)))
    bea = (side((5, 1)), side((45, 9)))
    assert within([ann, bea]) == pytest.approx(0.0)
    assert within([]) == 0.0


def world(rng: np.random.Generator, effect: float, alike: float) -> Counts:
    """400 threads in 40 accounts whose customers answer more or less (`alike`: how alike the
    threads of one are); half of the sides go by the account too. Only asking has an effect."""
    threads, accounts, base = 400, 40, 0.4
    of = rng.integers(accounts, size=threads)
    spread = (1 - alike) / alike
    share = rng.beta(base * spread, (1 - base) * spread, size=accounts)[of]
    first = {
        one.key: rng.random(threads) < (rng.beta(2, 2, size=accounts)[of] if at % 2 else 0.5)
        for at, one in enumerate(PATTERNS)
    }
    share = share + np.where(first[PLANTED], effect / 2, -effect / 2)
    answered = rng.random(threads) < np.clip(share, 0, 1)
    counts: Counts = {}
    for key, sides in first.items():
        rows = np.zeros((accounts, 4), dtype=int)
        np.add.at(rows, (of, np.where(sides, 0, 2)), 1)
        np.add.at(rows, (of, np.where(sides, 1, 3)), answered.astype(int))
        counts[key] = {str(account): row.tolist() for account, row in enumerate(rows)}
    return counts


@pytest.mark.parametrize("alike", [0.01, 0.2])
def test_chance_is_seldom_shown_and_a_true_difference_mostly(alike: float) -> None:
    """Measured over 600 worlds of each kind, as docs/coaching.md says; here over fewer, with room
    for the noise of 60."""
    rng = np.random.default_rng(7)
    quiet = sum(bool(judge(world(rng, 0.0, alike)).found) for _ in range(60))
    found = [judge(world(rng, 0.2, alike)).found for _ in range(40)]
    assert quiet <= 8
    assert sum(PLANTED in one for one in found) >= 24
    false = sum(len(one) - (PLANTED in one) for one in found)
    assert false <= 8


def test_everybodys_figures_need_several_members() -> None:
    rows = {str(at): [6, 5, 6, 1] for at in range(12)}
    by_account: Counts = {PLANTED: rows}
    three: Counts = {PLANTED: {who: [24, 20, 24, 4] for who in ("a", "b", "c")}}
    assert PLANTED in judge_everybody(by_account, three).found
    two: Counts = {PLANTED: {who: [36, 30, 36, 6] for who in ("a", "b")}}
    assert judge_everybody(by_account, two).tests == {}
    # All of it between them, nothing inside: not said.
    apart: Counts = {PLANTED: {"a": [34, 32, 2, 2], "b": [36, 27, 36, 27], "c": [2, 0, 34, 0]}}
    assert judge_everybody(by_account, apart).found == {}


def test_the_table_is_whole() -> None:
    assert len(BY_KEY) == len(PATTERNS) == 13
    for one in PATTERNS:
        said = (one.first, one.second, one.first_advice, one.second_advice)
        assert all(said)
        assert "because" not in " ".join(said)
        assert one.advice(0.1) == one.first_advice != one.advice(-0.1)
