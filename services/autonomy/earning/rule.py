"""What a type must have shown before one more level is proposed. One row a step, pure.

A proposal is all the rule can bring about: a person decides on it. No step is left out, and there
is no other way up.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.autonomy.earning.bound import interval, log_e_value, lower_bound
from services.autonomy.earning.counting import Caps, Tally, tally
from services.calibration.adjusting import GAP
from services.guardrails import row_of
from services.types.actions import AutonomyLevel, Verdict
from services.types.autonomy_words import name_of
from services.types.earning import Came, Case, Condition, Evidence, Interval, Success

ALPHA = 0.01
"""At most one type in a hundred that isn't good enough is ever proposed, at a step."""
MAIN_SHARE = 0.40
"""Whoever decided on more of it, capped or not, doesn't decide on the proposal. By what counts
alone nobody ever would: the caps see to that."""
MOST_DOUBTED = 0.5
"""Who would ask about more of what counts, because what they say is being corrected, isn't allowed
to begin yet: nothing would leave by itself."""
LEAST_BASELINE = 20
"""Fewer mails of people's own say nothing about what they get."""


_CAPPED = Caps()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step up wants. `decision`: which judgements are evidence for it; `would`: what
    policy must have said of them, levels aside. `p0`: the share of good ones that must be exceeded.
    `answers`: how many outcomes there must be at least, none of it compared where it is 0.
    `calm`: days without an incident; `undone_too`: nor an undo."""

    after: AutonomyLevel
    decision: str
    would: frozenset[str]
    p0: float
    least: int
    days: int
    people: int
    accounts: int
    recent: int
    caps: Caps = _CAPPED
    rejected: float | None = None
    answers: int = 0
    calm: int = 0
    undone_too: bool = False


RECENT_DAYS = 14
_ALONE = Caps(rep=1.0)
_ANY = frozenset({"send", "ask"})
_SEND = frozenset({"send"})

Steps = Mapping[AutonomyLevel, Step]
"""By the level from which a step leads up."""

STEPS: Steps = {
    # Nothing leaves at either of these two: whoever works alone may take them.
    AutonomyLevel.SHADOW: Step(
        after=AutonomyLevel.SUGGEST,
        decision="held",
        would=_ANY,
        p0=0.5,
        least=20,
        days=7,
        people=1,
        accounts=5,
        recent=5,
        caps=_ALONE,
    ),
    AutonomyLevel.SUGGEST: Step(
        after=AutonomyLevel.APPROVE,
        decision="suggested",
        would=_ANY,
        p0=0.6,
        least=20,
        days=7,
        people=1,
        accounts=5,
        recent=5,
        caps=_ALONE,
    ),
    AutonomyLevel.APPROVE: Step(
        after=AutonomyLevel.UNDO_WINDOW,
        decision="asked",
        would=_SEND,
        p0=0.90,
        least=50,
        days=21,
        people=2,
        accounts=10,
        recent=10,
        rejected=0.05,
        answers=20,
        calm=30,
        undone_too=True,
    ),
    AutonomyLevel.UNDO_WINDOW: Step(
        after=AutonomyLevel.AUTONOMOUS,
        decision="queued",
        would=_SEND,
        p0=0.95,
        least=100,
        days=21,
        people=2,
        accounts=10,
        recent=10,
        answers=20,
        calm=60,
    ),
}


def judge(
    *,
    action_type: str,
    level: AutonomyLevel,
    lineage: str,
    since: datetime,
    cases: Sequence[Case],
    success: Success,
    now: datetime,
    full: bool = False,
    steps: Steps = STEPS,
) -> Evidence:
    """All conditions of the next step, met or not."""
    step = steps.get(level)
    if step is None:
        return Evidence(
            action_type=action_type, level=level, after=None, lineage=lineage, since=since
        )
    counted = tally(cases, caps=step.caps, least=step.least)
    conditions = (
        *_counts(step, counted, now),
        *_share(step, counted, action_type),
        *_success(step, success),
        *_calm(step, cases, now),
        *_free(step, action_type),
    )
    return Evidence(
        action_type=action_type,
        level=level,
        after=step.after,
        lineage=lineage,
        since=since,
        counted=len(counted.cases),
        good=counted.good,
        low=lower_bound(counted.good, counted.bad, ALPHA),
        by=counted.by,
        shares=counted.shares,
        contributors={who: n for who, n in counted.decided.items() if who is not None},
        left_out=dict(counted.left_out),
        success=success,
        conditions=conditions,
        examples=tuple(one.action_id for one in _examples(counted)),
        full=full,
    )


def counted_cases(
    level: AutonomyLevel, cases: Sequence[Case], *, steps: Steps = STEPS
) -> Sequence[Case]:
    """What of them counts for the next step."""
    step = steps.get(level)
    return tally(cases, caps=step.caps, least=step.least).cases if step else ()


def observed(cases: Sequence[Case], baseline: Interval) -> Success:
    """What the counted mails came to: unchanged ones, and edited ones as a stratum of their own."""
    own = [one for one in cases if one.came in (Came.UNCHANGED, Came.LEFT)]
    left_out: dict[str, int] = {}
    for one in own:
        if one.answered is None:
            why = one.unclear or "not over yet"
            left_out[why] = left_out.get(why, 0) + 1
    return Success(
        share=_answered(own),
        edited=_answered([one for one in cases if one.came is Came.EDITED]),
        baseline=baseline,
        left_out=left_out,
    )


def _answered(cases: Sequence[Case]) -> Interval:
    known = [one.answered for one in cases if one.answered is not None]
    return interval(sum(known), len(known) - sum(known))


# ── The conditions ──────────────────────────────────────────────────────────────────────────────
def _counts(step: Step, counted: Tally, now: datetime) -> Iterator[Condition]:
    late = counted.since(now - timedelta(days=RECENT_DAYS))
    wanted = (
        ("decided", len(counted.cases), step.least, ""),
        ("days", counted.days, step.days, ""),
        ("people", len(counted.members), step.people, ""),
        ("accounts", len(counted.accounts), step.accounts, ""),
        ("recent", late, step.recent, f" in {RECENT_DAYS} days"),
    )
    for name, has, least, span in wanted:
        yield Condition(
            name=name, met=has >= least, found=f"{has}{span}", wanted=f"at least {least}{span}"
        )


def _share(step: Step, counted: Tally, action_type: str) -> Iterator[Condition]:
    good, bad = counted.good, counted.bad
    yield Condition(
        name="share",
        met=log_e_value(good, bad, step.p0) >= -math.log(ALPHA),
        found=f"at least {percent(lower_bound(good, bad, ALPHA))} of {name_of(action_type)} good",
        wanted=f"more than {percent(step.p0)}, sure to {percent(1 - ALPHA)} at every look",
    )
    if step.rejected is not None:
        rejected = counted.number(Came.REJECTED)
        yield Condition(
            name="rejected",
            met=rejected <= step.rejected * len(counted.cases),
            found=f"{rejected} of {len(counted.cases)} rejected",
            wanted=f"at most {percent(step.rejected)}",
        )


def _success(step: Step, success: Success) -> Iterator[Condition]:
    if not step.answers:
        return
    own, people = success.share, success.baseline
    yield Condition(
        name="answers",
        met=own.of >= step.answers,
        found=f"{own.of} outcomes",
        wanted=f"at least {step.answers}",
    )
    known = people.value is not None and people.of >= LEAST_BASELINE
    yield Condition(
        name="answered",
        met=not known or own.high >= (people.value or 0),
        found=f"answered {plus_minus(own)}",
        wanted=(
            f"not below your own mails, {people.value or 0:.2f} of {people.of}"
            if known
            else "not below your own mails; too few of them are known to compare"
        ),
    )
    yield from _borne_out(success)


def _borne_out(success: Success) -> Iterator[Condition]:
    """What gates is what came. But who still says something else of the same mails, by more than
    chance and more than calibration lets stand, isn't calibrated yet."""
    own, stated = success.share, success.stated
    if stated is None or own.value is None:
        return
    yield Condition(
        name="calibrated",
        met=own.low - GAP <= stated <= own.high + GAP,
        found=f"of the same mails I say {stated:.2f}, calibrated",
        wanted=f"within {GAP} of what came, {plus_minus(own)}",
    )
    yield Condition(
        name="corrected",
        met=success.doubted <= MOST_DOUBTED,
        found=f"{percent(success.doubted)} would ask while what I say is being corrected",
        wanted=f"at most {percent(MOST_DOUBTED)}",
    )


