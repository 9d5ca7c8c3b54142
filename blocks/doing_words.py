"""What stands in lines about one action: what called for it, what policy said, what left."""

from datetime import datetime

from blocks.parts import clock_time, in_words, local_day, moment, percent, short
from services.types.autonomy_views import (
    ChainView,
    CreditLine,
    DoingLine,
    EffectLine,
    JudgementLine,
    OutcomeLine,
    RevisionLine,
)
from services.types.autonomy_words import level_words
from services.types.views import Reader

RULE = "rule"
TRIGGERS = {
    "mail": "A mail came",
    "asked": "A person asked for a mail",
    "follow_up_due": "A follow-up was due",
    "silence": "They went quiet",
    "buying_signal": "A buying signal",
    "recap_due": "A meeting had no recap",
    "promise_due": "A promise was due",
    "stage_stuck": "The deal stood still",
    "renewal_window": "A renewal comes up",
}
STATUS = {
    "declined": "I decided not to",
    "dismissed": "Dismissed",
    "lapsed": "It no longer held",
}
_SURFACES = {"slack": "in Slack", "link": "by link", "reply": "by mail", RULE: "by itself"}
_DONE = {
    "voided": "overtaken by a newer mail",
    "handled": "done by hand",
    "failed": "couldn't be sent",
}
_JUDGED = {
    "held": "only written down",
    "suggested": "only suggested",
    "asked": "asks a person",
    "queued": "leaves by itself",
    "stopped": "never leaves",
}
_WOULD = {"send": "would have left", "ask": "would have asked", "stop": "would have stopped"}
_VERDICTS = {
    "autonomous": "may leave by itself",
    "approval_required": "needs a person",
    "hard_stop": "never",
}
_OUTCOMES = {
    "pending": "open",
    "positive": "yes",
    "negative": "no",
    "ambiguous": "unclear",
    "undelivered": "not delivered",
    "expired": "no",
}
_AUTHORS = {"model": "written by me", "member": "written", "gmail": "changed in Gmail"}


def since_words(value: datetime, reader: Reader) -> str:
    """`14:02`, `yesterday 17:05`, `3 Nov`: what can stand behind since."""
    if local_day(value, reader.timezone) == local_day(reader.now, reader.timezone):
        return clock_time(value, reader.timezone)
    return moment(value, reader.now, reader.timezone)


def trigger_words(kind: str) -> str:
    return TRIGGERS.get(kind) or short(kind.replace("_", " ").capitalize(), 60)


def surface_words(surface: str) -> str:
    return _SURFACES.get(surface, short(surface, 30))


def doing_state(one: DoingLine, reader: Reader) -> str:
    """One line: what became of it, by whom, when."""
    if one.undone_at is not None and one.effect == "cancelled":
        return f"Undone by {_who(one.undone_by)}, {_at(one.undone_at, reader)}"
    if one.status == "pending":
        return _waiting(one, reader)
    if one.status == "rejected":
        return f"Rejected by {_who(one.decided_by)}, {_at(one.decided_at, reader)}"
    if one.status in ("approved", "done"):
        return _leaving(one, reader)
    words = _DONE.get(one.status, one.status)
    return f"{words.capitalize()}, {_at(one.decided_at or one.at, reader)}"


def _waiting(one: DoingLine, reader: Reader) -> str:
    since = _at(one.at, reader)
    if one.decided in ("held", "suggested", "stopped"):
        return f"{_JUDGED[one.decided].capitalize()}, {since}"
    if one.verdict == "hard_stop":
        return f"Never leaves, {since}"
    return f"Waits for {_who(one.owner)} since {since_words(one.at, reader)}"


def _leaving(one: DoingLine, reader: Reader) -> str:
    by = "By itself" if one.surface == RULE else f"Approved by {_who(one.decided_by)}"
    if one.effect == "done" or one.status == "done":
        return f"{by}, left {_at(one.settled_at or one.decided_at, reader)}"
    if one.effect == "queued" and one.due_at is not None and one.due_at > reader.now:
        clock, away = clock_time(one.due_at, reader.timezone), in_words(one.due_at - reader.now)
        return f"{by}, leaves at {clock} ({away})"
    words = {
        "queued": "about to leave",
        "sending": "leaving",
        "unknown": "not known whether it left",
        "cancelled": "called off",
    }
    return f"{by}, {words.get(one.effect, 'not sent yet')}"


