"""`understudy simulate-autonomy`: what nobody deserves isn't earned, and drift costs it at once."""

import json
from dataclasses import replace

import pytest

from bot.__main__ import main
from bot.simulate_autonomy import simulate
from bot.simulated_streams import SCENARIOS

NAMED = {one.name: one for one in SCENARIOS}


@pytest.mark.parametrize(
    "name", ["a friend answers forty", "one rep only, 99 %", "all in one week, 100 %"]
)
def test_a_friend_one_rep_or_one_week_earn_nothing(name: str) -> None:
    row = simulate(replace(NAMED[name], events=200), streams=5, seed=3)
    assert (row.proposed, row.promoted, row.days_to_promotion) == (0, 0, None)


def test_an_honest_one_is_promoted_and_falls_at_once_when_it_drifts() -> None:
    row = simulate(NAMED["good, then 70 % on its own"], streams=4, seed=3)
    assert (row.promoted, row.fell) == (4, 4)
    assert row.days_to_promotion is not None
    assert row.days_to_promotion >= 21
    assert row.days_to_fall is not None
    assert row.days_to_fall < row.days_to_promotion / 3


def test_two_who_decided_on_nearly_everything_do_not_decide_on_that_too() -> None:
    collusion = replace(NAMED["two collude, nobody else leads"], reps=(10, 10, 1), events=600)
    row = simulate(collusion, streams=4, seed=5)
    assert (row.proposed, row.promoted) == (4, 0)


def test_the_same_seed_gives_the_same_figures() -> None:
    friend = replace(NAMED["honest, 99 %"], after_events=20)
    assert simulate(friend, streams=2, seed=1) == simulate(friend, streams=2, seed=1)


@pytest.mark.slow
def test_of_streams_at_the_threshold_at_most_one_in_a_hundred_is_promoted() -> None:
    row = simulate(replace(NAMED["at the threshold, 90 %"], events=1_000), streams=2_000, seed=1)
    assert row.promoted <= 20


@pytest.mark.slow
def test_the_command_prints_one_object_or_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate-autonomy", "--streams", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["scenarios"]) == len(SCENARIOS)
    assert told["exact_at_threshold"] < 0.01
    assert main(["simulate-autonomy", "--streams", "1"]) == 0
    assert "a friend answers forty" in capsys.readouterr().out
    assert main(["simulate-autonomy", "--streams", "0"]) == 2
