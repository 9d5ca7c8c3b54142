"""A comparison that small samples can neither win nor lose by luck."""

import random
from uuid import UUID

import pytest

from services.intervals import difference_of, share_of
from services.learning_views.comparing import compare, moved, trend
from services.types.team import Sample


def sample(number: int, part: int, of: int) -> Sample:
    return Sample(member_id=UUID(int=number), name=f"Person {number:02}", part=part, of=of)


def test_one_of_one_is_no_winner() -> None:
    found = compare([sample(1, 1, 1), sample(2, 40, 100), sample(3, 20, 100)])
    assert [place.name for place in found.places] == ["Person 02", "Person 03", "Person 01"]
    assert found.places[-1].told == "few"
    assert found.places[-1].drawn is None
    assert (found.average.part, found.average.of) == (61, 201)


def test_a_small_sample_comes_behind_who_has_shown_it_longer() -> None:
    """Nine of ten isn't before 160 of 200, however far the others are apart."""
    found = compare([sample(1, 9, 10), sample(2, 160, 200), sample(3, 60, 200), sample(4, 50, 200)])
    drawn = {place.member_id.int: place.drawn or 0 for place in found.places}
    assert found.differs
    assert found.places[0].member_id.int == 2
    assert 0.5 < drawn[1] < 0.9
    assert {place.member_id.int: place.told for place in found.places} == {
        1: "above", 2: "above", 3: "below", 4: "below",
    }  # fmt: skip


def test_where_chance_explains_it_all_nobody_comes_first() -> None:
    found = compare([sample(3, 5, 20), sample(1, 6, 20), sample(2, 4, 20)])
    assert not found.differs
    assert [place.name for place in found.places] == ["Person 01", "Person 02", "Person 03"]
    assert {place.told for place in found.places} == {"same"}


def test_equal_people_are_rarely_told_apart_and_the_smallest_rarely_wins() -> None:
    """Three hundred teams of six who all have the same chance, two of them with few mails."""
    luck = random.Random(20)  # noqa: S311 - a simulation
    apart, firsts, raw_firsts = 0, 0, 0
    sizes = (10, 12, 60, 80, 100, 120)
    for _ in range(300):
        people = [
            sample(number, sum(luck.random() < 0.4 for _ in range(size)), size)
            for number, size in enumerate(sizes)
        ]
        found = compare(people)
        apart += any(place.told != "same" for place in found.places)
        firsts += found.differs and found.places[0].member_id.int < 2
        raw_firsts += max(people, key=lambda one: one.part / one.of).member_id.int < 2
    assert apart / 300 <= 0.08
    assert firsts / 300 < 0.12
    assert raw_firsts / 300 > 0.5


def test_who_really_differs_is_found() -> None:
    found = compare([sample(1, 70, 100), *(sample(number, 35, 100) for number in range(2, 7))])
    assert found.differs
    assert [place.told for place in found.places][:2] == ["above", "same"]


def test_the_best_tenth_takes_ten_people() -> None:
    people = [sample(number, 20 + 5 * number, 100) for number in range(1, 10)]
    assert compare(people).best is None
    best = compare([*people, sample(10, 70, 100)]).best
    assert best is not None
    assert (best.people, best.share.part, best.share.of) == (1, 70, 100)
    assert best.drawn < 0.7


@pytest.mark.parametrize("people", [[], [sample(1, 0, 0)], [sample(1, 10, 10)]])
def test_a_team_of_few(people: list[Sample]) -> None:
    found = compare(people)
    assert not found.differs
    assert all(place.told in ("few", "same") for place in found.places)


def test_nobody_answered_and_everybody_answered() -> None:
    for part in (0, 20):
        found = compare([sample(1, part, 20), sample(2, part, 20)])
        assert not found.differs
        assert [place.drawn for place in found.places] == [part / 20, part / 20]


def test_against_the_span_before() -> None:
    assert moved(share_of(60, 100), share_of(30, 100)) == "more"
    assert moved(share_of(30, 100), share_of(60, 100)) == "fewer"
    assert moved(share_of(6, 10), share_of(4, 10)) == "same"
    assert moved(share_of(6, 10), share_of(0, 0)) == "unknown"
    assert trend([(1, 20)] * 6 + [(12, 20)] * 6) == "more"
    assert trend([]) == trend([(1, 1)]) == "unknown"


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """His own example (Statistics in Medicine 17, 1998): 56 of 70 less 48 of 80."""
    found = difference_of(share_of(56, 70), share_of(48, 80))
    assert found is not None
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
