"""Quality: how well stated confidences held, by kind of prediction."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reports.figures.numbers import Days, number
from services.types.autonomy_words import type_words
from services.types.calibration import Summary
from services.types.reports import Figure, Part, Unit

KEY, NAME = "quality", "How well my percentages hold"
ENOUGH = 30
"""Outcomes before a score is claimed."""
SHOWN = 3
KINDS = {
    "email_engagement": "answered",
    "deal_progression": "deal moves on",
    "meeting_outcome": "meeting held",
    "escalation_result": "request approved",
}
FORMULA = (
    "Mean gap: between p and the share that came true, over ten bins of p, weighted "
    "by how many fall into each (ECE). Brier score: the mean of (p - y)². p: the confidence I "
    "stated. y: 1 when it came true, 0 when not. 0 is best; always saying 50 % scores 0.25."
)
COUNTED = (
    "Of every prediction that ended with a score under the model, prompts and rules in force "
    "when the report was made, since they began, as stated and before any correction; mail "
    "that a person changed first is left out. A window that closed empty scores 0, and what "
    f"was ambiguous or not delivered is left out. Nothing is claimed below {ENOUGH} outcomes. "
    "A score is no share, and has no range here: the calibration page shows each bin with its"
    " interval."
)
REACH = (
    "Not only these: all there were under the model, prompts and rules in force, until the report "
    "was made"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one kind of prediction of one action type did, as it was stated. `label` in words."""

    label: str
    outcomes: int
    brier: float | None
    ece: float | None


OF_ALL = "of the whole company, not of your people alone: what I learn of my own words is shared"


def score_of(summary: Summary) -> Score:
    key, raw = summary.key, summary.raw
    label = f"{type_words(key.action_type)}, {KINDS[key.kind]}"
    return Score(label=label, outcomes=raw.n, brier=raw.brier, ece=raw.ece)


def figure(scores: Sequence[Score], days: Days, *, whole: bool = True) -> Figure:
    """The kinds with the most outcomes. Without `whole` the report is about some people, and says
    that these scores aren't."""
    known = [one for one in scores if one.outcomes >= ENOUGH and one.brier is not None]
    first = sorted(known, key=lambda one: (-one.outcomes, one.label))[:SHOWN]
    outcomes = sum(one.outcomes for one in scores)
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=f"outcomes: {outcomes:,}; kinds with {ENOUGH} or more: {len(known):,}",
        since=days.first,
        until=days.last,
        reach=REACH,
        parts=tuple(part for one in first for part in _parts(one)),
        notes=() if whole else (OF_ALL,),
        unknown="" if first else f"no kind of prediction has {ENOUGH} outcomes yet",
    )


def _parts(score: Score) -> tuple[Part, ...]:
    named = (
        (f"{score.label}, mean gap", score.ece, Unit.GAP),
        ("Brier score", score.brier, Unit.SCORE),
    )
    return tuple(
        Part(
            label=name,
            unit=unit,
            value=None if value is None else number(value),
            of=score.outcomes,
            unknown="" if value is not None else "not known",
        )
        for name, value, unit in named
    )
