"""How well an account is, from 0 to 100. Pure: the same facts in any order give the same score.

Base 60, then points up and down; every reason has its words and its source, and what isn't known
costs nothing. Of the same sort so much counts at most (the caps), so that no one thing decides
alone. docs/decisions/0035 has the table.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from services.types.health import (
    Health,
    HealthFacts,
    HeldDeal,
    OpenSignal,
    Reason,
    ReasonKind,
)
from services.types.model import SignalKind
from services.types.qualification import Stage
from services.types.signals import CATALOGUE, Severity, SignalName

BASE = 60
LOWEST, HIGHEST = 0, 100
DAY = timedelta(days=1)

# ── The table ───────────────────────────────────────────────────────────────────────────────────
RHYTHM = ((1.0, 12), (2.0, 6), (3.0, 0), (5.0, -10))
"""Silence, as a multiple of their usual gap, and its points; beyond the last: SILENT."""
SILENT = -20
FEWEST_DAYS = 4
"""Days with mail from them that make a rhythm."""
RISK = {Severity.CRITICAL: -20, Severity.HIGH: -12, Severity.MEDIUM: -6, Severity.LOW: -3}
CHANCE = {Severity.CRITICAL: 10, Severity.HIGH: 6, Severity.MEDIUM: 4, Severity.LOW: 2}
RISK_CAP, CHANCE_CAP = -36, 16
ASK, ASK_CAP, ASK_PATIENCE = -4, -16, DAY
MEETING_SPAN = timedelta(days=45)
HELD, HELD_CAP = 4, 8
AHEAD = 3
CANCELLED, CANCELLED_CAP = -4, -12
DEAL_SPAN, WON_SPAN = timedelta(days=45), timedelta(days=90)
FORWARD, BACK, WON, LOST = 8, -8, 10, -12
RENEWAL = ((0, -15), (30, -6), (90, -2))
"""Days until the renewal (less than the first: it has passed) and what that costs."""
GOOD_WORD, BAD_WORD, TONE_CAP = 2, -3, 9
TONE_SPAN = timedelta(days=60)
MORE_PEOPLE = frozenset({SignalName.PARTICIPATION_GROWING, SignalName.SENIOR_CONTACT})
_ORDER = (
    Stage.INITIAL,
    Stage.DISCOVERY,
    Stage.QUALIFICATION,
    Stage.EVALUATION,
    Stage.NEGOTIATION,
    Stage.CLOSED_WON,
)


def score(facts: HealthFacts) -> Health:
    """The health with its reasons, the heaviest first."""
    reasons: list[Reason] = []
    unknown: list[ReasonKind] = []
    for kind, judge in _JUDGES.items():
        found = judge(facts)
        if found is None:
            unknown.append(kind)
        else:
            reasons += found
    if len(unknown) == len(_JUDGES) - 1 and not facts.signals:
        # Only "no signal is open" is known, which it is of an account nobody ever wrote to.
        return Health(score=None, reasons=(), unknown=tuple(unknown))
    total = BASE + sum(reason.points for reason in reasons)
    ranked = sorted(reasons, key=lambda one: (-abs(one.points), one.kind, one.words))
    return Health(
        score=min(max(total, LOWEST), HIGHEST), reasons=tuple(ranked), unknown=tuple(unknown)
    )


# ── One judge a sort; None: not known ───────────────────────────────────────────────────────────
def usual_gap(heard: Iterable[datetime]) -> float | None:
    """Days that usually pass between two days on which they write; None without a rhythm."""
    days = sorted({moment.date() for moment in heard})
    if len(days) < FEWEST_DAYS:
        return None
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return max(float(median(gaps)), 1.0)


def _engagement(facts: HealthFacts) -> list[Reason] | None:
    usual = usual_gap(facts.heard)
    if usual is None:
        return None
    silent = max((facts.now - max(facts.heard)) / DAY, 0.0)
    points = next((p for most, p in RHYTHM if silent <= most * usual), SILENT)
    words = (
        f"they wrote {_ago(silent)}; usually every {_days(usual)}"
        if points > 0
        else f"no word from them for {_days(silent)}; usually they write every {_days(usual)}"
    )
    return [Reason(kind=ReasonKind.ENGAGEMENT, words=words, points=points)]


def _signals(facts: HealthFacts) -> list[Reason]:
    """Silence is left out where their rhythm is known: it is counted there."""
    known = usual_gap(facts.heard) is not None
    open_ = [s for s in facts.signals if not (known and s.name is SignalName.SILENCE)]
    weighed = [(_weight(one), one) for one in open_]
    bad = [(points, one) for points, one in weighed if points < 0]
    good = [(points, one) for points, one in weighed if points > 0]
    return [*_capped(bad, RISK_CAP), *_capped(good, CHANCE_CAP)]


def _weight(signal: OpenSignal) -> int:
    good = signal.kind is SignalKind.BUYING or signal.name in MORE_PEOPLE
    return (CHANCE if good else RISK)[signal.severity]


def _capped(weighed: Sequence[tuple[int, OpenSignal]], cap: int) -> list[Reason]:
    """The heaviest count in full until the cap is reached, the rest nothing more."""
    left, found = abs(cap), []
    for points, signal in sorted(weighed, key=lambda one: (-abs(one[0]), one[1].name, one[1].id)):
        counted = min(abs(points), left)
        left -= counted
        found.append(
            Reason(
                kind=ReasonKind.SIGNALS,
                words=CATALOGUE[signal.name].words,
                points=counted if points > 0 else -counted,
                source="signal",
                source_id=signal.id,
            )
        )
    return found


def _asks(facts: HealthFacts) -> list[Reason] | None:
    if not facts.heard:
        return None
    late = [ask for ask in facts.asks if facts.now - ask.at > ASK_PATIENCE]
    if not late:
        return []
    oldest = min(late, key=lambda ask: (ask.at, ask.message_id))
    waits = "mail of theirs waits" if len(late) == 1 else "mails of theirs wait"
    days = _days((facts.now - oldest.at) / DAY)
    return [
        Reason(
            kind=ReasonKind.ASKS,
            words=f"{len(late)} {waits} for an answer, the oldest for {days}",
            points=max(ASK * len(late), ASK_CAP),
            source="message",
            source_id=oldest.message_id,
        )
    ]


def _meetings(facts: HealthFacts) -> list[Reason] | None:
    if not facts.meetings:
        return None
    near = [one for one in facts.meetings if one.starts_at > facts.now - MEETING_SPAN]
    off = [one for one in near if one.cancelled]
    held = [one for one in near if not one.cancelled and one.starts_at <= facts.now]
    ahead = [one for one in near if not one.cancelled and one.starts_at > facts.now]
    sorts = (
        (held, "met with us lately", min(HELD * len(held), HELD_CAP)),
        (ahead, "the next meeting is set", AHEAD if ahead else 0),
        (off, "called off a meeting", max(CANCELLED * len(off), CANCELLED_CAP)),
    )
    found = []
    for ones, words, points in sorts:
        if ones:
            newest = max(ones, key=lambda one: (one.starts_at, one.id))
            times = f" ({len(ones)} times)" if len(ones) > 1 else ""
            found.append(
                Reason(
                    kind=ReasonKind.MEETINGS,
                    words=f"{words}{times}",
                    points=points,
                    source="meeting",
                    source_id=newest.id,
                )
            )
    return found


def _deals(facts: HealthFacts) -> list[Reason] | None:
    """At best one deal's good news and one's bad news count: the rest is size, not health."""
    if not facts.deals:
        return None
    found = [reason for deal in facts.deals for reason in _of_deal(deal, facts.now)]
    best = max((r for r in found if r.points > 0), key=_by_weight, default=None)
    worst = max((r for r in found if r.points < 0), key=_by_weight, default=None)
    return [one for one in (best, worst) if one is not None]


def _by_weight(reason: Reason) -> tuple[int, str, str]:
    return abs(reason.points), reason.words, str(reason.source_id)


def _of_deal(deal: HeldDeal, now: datetime) -> list[Reason]:
    def reason(words: str, points: int) -> Reason:
        told = f"{deal.name} {words}"
        return Reason(
            kind=ReasonKind.DEALS, words=told, points=points, source="deal", source_id=deal.id
        )

    lately = deal.stage_since is not None and now - deal.stage_since <= WON_SPAN
    if deal.stage is Stage.CLOSED_WON:
        return [reason("was won", WON)] if lately else []
    if deal.stage is Stage.CLOSED_LOST:
        return [reason("was lost", LOST)] if lately else []
    steps = [_step(m.before, m.after) for m in deal.moves if now - m.at <= DEAL_SPAN]
    found = [reason("moved on", FORWARD)] if any(step > 0 for step in steps) else []
    return [*found, *([reason("fell back", BACK)] if any(step < 0 for step in steps) else [])]


def _step(before: Stage, after: Stage) -> int:
    if Stage.STALLED in (before, after):
        return -1 if after is Stage.STALLED else 1
    if before not in _ORDER or after not in _ORDER:
        return 0
    return _ORDER.index(after) - _ORDER.index(before)


def _renewal(facts: HealthFacts) -> list[Reason] | None:
    if facts.renewal is None:
        return None
    left = (facts.renewal - facts.now.date()).days
    renewed = any(
        deal.stage is Stage.CLOSED_WON
        and deal.stage_since is not None
        and deal.stage_since.date() > facts.renewal - WON_SPAN
        for deal in facts.deals
    )
    if renewed:
        return []
    points = next((cost for days, cost in RENEWAL if left < days or (days and left == days)), 0)
    if not points:
        return []
    words = f"the renewal was due {_days(-left)} ago" if left < 0 else f"renews in {_days(left)}"
    return [Reason(kind=ReasonKind.RENEWAL, words=words, points=points)]


def _tone(facts: HealthFacts) -> list[Reason] | None:
    lately = [tone for tone in facts.tones if facts.now - tone.at <= TONE_SPAN]
    if not lately:
        return None
    points = sum(GOOD_WORD * tone.good + BAD_WORD * tone.bad for tone in lately)
    points = min(max(points, -TONE_CAP), TONE_CAP)
    if not points:
        return []
    wanted = [tone for tone in lately if (tone.good if points > 0 else tone.bad)]
    newest = max(wanted, key=lambda tone: (tone.at, tone.message_id))
    words = "what they write sounds like buying" if points > 0 else "what they write sounds worried"
    return [
        Reason(
            kind=ReasonKind.TONE,
            words=words,
            points=points,
            source="message",
            source_id=newest.message_id,
        )
    ]


_JUDGES: dict[ReasonKind, Callable[[HealthFacts], list[Reason] | None]] = {
    ReasonKind.ENGAGEMENT: _engagement,
    ReasonKind.SIGNALS: _signals,
    ReasonKind.ASKS: _asks,
    ReasonKind.MEETINGS: _meetings,
    ReasonKind.DEALS: _deals,
    ReasonKind.RENEWAL: _renewal,
    ReasonKind.TONE: _tone,
}


def _days(value: float) -> str:
    whole = max(round(value), 0)
    return "a day" if whole == 1 else f"{whole} days"


def _ago(days: float) -> str:
    return "today" if days < 1 else f"{_days(days)} ago"
