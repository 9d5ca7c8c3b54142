"""Each figure on a handful counted by hand, and on nothing."""

from datetime import date
from decimal import Decimal

import pytest

from blocks.report_words import how_words
from services.reports.figures import (
    adoption,
    cost,
    effort,
    engagement,
    goals,
    pipeline,
    quality,
    risks,
)
from services.reports.figures.numbers import Days, difference, median_range, share
from services.reports.figures.quality import Score
from services.types.learning import Figures
from services.types.reports import Figure, Part

DAYS = Days(date(2026, 10, 1), date(2026, 10, 31))


def numbers(part: Part) -> tuple[float | None, float | None, float | None]:
    return tuple(  # type: ignore[return-value]
        None if one is None else float(one) for one in (part.value, part.low, part.high)
    )


def checked(figure: Figure) -> Figure:
    """What every figure has, known or not; and it comes back out of the table as it went in."""
    assert figure.formula
    assert figure.counted
    assert figure.sample
    assert (figure.since, figure.until) == (DAYS.first, DAYS.last)
    assert Figure.from_json(figure.as_json()) == figure
    assert figure.parts or figure.unknown
    return figure


# ── Numbers ─────────────────────────────────────────────────────────────────────────────────────
def test_a_share_comes_with_wilsons_interval_and_none_of_none_is_unknown() -> None:
    assert numbers(share("x", 8, 10)) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)
    nothing = share("x", 0, 0)
    assert nothing.value is None
    assert nothing.unknown


def test_newcombes_own_example() -> None:
    """His table II, (a): 56 of 70 less 48 of 80 is 0.2, 0.0524 to 0.3339."""
    found = difference("x", (56, 70), (48, 80))
    assert numbers(found) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_too_few_are_not_compared() -> None:
    found = difference("x", (19, 19), (40, 80))
    assert not found.known
    assert "19 and 80" in found.unknown