def _calm(step: Step, cases: Sequence[Case], now: datetime) -> Iterator[Condition]:
    if not step.calm:
        return
    since = now - timedelta(days=step.calm)
    incidents = sum(one.incident and one.at >= since for one in cases)
    undone = sum(one.undone_at is not None and one.undone_at >= since for one in cases)
    bad = incidents + (undone if step.undone_too else 0)
    what = "undo or incident" if step.undone_too else "incident"
    yield Condition(
        name="calm",
        met=bad == 0,
        found=f"{bad} in {step.calm} days",
        wanted=f"no {what} in {step.calm} days",
    )


def _free(step: Step, action_type: str) -> Iterator[Condition]:
    """What policy never lets a level decide alone can't earn one that acts."""
    if step.after.acts:
        free = row_of(action_type).base is Verdict.AUTONOMOUS
        yield Condition(
            name="policy",
            met=free,
            found="policy allows it" if free else "policy always asks a person",
            wanted="a kind of action that may leave without a person",
        )


def _examples(counted: Tally) -> Sequence[Case]:
    """A few to look at: what wasn't good first, then the newest."""
    bad = [one for one in reversed(counted.cases) if one.came is not None and not one.came.good]
    good = [one for one in reversed(counted.cases) if one.came is not None and one.came.good]
    return [*bad[:3], *good][:6]


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def plus_minus(one: Interval) -> str:
    """`0.71 ± 0.05`."""
    return "not known" if one.value is None else f"{one.value:.2f} ± {one.half_width:.2f}"