def revision_words(one: RevisionLine, reader: Reader) -> str:
    by = f" by {short(one.by, 60)}" if one.by and one.author == "member" else ""
    words = f"{one.number}. {_AUTHORS.get(one.author, 'written')}{by}, {_at(one.at, reader)}"
    return f"{words}: “{short(one.instruction, 120)}”" if one.instruction else words


def judgement_words(one: JudgementLine, reader: Reader) -> str:
    """`Text 2, 10:42: needs a person · level approve: asks a person`, and the reasons."""
    # Revision 0 is the wish to write, before there is a text.
    what = f"Text {one.revision}" if one.revision else "Before the text"
    head = (
        f"{what}, {_at(one.at, reader)}: {_VERDICTS.get(one.verdict, one.verdict)} · "
        f"level {level_words(one.level)}: {_JUDGED.get(one.decision, one.decision)}"
    )
    if one.decision == "held":
        head += f", {_WOULD.get(one.would, one.would)}"
    return "\n".join([head, *(f"• {short(reason, 160)}" for reason in one.reasons[:5])])


def decision_words(view: ChainView) -> str:
    one, reader = view.line, view.reader
    if one.decided_at is None:
        return "Open."
    when = _at(one.decided_at, reader)
    if one.surface == RULE and not one.decided_by:
        words = f"Nobody decided: it was within what I may do, {when}"
    else:
        words = f"{_who(one.decided_by)}, {surface_words(one.surface)}, {when}"
    reason = f": “{short(view.decision_reason, 200)}”" if view.decision_reason else ""
    return f"{words}{reason}"


def effect_words(one: EffectLine, reader: Reader) -> str:
    """`Text 1: queued 10:42 · left 10:47`."""
    steps = [f"queued {_at(one.queued_at, reader)}"]
    if one.claimed_at is not None and one.status != "done":
        steps.append(f"on its way {_at(one.claimed_at, reader)}")
    elif one.status == "queued":
        steps.append(f"due {_at(one.due_at, reader)}")
    if one.undone_at is not None:
        steps.append(f"undo by {_who(one.undone_by)} {_at(one.undone_at, reader)}")
    ends = {
        "done": "left",
        "cancelled": "called off",
        "unknown": "not known whether it left",
        "sending": "leaving",
    }
    if one.status in ends:
        when = f" {_at(one.settled_at, reader)}" if one.settled_at else ""
        steps.append(f"{ends[one.status]}{when}")
    why = f" ({short(one.why, 120)})" if one.why else ""
    return f"Text {one.revision}: {' · '.join(steps)}{why}"


_EVENTS = {
    "reply": ("their answer", "their no"),
    "stage": ("the deal's step forward", "the deal's step back"),
    "meeting": ("the meeting that was held", "the meeting"),
}


def outcome_words(one: OutcomeLine, reader: Reader) -> str:
    """`Human reply within 7 days: open until 10 Nov (said 80 %, shown as 62 %)`."""
    words = _OUTCOMES.get(one.status, one.status)
    when = _at(one.resolved_at, reader) if one.resolved_at else f"until {_at(one.until, reader)}"
    if one.late_at is not None:
        when += f", after all {_at(one.late_at, reader)}, too late to count"
    if one.reason and one.status not in ("pending", "expired"):
        when += f": {short(one.reason, 80)}"
    said = f"said {percent(one.predicted)}"
    if percent(one.shown) != percent(one.predicted):
        said += f", shown as {percent(one.shown)}"
    return f"{short(one.event, 80).capitalize()}: {words}, {when} ({said})"


def credit_words(one: CreditLine, reader: Reader) -> str:
    """`40 % of their answer, 3 Nov`: its part among the mails before it."""
    hoped, feared = _EVENTS.get(one.event, ("what happened", "what happened"))
    what = hoped if one.forward else feared
    return f"{percent(one.part)} of {what}, {_at(one.at, reader)}"


def _who(name: str) -> str:
    return short(name, 60) if name else "somebody"


def _at(value: datetime | None, reader: Reader) -> str:
    return moment(value, reader.now, reader.timezone) if value else "at an unknown time"
