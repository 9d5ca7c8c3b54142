"""Who answers less is asked less, and nobody more than they put up with."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from db.models.reviews import FeedbackPrompt
from services.feedback_prompts import LONGEST, WEEK, may_ask, response_rate
from tests.factories import NOW

HISTORY = st.lists(st.tuples(st.floats(0.1, 90), st.booleans()), max_size=25)


def asked(history: list[tuple[float, bool]]) -> list[FeedbackPrompt]:
    """(days ago, answered), the newest first."""
    return [
        FeedbackPrompt(created_at=NOW - timedelta(days=ago), answered_at=NOW if answered else None)
        for ago, answered in sorted(history, key=lambda one: one[0])
    ]


@given(HISTORY, st.integers(0, 10), st.data())
def test_one_silence_more_never_makes_a_question_likelier(
    history: list[tuple[float, bool]], limit: int, data: st.DataObject
) -> None:
    if not history:
        return
    at = data.draw(st.integers(0, len(history) - 1))
    answered, silent = list(history), list(history)
    answered[at], silent[at] = (history[at][0], True), (history[at][0], False)
    assert response_rate(asked(silent)) <= response_rate(asked(answered))
    assert may_ask(asked(silent), limit, NOW) <= may_ask(asked(answered), limit, NOW)


@given(HISTORY, st.integers(0, 10))
def test_the_members_limit_is_never_passed(history: list[tuple[float, bool]], limit: int) -> None:
    this_week = sum(ago < WEEK.days for ago, _ in history)
    if may_ask(asked(history), limit, NOW):
        assert this_week < limit


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 10))
def test_whoever_went_unasked_for_four_weeks_is_asked(answers: list[bool], limit: int) -> None:
    history = [(LONGEST.days + 0.1 + number, said) for number, said in enumerate(answers)]
    assert may_ask(asked(history), limit, NOW)


def test_how_far_it_falls() -> None:
    """With two a week: an answer keeps two, silence leads to one in three weeks."""
    assert response_rate([]) == 1
    assert response_rate(asked([(n + 1.0, True) for n in range(10)])) == 1
    silent = asked([(20.0 + n, False) for n in range(10)])
    assert round(response_rate(silent), 2) == 0.17
    assert not may_ask(silent, 2, NOW)
    assert may_ask(asked([(22.0 + n, False) for n in range(10)]), 2, NOW)
