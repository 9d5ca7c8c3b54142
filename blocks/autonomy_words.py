"""What stands in lines about the copilot's autonomy: reasons, evidence, limits, totals."""

from blocks.parts import count, moment, percent, short
from services.types.actions import AutonomyLevel
from services.types.autonomy_views import (
    Because,
    EvidenceView,
    NarrowingLine,
    Totals,
    TypeLine,
)
from services.types.autonomy_words import level_words, type_words
from services.types.views import Reader

_BECAUSE = {
    Because.HARD_STOP: "whoever asks",
    Because.EVERYTHING_STOPPED: "everything is stopped",
    Because.STOPPED: "stopped by an admin",
    Because.RESET: "started again: model or prompts changed",
    Because.DEMOTED: "lowered by itself",
    Because.ASKS: "a person decides, at every level",
    Because.EARNED: "earned",
    Because.FIRST: "where it starts",
}
_ASKS = {
    AutonomyLevel.OFF: "nothing at all",
    AutonomyLevel.SHADOW: "only watch",
    AutonomyLevel.SUGGEST: "only suggest",
    AutonomyLevel.APPROVE: "ask me first",
    AutonomyLevel.UNDO_WINDOW: "with time to undo",
    AutonomyLevel.AUTONOMOUS: "by itself",
}


def because_words(one: TypeLine, reader: Reader) -> str:
    """`Your organisation's limit; earned: undo window`."""
    if one.because is Because.LIMIT:
        return f"Your organisation's limit; earned: {level_words(one.earned)}"
    words = _BECAUSE[one.because]
    if one.since is not None:
        words += f", {moment(one.since, reader.now, reader.timezone)}"
    return words[:1].upper() + words[1:]


_GOOD = {
    AutonomyLevel.SHADOW: "right",
    AutonomyLevel.SUGGEST: "taken up",
    AutonomyLevel.APPROVE: "unchanged",
}
"""What went as proposed, at each level; above these, what nobody stopped."""


def evidence_words(one: EvidenceView, level: AutonomyLevel) -> str:
    """`62 decided, 97 % unchanged, none undone · success 0.71 ± 0.05`."""
    if not one.decided:
        return "Nothing decided yet"
    told = [f"{one.decided:,} decided"]
    if one.good is not None:
        told.append(f"{percent(one.good)} {_GOOD.get(level, 'not stopped')}")
    told.append(f"{one.undone:,} undone" if one.undone else "none undone")
    words = ", ".join(told)
    if one.success is not None:
        spread = f" ± {one.spread:.2f}" if one.spread is not None else ""
        words += f" · success {one.success:.2f}{spread}"
    return words


def narrowed_words(one: NarrowingLine) -> str:
    """`On Arden Foods: ask me first (follow-ups)`."""
    where = f"On {short(one.account, 60)}" if one.account_id else "On all my accounts"
    of = f" ({type_words(one.action_type).lower()})" if one.action_type else ""
    return f"{where}: {_ASKS[one.level]}{of}"


def limit_choice(level: AutonomyLevel) -> str:
    """`Ask me first (approve)`."""
    words = _ASKS[level]
    return f"{words[:1].upper()}{words[1:]} ({level_words(level)})"


def totals_words(one: Totals) -> str:
    """`Last 30 days: 41 by myself (3 undone), 120 approved, …`."""
    undone = f" ({one.undone:,} undone)" if one.undone else ""
    return (
        f"Last {count(one.days, 'day')}: {one.by_itself:,} by myself{undone}, "
        f"{one.by_people:,} approved, {one.rejected:,} rejected, {one.waiting:,} waiting, "
        f"{one.left_out:,} left out"
    )
