"""Weights of the mails before an event."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from services.outcomes.attribution import weights

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def days(*ago: float) -> list[datetime]:
    return [AT - timedelta(days=one) for one in ago]


def test_weights_always_sum_to_one_exactly_and_are_the_same_again() -> None:
    random = Random(46)  # noqa: S311 - the same cases each time
    for _ in range(2_000):
        ago = sorted((random.uniform(0, 30) for _ in range(random.randint(1, 50))), reverse=True)
        found = weights(days(*ago), AT)
        assert sum(found) == Decimal(1)
        assert all(0 < one <= 1 for one in found)
        assert found == weights(days(*ago), AT)
        middle = found[1:-1]
        assert list(middle) == sorted(middle), "a nearer touch never gets less"


def test_a_sole_touch_gets_all_and_none_gives_none() -> None:
    assert weights(days(29), AT) == (Decimal(1),)
    assert weights([], AT) == ()


def test_first_and_last_have_a_fifth_each_beside_what_time_leaves_them() -> None:
    # Two at once share what goes by time; a week halves it.
    assert weights(days(3, 3), AT) == (Decimal("0.5"), Decimal("0.5"))
    assert weights(days(7, 0), AT) == (Decimal("0.4"), Decimal("0.6"))
    assert weights(days(14, 7, 0), AT) == tuple(
        Decimal(one) for one in ("0.285714", "0.171429", "0.542857")
    )


def test_a_touch_after_the_event_counts_as_at_it() -> None:
    assert weights([AT, AT + timedelta(seconds=1)], AT) == (Decimal("0.5"), Decimal("0.5"))
