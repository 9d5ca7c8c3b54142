"""When a level that acts by itself is lost: at once, by itself, and sooner than it was won. Pure.

Below those levels a person decides on everything anyway, so there is nothing to take back. Harm
leads straight to approve, anything else one step down. Only what happened since the level began is
looked at, so nothing costs twice.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from services.autonomy.earning.bound import log_e_value_below
from services.types.actions import AutonomyLevel
from services.types.earning import Came, Case, Fall

STOPPED, OF_LAST = 3, 20
REJECTED, OF_DECIDED = 3, 10
MOST_DISLIKED = 2
"""Bad words of one person that count, as soon as the mails of others are among those looked at:
whoever rates everything bad doesn't decide for all. Undoing costs that person something and always
counts."""
WINDOW = 50
MOST_NEWEST = 4 * WINDOW
"""More than the newest cases are never looked at."""
ALPHA = 0.1
"""A fall costs little: at most one window in ten is wrongly called a drift."""
LEAST_KEPT = 0.95
LEAST_BAD = 2
"""What the share of mails that nobody stopped must not fall below."""


def fall_of(level: AutonomyLevel, cases: Sequence[Case], *, answered: float | None) -> Fall | None:
    """The first reason to fall; None keeps the level. `cases`: the newest since the level began.
    `answered`: the share of answers that was sure when the level was given, if it was known."""
    if not level.acts:
        return None
    ordered = sorted(cases, key=lambda case: case.at)
    return next(_reasons(level, ordered, answered), None)


def heard(cases: Sequence[Case]) -> list[Case]:
    """Without the words of one person that are beyond their share; the newest of theirs stay. Those
    mails are neither good nor bad then."""
    if len({one.owner_id for one in cases}) <= 1:
        return list(cases)
    given = Counter[UUID | None]()
    kept: list[Case] = []
    for one in reversed(cases):
        if one.came is Came.DISLIKED:
            given[one.undone_by] += 1
            if given[one.undone_by] > MOST_DISLIKED:
                continue
        kept.append(one)
    return kept[::-1]


def below(level: AutonomyLevel) -> AutonomyLevel:
    return list(AutonomyLevel)[max(level.rank - 1, 0)]


def _reasons(level: AutonomyLevel, cases: Sequence[Case], answered: float | None) -> Iterator[Fall]:
    yield from _harm([one for one in cases if one.by_rule])
    by_rule = heard([one for one in cases if one.by_rule and one.came is not None])
    yield from _stopped(level, by_rule[-OF_LAST:])
    decided = [one for one in cases if not one.by_rule and one.came is not None]
    yield from _rejected(level, decided[-OF_DECIDED:])
    yield from _drift(level, by_rule, answered)


def _harm(by_rule: Sequence[Case]) -> Iterator[Fall]:
    for one in reversed(by_rule):
        if one.incident:
            yield Fall(
                to=AutonomyLevel.APPROVE,
                why="What left differs from what was to leave. That must not happen once.",
            )
        if one.harm:
            yield Fall(
                to=AutonomyLevel.APPROVE,
                why=f"A customer answered one that left by itself: {one.harm}.",
            )


def _stopped(level: AutonomyLevel, last: Sequence[Case]) -> Iterator[Fall]:
    bad = [one for one in last if one.came in (Came.UNDONE, Came.DISLIKED)]
    if len(bad) >= STOPPED:
        yield _fall_by(level, bad, len(last))


def _rejected(level: AutonomyLevel, last: Sequence[Case]) -> Iterator[Fall]:
    bad = [one for one in last if one.came is Came.REJECTED or one.heavily]
    if len(bad) >= REJECTED:
        people = dict.fromkeys(one.member_id for one in bad if one.member_id is not None)
        yield Fall(
            to=below(level),
            why=f"{len(bad)} of the last {len(last)} that people decided on were rejected or "
            "rewritten.",
            people=(*people,),
        )


def _drift(level: AutonomyLevel, by_rule: Sequence[Case], answered: float | None) -> Iterator[Fall]:
    """The last window alone: a long good past mustn't hide it."""
    last = by_rule[-WINDOW:]
    bad = [one for one in last if one.came is not Came.LEFT]
    if _fell([one.came is Came.LEFT for one in last], LEAST_KEPT):
        yield _fall_by(level, bad, len(last))
    known = [one.answered for one in by_rule if one.answered is not None][-WINDOW:]
    if answered is not None and 0 < answered < 1 and _fell(known, answered):
        yield Fall(
            to=below(level),
            why=f"Only {sum(known)} of the last {len(known)} were answered; at least "
            f"{answered * 100:.0f} % were when this level was given.",
        )


def _fall_by(level: AutonomyLevel, bad: Sequence[Case], of: int) -> Fall:
    """With those whose doing it was."""
    undone = all(one.came is Came.UNDONE for one in bad)
    people = dict.fromkeys(one.undone_by for one in bad if one.undone_by is not None)
    what = "stopped" if undone else "stopped or rated bad"
    return Fall(to=below(level), why=f"{len(bad)} of the last {of} were {what}.", people=(*people,))


def _fell(results: Sequence[bool], least: float) -> bool:
    """One alone is no drift, not even if it is the first."""
    good = sum(results)
    if len(results) - good < LEAST_BAD:
        return False
    return log_e_value_below(good, len(results) - good, least) >= -math.log(ALPHA)
