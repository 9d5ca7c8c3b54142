"""A weekday is named only where chance doesn't make it."""

import random

from services.learning_views.seasons import best_weekday


def test_one_that_stands_out_is_named_with_its_counts() -> None:
    found = best_weekday({1: (20, 90), 2: (60, 90), 3: (22, 90), 4: (19, 90), 6: (1, 1)}, 20)
    assert found is not None
    assert (found.weekday, found.share.part, found.others.part, found.others.of) == (2, 60, 62, 271)


def test_little_is_claimed_on_little() -> None:
    clear = {1: (20, 90), 2: (60, 90)}
    assert best_weekday(clear, 11) is None, "too few weeks"
    assert best_weekday({2: (60, 90)}, 20) is None
    assert best_weekday({1: (0, 9), 2: (9, 9)}, 20) is None
    assert best_weekday({}, 20) is None


def test_equal_days_are_told_apart_in_one_of_twenty_pages_at_most() -> None:
    dice = random.Random(7)  # noqa: S311 - made-up streams
    named = 0
    for _ in range(300):
        days = {day: (sum(dice.random() < 0.4 for _ in range(60)), 60) for day in range(1, 6)}
        named += best_weekday(days, 20) is not None
    assert named <= 300 / 20
