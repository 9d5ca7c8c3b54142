"""How far feedback moves a threshold: little, by many, and never by one person alone."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.intervals import share_of
from services.signals.replaying import firings
from services.signals.threshold_rule import MOST_AT_ONCE, capped, false_share, move_of
from services.types.alerts import Found, Rated
from services.types.signals import LEAST_THRESHOLD, MOST_THRESHOLD, SignalName
from tests.factories import NOW


def rated(*people: tuple[int, int, int]) -> list[Rated]:
    """(person, how many useful, how many false) each."""
    return [
        Rated(signal_id=UUID(int=0), member_id=UUID(int=person), rating=rating)
        for person, useful, false in people
        for rating in [1] * useful + [-1] * false
    ]


@pytest.mark.parametrize(
    ("people", "of", "value"),
    [
        ([(1, 0, 3), (2, 0, 2), (3, 0, 2)], 9, None),  # seven
        ([(1, 0, 9), (2, 0, 9)], 9, None),  # two of nine people
        ([(1, 0, 9), (2, 0, 9)], 2, 0.72),  # both there are
        ([(1, 0, 3), (2, 0, 3), (3, 0, 3)], 9, 0.72),
        ([(1, 3, 0), (2, 3, 0), (3, 3, 0)], 9, 0.68),
        ([(1, 2, 1), (2, 2, 1), (3, 2, 1)], 9, None),  # between the borders
        ([(1, 0, 90), (2, 3, 0), (3, 3, 0)], 9, None),  # one person, however loud
    ],
)
def test_moves(people: list[tuple[int, int, int]], of: int, value: float | None) -> None:
    move = move_of(rated(*people), 0.7, people=of)
    assert (move.value if move else None) == value


def test_bounds_hold() -> None:
    words = rated((1, 0, 3), (2, 0, 3), (3, 0, 3))
    high = move_of(words, 0.89, people=9)
    assert high is not None
    assert high.value == MOST_THRESHOLD
    assert move_of(words, MOST_THRESHOLD, people=9) is None
    assert move_of(rated((1, 3, 0), (2, 3, 0), (3, 3, 0)), LEAST_THRESHOLD, people=9) is None


@settings(max_examples=25)
@given(
    some.dictionaries(some.integers(1, 9), some.integers(1, 200), min_size=1, max_size=9),
    some.data(),
)
def test_nobody_weighs_more_than_their_share(words: dict[int, int], data: some.DataObject) -> None:
    weights = capped({UUID(int=person): float(number) for person, number in words.items()})
    share = max(0.4, 1 / len(words))
    assert max(weights.values()) <= share * sum(weights.values()) + 1e-6
    people = [
        (person, number - (false := data.draw(some.integers(0, number))), false)
        for person, number in words.items()
    ]
    assert 0 <= false_share(rated(*people)) <= 1
    move = move_of(rated(*people), 0.7, people=len(words))
    assert move is None or abs(move.value - 0.7) <= MOST_AT_ONCE + 1e-9


def test_intervals_stay_honest() -> None:
    assert share_of(0, 0).value is None
    few = share_of(3, 3)
    assert few.high == pytest.approx(1)
    assert few.low == pytest.approx(0.438, abs=0.01)


def test_a_thing_fires_once_until_it_was_gone() -> None:
    def found(day: int, confidence: float, gone: int | None = None, outcome: str = "") -> Found:
        return Found(
            account_id=UUID(int=1),
            account_name="Acme",
            name=SignalName.SILENCE,
            cause="",
            confidence=confidence,
            pieces=2,
            found_at=NOW + timedelta(days=day),
            gone_at=NOW + timedelta(days=gone) if gone is not None else None,
            outcome=outcome,
        )

    looks = [found(1, 0.5), found(2, 0.6), found(3, 0.8, 4, "useful"), found(6, 0.7)]
    assert [(one.at.day, one.outcome) for one in firings(looks, 0.6)] == [(27, ""), (23, "useful")]
    assert [one.at.day for one in firings(reversed(looks), 0.75)] == [24]
