"""When what was found becomes a signal, and when an open one still holds. Pure."""

from datetime import datetime, timedelta

from db.models.signals import Signal
from services.signals.evidence import brings_new, from_json
from services.signals.grading import independent
from services.types.signals import LEAST_EVIDENCE, Detected, SignalStatus

SLACK = 0.25
"""So far below its threshold an open signal may fall before it no longer holds: what is hardly
true today and hardly untrue tomorrow doesn't come and go."""
STRONGER = 0.1
COOL_DOWN = {
    SignalStatus.DISMISSED: timedelta(days=14),
    SignalStatus.ACTED: timedelta(days=7),
}
"""How long somebody's answer stands against new evidence that is no stronger."""


def enough(detected: Detected, threshold: float) -> bool:
    """Sure enough, on independent evidence."""
    return detected.confidence >= threshold and independent(detected.evidence) >= LEAST_EVIDENCE


def holds(detected: Detected, threshold: float) -> bool:
    """Whether an open signal is still true."""
    return detected.confidence >= threshold - SLACK and bool(detected.evidence)


def may_raise(detected: Detected, threshold: float, last: Signal | None, now: datetime) -> bool:
    """Whether to raise it, after what became of the last one of the same name and cause. Nothing is
    raised twice on the same evidence; after somebody answered, new evidence has to be stronger, or
    has to come after a while."""
    if not enough(detected, threshold):
        return False
    if last is None:
        return True
    if not brings_new(detected.evidence, from_json(last.evidence)):
        return False
    cool_down = COOL_DOWN.get(SignalStatus(last.status))
    if cool_down is None:
        return True
    answered = last.settled_at or last.raised_at
    return detected.confidence >= last.confidence + STRONGER or now >= answered + cool_down