@pytest.mark.parametrize(
    ("size", "places"), [(6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (20, (6, 15)), (100, (40, 61))]
)
def test_the_medians_interval_by_the_tables(size: int, places: tuple[int, int]) -> None:
    """Places of the order statistics as printed for the sign test."""
    assert median_range(range(1, size + 1)) == places


def test_five_values_bound_no_median() -> None:
    with pytest.raises(ValueError, match="fewer than six"):
        median_range([1, 2, 3, 4, 5])


# ── Effort ──────────────────────────────────────────────────────────────────────────────────────
def writing(**changes: object) -> effort.Writing:
    given = {
        "label": "answers",
        "sent": 10,
        "typed": 100,
        "read": 2100,
        "by_hand": [50] * 3 + [100] * 14 + [200] * 3,
        "shadow_days": 5,
    }
    return effort.Writing(**(given | changes))  # type: ignore[arg-type]


def test_effort_is_writing_spared_less_editing_less_reading() -> None:
    """Ten mails of 100 words less 100 typed: 900 words, 27.3 to 47.4 minutes of writing; 2,100
    words read take 7 to 12 minutes."""
    found = checked(effort.figure([writing()], DAYS))
    (part,) = found.parts
    assert part.value is None, "a range is claimed, and no number in its middle"
    assert (part.low, part.high) == (Decimal(round(900 / 33 - 12)), Decimal(round(900 / 19 - 7)))
    assert found.told == {"mails of mine that left": 10}


def test_effort_may_be_less_than_nothing() -> None:
    """Where people rewrote everything and read a lot, it cost them time."""
    found = effort.figure([writing(typed=1500, read=6000)], DAYS)
    (part,) = found.parts
    assert (part.low, part.high) == (
        Decimal(round(-500 / 19 - 6000 / 175)),
        Decimal(round(-500 / 33 - 6000 / 300)),
    )


@pytest.mark.parametrize(
    "changes", [{"by_hand": [100] * 19}, {"shadow_days": 4}, {"by_hand": (), "shadow_days": 0}]
)
def test_without_enough_shadow_days_effort_is_unknown(changes: dict[str, object]) -> None:
    found = checked(effort.figure([writing(**changes)], DAYS))
    assert not found.parts
    assert found.unknown == effort.NO_BASELINE
    assert checked(effort.figure([], DAYS)).unknown == "no mail of mine left"


def test_mails_without_a_baseline_count_as_reading_only() -> None:
    other = writing(label="other mails", sent=3, typed=0, read=1050, by_hand=())
    found = effort.figure([writing(), other], DAYS)
    (part,) = found.parts
    assert part.low == Decimal(round(900 / 33 - 3150 / 175))
    assert found.notes[0].startswith("3 other mails count as reading only")


# ── Cost ────────────────────────────────────────────────────────────────────────────────────────
def test_cost_is_dollars_by_conversations() -> None:
    spent = cost.Spent(usd=Decimal("2.46"), calls=123, unpriced=0, handled=41)
    found = checked(cost.figure(spent, DAYS))
    assert [one.value for one in found.parts] == [Decimal("0.0600"), Decimal("2.46"), Decimal(41)]
    assert found.told == {"conversations handled": 41}


def test_without_a_model_nothing_was_spent_and_that_is_known() -> None:
    found = checked(cost.figure(cost.Spent(usd=Decimal(0), calls=0, unpriced=0, handled=41), DAYS))
    assert found.parts[0].value == 0
    assert "no model was called" in found.notes[0]
    assert not found.unknown


def test_a_call_without_a_price_makes_the_cost_unknown() -> None:
    found = checked(cost.figure(cost.Spent(usd=Decimal(1), calls=9, unpriced=2, handled=4), DAYS))
    assert found.unknown == "2 of 9 calls have no known price"
    assert not found.parts[0].known
    assert found.parts[1].label == "all models, as far as prices are known"


def test_of_no_conversation_there_is_no_cost_each() -> None:
    found = checked(cost.figure(cost.Spent(usd=Decimal(3), calls=9, unpriced=0, handled=0), DAYS))
    assert not found.parts[0].known
    assert found.parts[1].value == 3


# ── Engagement ──────────────────────────────────────────────────────────────────────────────────
def test_engagement_is_measured_against_shadow_days() -> None:
    kind = engagement.Kind(label="Answers", mine=(56, 70), shadow=(48, 80), by_hand=(9, 9))
    found = checked(engagement.figure([kind], 12, DAYS))
    mine, theirs, apart = found.parts
    assert (mine.part, mine.of, theirs.part, theirs.of) == (56, 70, 48, 80)
    assert theirs.label == "by hand when I only watched, answered"
    assert numbers(apart)[0] == pytest.approx(0.2)
    assert found.sample == "mails of mine whose week is over: 70; not over yet: 12"


def test_with_too_few_on_shadow_days_the_same_days_are_the_baseline() -> None:
    kind = engagement.Kind(label="Answers", mine=(56, 70), shadow=(9, 19), by_hand=(48, 80))
    found = engagement.figure([kind], 0, DAYS)
    assert found.parts[1].label == "by hand in these days, answered"
    assert found.parts[2].known


def test_engagement_of_nothing_is_unknown() -> None:
    kind = engagement.Kind(label="Answers", mine=(0, 0), shadow=(48, 80), by_hand=(0, 0))
    found = checked(engagement.figure([kind], 0, DAYS))
    assert found.unknown
    assert not found.parts


# ── Pipeline ────────────────────────────────────────────────────────────────────────────────────
def moved(deal: str, **changes: object) -> pipeline.Moved:
    given = {
        "deal": deal,
        "before": "discovery",
        "after": "qualification",
        "part_of_mine": True,
        "amount": Decimal(100),
        "currency": "USD",
    }
    return pipeline.Moved(**(given | changes))  # type: ignore[arg-type]


def test_amounts_of_deals_stay_in_their_currency_and_count_once() -> None:
    changes = [
        moved("a"),
        moved("a", before="qualification", after="evaluation"),
        moved("b", amount=Decimal(70), currency="EUR"),
        moved("c", amount=None),
        moved("d", part_of_mine=False),
        moved("e", before="evaluation", after="stalled"),
        moved("f", before="stalled", after="evaluation"),
        moved("g", before="negotiation", after="closed_lost"),
    ]
    deals = dict.fromkeys("abc", True) | dict.fromkeys("defg", False)
    found = checked(pipeline.figure(pipeline.seen(changes, deals), DAYS))
    first, euros, dollars, mine, others, apart = found.parts
    assert (first.part, first.of) == (4, 5)
    assert (euros.value, euros.currency) == (70, "EUR")
    assert (dollars.value, dollars.currency) == (200, "USD")
    assert (mine.part, mine.of, others.part, others.of) == (3, 3, 2, 4)
    assert not apart.known, "three deals prove nothing"
    assert found.notes == ("1 of these deals have no amount",)


def test_nothing_moved_and_nothing_sent_is_unknown() -> None:
    found = checked(pipeline.figure(pipeline.seen([], {"a": False}), DAYS))
    assert found.unknown
    assert not found.parts


# ── The others ──────────────────────────────────────────────────────────────────────────────────
def test_adoption() -> None:
    sums = Figures(proposed=12, unchanged=8, edited=1, rejected=1, handled=2)
    found = checked(adoption.figure(adoption.Adopted(deciders=2, enabled=5, figures=sums), DAYS))
    people, unchanged = found.parts
    assert (people.part, people.of) == (2, 5)
    assert (unchanged.part, unchanged.of) == (8, 10)
    nothing = adoption.Adopted(deciders=0, enabled=5, figures=Figures())
    assert checked(adoption.figure(nothing, DAYS)).unknown


def test_quality_shows_the_kinds_with_the_most_outcomes_and_none_below_thirty() -> None:
    scores = [
        Score(label=f"kind {n}", outcomes=n, brier=0.2, ece=0.1) for n in (29, 30, 31, 32, 33)
    ]
    found = checked(quality.figure(scores, DAYS))
    assert [one.label for one in found.parts][::2] == [
        "kind 33, mean gap",
        "kind 32, mean gap",
        "kind 31, mean gap",
    ]
    assert found.sample == "outcomes: 155; kinds with 30 or more: 4"
    how = dict(how_words(found))
    assert how["Days"].startswith("Not only these"), "the scores are no month's"
    assert how["Range"] == "None: a score is no share."
    assert checked(quality.figure(scores[:1], DAYS)).unknown
    assert checked(quality.figure([], DAYS)).unknown


def test_risks_are_counts_and_nothing_seen_is_nought() -> None:
    found = checked(risks.figure(risks.Seen(undone=2), 9, DAYS))
    assert {one.label: one.value for one in found.parts if one.value} == {"undone in time": 2}
    assert not found.unknown
    team = risks.figure(risks.Seen(), 9, DAYS, whole=False)
    assert "demotions" not in {one.label for one in team.parts}


def test_goals() -> None:
    found = checked(goals.figure(goals.Goals(met=2, settled=3, behind=1, running=4), DAYS))
    assert [(one.part, one.of) for one in found.parts] == [(2, 3), (1, 4)]
    assert checked(goals.figure(goals.Goals(met=0, settled=0, behind=0, running=0), DAYS)).unknown
