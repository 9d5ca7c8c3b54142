"""How stated probabilities hold, in sentences that need no statistics."""

from collections.abc import Sequence

from blocks.parts import bracketed, count, percent, within
from services.types.alerts import Share
from services.types.autonomy_words import type_words
from services.types.calibration import Adjustment, Key, ReliabilityBin, Summary
from services.types.confidence import ENOUGH, BorneOut

UNKNOWN = "not known yet"
MOST_LINES = 3
_COMES = {
    "email_engagement": ("a reply comes", "mail"),
    "deal_progression": ("the deal moves on", "action"),
    "meeting_outcome": ("the meeting is held", "action"),
    "escalation_result": ("it is approved", "request"),
}
_ABOUT = {
    "email_engagement": "",
    "deal_progression": ", moving the deal on",
    "meeting_outcome": ", leading to a meeting",
    "escalation_result": ", being approved",
}
_TELLING = 0.01
"""Less than a hundredth isn't worth a word."""


def stated_words(stated: float, came_true: BorneOut) -> str:
    """`I said 80 %; of such statements 62 % came true (47 to 75 %), from 41.`"""
    said = f"I said {percent(stated)}"
    if not came_true.of:
        return f"{said}; what comes of such statements isn't known yet."
    if came_true.value is None:
        few = count(came_true.of, "outcome is", "outcomes are")
        return f"{said}; {few} too few to say how such statements hold."
    return (
        f"{said}; of such statements {percent(came_true.value)} came true"
        f"{bracketed(came_true.low, came_true.high)}, from {came_true.of:,}."
    )


def kind_words(key: Key) -> str:
    """`Follow-ups`, `Follow-ups, leading to a meeting`."""
    return f"{type_words(key.action_type)}{_ABOUT.get(key.kind, '')}"


def telling(summary: Summary) -> Sequence[ReliabilityBin]:
    """The bins about which something can be said, the lowest first."""
    return [one for one in summary.bins if one.count >= ENOUGH and one.observed is not None]


def health_lines(summary: Summary) -> list[str]:
    """`When I say 80 %, a reply comes in about 6 of 10 (47 to 75 %), from 41 mails.`"""
    most = sorted(telling(summary), key=lambda one: -one.count)[:MOST_LINES]
    if not most:
        so_far = count(summary.n, "outcome") if summary.n else "No outcome"
        return [f"{so_far} so far: too few to say. It takes {ENOUGH} of about the same confidence."]
    comes, what = _COMES.get(summary.key.kind, ("it comes true", "action"))
    return [
        f"When I say {percent(one.stated or 0)}, {comes} in {of_ten(one.observed or 0)}"
        f"{bracketed(one.observed_low, one.observed_high)}, from {count(one.count, what)}."
        for one in sorted(most, key=lambda one: one.low)
    ]


def of_ten(share: float) -> str:
    """`about 6 of 10`; never a certainty that a few can't give."""
    tenths = round(share * 10)
    if tenths == 0:
        return "fewer than 1 of 10"
    return f"about {tenths} of 10" if tenths < 10 else "nearly all of 10"  # noqa: PLR2004 - ten of ten


def verdict_words(summary: Summary) -> str:
    """In two words how it stands, by the bins that are known well enough to be off."""
    off = [one for one in telling(summary) if not _holds(one)]
    if not telling(summary):
        return "not known yet"
    if not off:
        return "that holds"
    over = [(one.stated or 0) > (one.observed or 0) for one in off]
    return "too sure" if all(over) else "mixed" if any(over) else "not sure enough"


def _holds(one: ReliabilityBin) -> bool:
    """What was stated lies inside what the share may truly be."""
    low, high = one.observed_low, one.observed_high
    return low is None or high is None or low <= (one.stated or 0) <= high


def corrected_words(summary: Summary) -> str:
    """`Being corrected: what I say as 80 % is shown as 71 % by now.`"""
    moved = [
        one
        for one in telling(summary)
        if abs((one.calibrated or 0) - (one.stated or 0)) >= _TELLING
    ]
    if not moved:
        return ""
    most = max(moved, key=lambda one: one.count)
    said, shown = percent(most.stated or 0), percent(most.calibrated or 0)
    asks = percent(summary.threshold)
    if not summary.adjustment.apart:
        return f"Corrected: what I say as {said} is shown as {shown}."
    return (
        f"Being corrected, a little each night: what I say as {said} is shown as {shown} by now. "
        f"Until that is done, a person decides on what it takes below {asks}."
    )


def figures_words(summary: Summary) -> str:
    """For an admin: `41 outcomes · Brier 0.214 → 0.189 · ECE 0.140 → 0.050 · scale 1.00 · …`."""
    before, after = summary.raw, summary.calibrated
    scores = [
        f"Brier {_pair(before.brier, after.brier)}",
        f"ECE {_pair(before.ece, after.ece)}",
    ]
    parts = [
        count(summary.n, "outcome"),
        *(scores if summary.n >= ENOUGH else ["Brier and ECE: too few to say"]),
        f"scale {summary.scale:.2f}",
        f"a person decides below {percent(summary.threshold)}",
    ]
    if summary.edited.n:
        parts.append(f"{summary.edited.n:,} more that a person changed, counted apart")
    return f"{' · '.join(parts)}\n{left_out_words(summary)}"


def left_out_words(summary: Summary) -> str:
    """`Left out of 129 that ended: 5 ambiguous (4 %, 2 to 9 %), 4 undelivered (3 %, 1 to 8 %).`"""
    one, other = summary.ambiguous, summary.undelivered
    if not one.of:
        return "Left out: nothing has ended yet."
    return (
        f"Left out of {one.of:,} that ended: {one.part:,} ambiguous{_share(one)}, "
        f"{other.part:,} undelivered{_share(other)}."
    )


def _share(share: Share) -> str:
    if share.value is None or not within(share.low, share.high):
        return ""
    return f" ({percent(share.value)}, {within(share.low, share.high)})"


def adjustment_words(before: Adjustment, after: Adjustment) -> str:
    """`scale 1.00 → 0.97, a person decides below 70 % → 72 %`: only what shows a change."""
    told = (
        ("scale", f"{before.scale:.2f}", f"{after.scale:.2f}"),
        ("shift", f"{before.shift:.2f}", f"{after.shift:.2f}"),
        ("a person decides below", percent(before.threshold), percent(after.threshold)),
    )
    parts = [f"{name} {was} → {now}" for name, was, now in told if was != now]
    return ", ".join(parts) or "nothing that shows"


def range_words(one: ReliabilityBin) -> str:
    """`70-80 %`."""
    return f"{one.low * 100:.0f}-{one.high * 100:.0f} %"


def _pair(before: float | None, after: float | None) -> str:
    if before is None:
        return UNKNOWN
    return f"{before:.3f} → {before if after is None else after:.3f}"
