"""What becomes of a text the copilot has written by itself. Pure.

The level says how far it may go, the verdict whether this very text may go there, and what stands
in the way beside policy (a gate, no mailbox, the day's cap) only ever asks for a person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.guardrails import OUTSIDE_HOURS
from services.types.actions import AutonomyLevel, GuardrailResult, Verdict


class Decision(StrEnum):
    """Held: only written down. Suggested: said, not written. Asked: a person decides. Queued:
    leaves by itself. Stopped: policy lets it leave in no case."""

    HELD = "held"
    SUGGESTED = "suggested"
    ASKED = "asked"
    QUEUED = "queued"
    STOPPED = "stopped"


class Would(StrEnum):
    """What the copilot would do if levels and kill switch forbade nothing."""

    SEND = "send"
    ASK = "ask"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Something beside policy for which a person is asked: its name, and a sentence."""

    rule: str
    reason: str


def decide(
    level: AutonomyLevel,
    judged: GuardrailResult,
    *,
    own: bool,
    in_shadow: bool,
    objections: Collection[Objection],
) -> Decision:
    """`own`: nobody asked for it. `in_shadow`: the whole tenant only watches."""
    if not own:
        return Decision.STOPPED if judged.verdict is Verdict.HARD_STOP else Decision.ASKED
    if level is AutonomyLevel.OFF:
        return Decision.STOPPED
    if in_shadow or level is AutonomyLevel.SHADOW:
        return Decision.HELD
    if level is AutonomyLevel.SUGGEST:
        return Decision.SUGGESTED
    if judged.verdict is Verdict.HARD_STOP:
        return Decision.STOPPED
    free = judged.verdict is Verdict.AUTONOMOUS or only_waits(judged)
    return Decision.QUEUED if level.acts and free and not objections else Decision.ASKED


def hides(level: AutonomyLevel, *, own: bool) -> bool:
    """Whether nobody is shown the text: below approve only what a person wanted is."""
    return own and level.rank < AutonomyLevel.APPROVE.rank


def only_waits(judged: GuardrailResult) -> bool:
    """The hour is all that speaks against it: it leaves at another."""
    return judged.verdict is Verdict.APPROVAL_REQUIRED and set(judged.rules) == {OUTSIDE_HOURS}


def would(free: GuardrailResult, *, gated: bool) -> Would:
    """`free`: what policy says where every level is the highest and nothing is switched off."""
    if free.verdict is Verdict.HARD_STOP:
        return Would.STOP
    asks = free.verdict is Verdict.APPROVAL_REQUIRED and not only_waits(free)
    return Would.ASK if asks or gated else Would.SEND
