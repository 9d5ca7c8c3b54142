"""What deals themselves show: one stuck in its stage, one whose close date keeps slipping."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median

from services.signals.detectors.pure import finding, rules
from services.signals.detectors.seen import believed, figure, sent
from services.signals.grading import Piece, rising
from services.signals.saying import count, day, span
from services.types.signals import (
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SeenDeal,
    SignalName,
)

ENOUGH_DEALS = 8
"""Deals of the tenant's own that its distribution needs; with fewer, `USUAL_DAYS` stand in."""
SHARE = 0.8
USUAL_DAYS = {
    "initial": 21.0,
    "discovery": 30.0,
    "qualification": 30.0,
    "evaluation": 45.0,
    "negotiation": 30.0,
    "stalled": 30.0,
}
SHORTEST = 7.0
CLOSE = timedelta(days=30)
QUIET = timedelta(days=14)
TWICE = 2
BUSY = 2
"""Messages that say that a deal isn't merely forgotten."""


# ── Stuck ───────────────────────────────────────────────────────────────────────────────────────
def look_stuck(facts: AccountFacts) -> Iterator[Detected]:
    for deal in facts.deals:
        if deal.open and deal.stage_since is not None and facts.lifecycle != "churned":
            days = (facts.now - deal.stage_since) / timedelta(days=1)
            limit = stage_limit(deal)
            if days > limit:
                yield _stuck(facts, deal, days, limit)


def stage_limit(deal: SeenDeal) -> float:
    """The days that four of five of the tenant's deals stayed under in this stage."""
    known = sorted(deal.stage_days)
    if len(known) < ENOUGH_DEALS:
        # Few of them say how long it may take, though not how long it usually does.
        return max([USUAL_DAYS.get(deal.stage, 30.0) * 1.25, *known[-1:]])
    return max(known[min(int(len(known) * SHARE), len(known) - 1)], SHORTEST)


def _stuck(facts: AccountFacts, deal: SeenDeal, days: float, limit: float) -> Detected:
    stage = deal.stage.replace("_", " ")
    own = len(deal.stage_days) >= ENOUGH_DEALS
    others = (
        f"four of five other deals left it within {span(limit)}, half of them within "
        f"{span(median(deal.stage_days))} ({len(deal.stage_days)} deals)"
        if own
        else f"{span(limit)} is long for any deal there"
    )
    words = f"{deal.name} is in {stage} for {span(days)}; {others}"
    top = 0.3 if own else 0.25
    pieces = [
        Piece(_fact(deal, words, deal.stage_since), 0.5 + top * rising(days / limit, 1.0, 2.5)),
        *(_lull(facts) or _busy(facts, deal)),
        *_no_meeting(facts),
        *_due(facts, deal),
    ]
    return finding(SignalName.STAGE_STUCK, pieces, words, deal=deal)


# ── Slipping ────────────────────────────────────────────────────────────────────────────────────
def look_slipping(facts: AccountFacts) -> Iterator[Detected]:
    for deal in facts.deals:
        if not deal.open or deal.close_date is None or facts.lifecycle == "churned":
            continue
        overdue = facts.now.date() - deal.close_date
        if deal.close_date_moves >= TWICE or overdue > timedelta(days=1):
            yield _slipping(facts, deal, overdue)


def _slipping(facts: AccountFacts, deal: SeenDeal, overdue: timedelta) -> Detected:
    moves = deal.close_date_moves
    pieces: list[Piece] = []
    told: list[str] = []
    if moves:
        told.append(f"The close date of {deal.name} was put off {count(moves, 'time')}")
        pieces.append(Piece(_fact(deal, told[-1], None), 0.35 + 0.35 * rising(moves, 1, 4)))
    slipped = _slipped(deal)
    if moves and slipped > timedelta(0) and deal.first_close_date and deal.close_date:
        first, now = day(deal.first_close_date, facts.now), day(deal.close_date, facts.now)
        words = f"It was first to close on {first}, now on {now}: {span(slipped)} later"
        told.append(words)
        pieces.append(Piece(_fact(deal, words, None), 0.3 + 0.3 * rising(slipped.days, 14, 90)))
    if overdue > timedelta(days=1) and deal.close_date:
        words = f"Its close date, {day(deal.close_date, facts.now)}, passed {span(overdue)} ago"
        told.append(words)
        pieces.append(Piece(_fact(deal, words, None), 0.5 + 0.2 * rising(overdue.days, 1, 21)))
        pieces += [*_lull(facts), *_no_meeting(facts)]
    return finding(SignalName.CLOSE_DATE_SLIPPING, pieces, ". ".join(told[:2]), deal=deal)


def _slipped(deal: SeenDeal) -> timedelta:
    if deal.first_close_date is None or deal.close_date is None:
        return timedelta(0)
    return deal.close_date - deal.first_close_date


# ── What goes with it ───────────────────────────────────────────────────────────────────────────
def _lull(facts: AccountFacts) -> list[Piece]:
    """They have written nothing for two weeks."""
    theirs = believed(facts)
    if not theirs or facts.now - theirs[-1].happened_at < QUIET:
        return []
    since = facts.now - theirs[-1].happened_at
    words = f"Nothing from {facts.account_name} for {span(since)}"
    of = [theirs[-1], *sent(facts, theirs[-1].happened_at)]
    return [
        Piece(figure(words, of, theirs[-1].happened_at), 0.3 + 0.15 * rising(since.days, 14, 42))
    ]


def _busy(facts: AccountFacts, deal: SeenDeal) -> list[Piece]:
    """Much is written, and still it stays where it is."""
    since = [
        text for text in believed(facts) if deal.stage_since and text.happened_at > deal.stage_since
    ]
    if len(since) < BUSY:
        return []
    words = f"{count(len(since), 'message')} of theirs since it came in, and it is still there"
    weight = 0.25 + 0.1 * rising(len(since), 2, 6)
    return [Piece(figure(words, since, deal.stage_since), weight)]


def _no_meeting(facts: AccountFacts) -> list[Piece]:
    """Nothing is planned, though they used to meet."""
    held = [one for one in facts.meetings if one.starts_at <= facts.now]
    if not held or any(
        one.starts_at > facts.now and one.status == "scheduled" for one in facts.meetings
    ):
        return []
    last = max(held, key=lambda one: one.starts_at)
    if facts.now - last.starts_at < QUIET:
        return []
    words = f"No meeting is planned; the last was on {day(last.starts_at, facts.now)}"
    return [
        Piece(
            Evidence(
                source=EvidenceSource.MEETING, source_id=last.id, at=last.starts_at, words=words
            ),
            0.3,
        )
    ]


def _due(facts: AccountFacts, deal: SeenDeal) -> list[Piece]:
    """It is to close soon, or should have: what is left before it isn't done by then."""
    if deal.close_date is None or deal.stage == "negotiation":
        return []
    left = deal.close_date - facts.now.date()
    if left > CLOSE:
        return []
    when = f"in {span(left)}" if left > timedelta(0) else "by now"
    words = f"It is to close {when}, on {day(deal.close_date, facts.now)}"
    return [Piece(_fact(deal, words, None), 0.3 + 0.2 * rising(30 - left.days, 0, 30))]


def _fact(deal: SeenDeal, words: str, at: datetime | None) -> Evidence:
    return Evidence(source=EvidenceSource.DEAL, source_id=deal.id, at=at, words=words)


STAGE_STUCK = rules(SignalName.STAGE_STUCK, look_stuck)
CLOSE_DATE_SLIPPING = rules(SignalName.CLOSE_DATE_SLIPPING, look_slipping)
