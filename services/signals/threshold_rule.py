"""How feedback moves the confidence that signals of a name need. Pure.

Damped: a move is small, takes many words of several people, and uses each word once (the caller
gives those since the last move). One person can't dominate: whatever they say, their share of the
weight is capped. Between the two borders nothing moves.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from services.types.alerts import Move, Rated
from services.types.signals import LEAST_THRESHOLD, MOST_THRESHOLD

LEAST_RATED = 8
LEAST_PEOPLE = 3
LARGEST_SHARE = 0.4
"""Of the weight, for one person, as soon as there are three."""
TOO_MANY, FEW = 0.4, 0.1
"""Above this share of false alarms a name asks for more confidence, below it for less."""
MOST_AT_ONCE = 0.02
LEAST_AT_ONCE = 0.005
BETWEEN = timedelta(days=1)
PAUSED_FOR = timedelta(days=30)
"""After somebody has undone a move, feedback moves that name no more for so long."""


def move_of(rated: Sequence[Rated], current: float, *, people: int) -> Move | None:
    """The move these words ask for, if they are enough and ask for one. `people` is how many could
    have given their word."""
    words = Counter(one.member_id for one in rated)
    if len(rated) < LEAST_RATED or len(words) < min(LEAST_PEOPLE, max(people, 1)):
        return None
    share = false_share(rated)
    value = within(current + _step(share))
    if abs(value - current) < LEAST_AT_ONCE:
        return None
    false = sum(one.rating < 0 for one in rated)
    return Move(
        before=current,
        value=value,
        reason=(
            f"{false} of {len(rated)} rated alerts were false alarms, by {len(words)} "
            f"{'person' if len(words) == 1 else 'people'}."
        ),
        samples={
            "rated": len(rated),
            "false_alarms": false,
            "people": len(words),
            "weighted_share": round(share, 3),
        },
    )


def false_share(rated: Sequence[Rated]) -> float:
    """The share of false alarms, nobody's word weighing more than their cap."""
    words = Counter(one.member_id for one in rated)
    weights = capped({person: float(number) for person, number in words.items()})
    total = sum(weights.values())
    false = Counter(one.member_id for one in rated if one.rating < 0)
    return sum(weights[person] * false[person] / words[person] for person in words) / total


def capped(given: Mapping[UUID, float]) -> dict[UUID, float]:
    """The weights, none more than its share of the whole. With two people neither outweighs the
    other; one alone is all there is."""
    share = max(LARGEST_SHARE, 1 / len(given))
    held: set[UUID] = set()
    weights = dict(given)
    for _ in given:
        over = [p for p, w in weights.items() if w > share * sum(weights.values()) + 1e-9]
        held |= set(over)
        free = sum(given[p] for p in given if p not in held)
        if not over or not free:
            break
        # What is held down weighs its share of the whole that comes of it.
        level = share * free / (1 - share * len(held)) if share * len(held) < 1 else free
        weights = {p: min(level, given[p]) if p in held else given[p] for p in given}
    if held == set(given):
        return dict.fromkeys(given, 1.0)
    return weights


def within(value: float) -> float:
    """Inside what a threshold may be, to three places."""
    return round(min(max(value, LEAST_THRESHOLD), MOST_THRESHOLD), 3)


def _step(share: float) -> float:
    """The further beyond the border, the larger; never more than the most at once."""
    if share > TOO_MANY:
        return MOST_AT_ONCE * min((share - TOO_MANY) / 0.3, 1)
    if share < FEW:
        return -MOST_AT_ONCE * min((FEW - share) / FEW, 1)
    return 0.0
