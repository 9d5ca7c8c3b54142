"""What a mail card says where the copilot acts by itself, or keeps its text back."""

from datetime import datetime

from blocks.action_ids import ActionId
from blocks.draft import draft_blocks, fits_card
from blocks.parts import (
    Block,
    actions,
    button,
    clock_time,
    context,
    day,
    local_day,
    one_line,
    option,
    plain,
    section,
    short,
)
from blocks.values import StoppedWhy, Target
from services.types.autonomy_words import level_words
from services.types.own_texts import STOPPED_BECAUSE, OwnView
from services.types.views import MailCardView, Reader, UndoView

HOUR = 3600
NARROW = "`/understudy autonomy` narrows it for your accounts"
WOULD = {
    "send": "I would write an answer and send it by myself: nothing here needs a person.",
    "ask": "I would write an answer and ask you before it leaves",
    "stop": "I would not send an answer to this",
}


# ── Nothing is shown ────────────────────────────────────────────────────────────────────────────
def unwritten_blocks(view: MailCardView, own: OwnView) -> list[Block]:
    """The mail alone, what I would do where that is said, and the way to a text."""
    target = Target(id=view.action_id).encode()
    said = [section(f"*What I would do*\n{_would(own)}")] if own.would else []
    write = button("Draft an answer", ActionId.DRAFT_IT, target, style="primary")
    return [*said, actions(write, button("No answer needed", ActionId.LEAVE_IT, target))]


def unwritten_words(own: OwnView) -> str:
    """The quiet line's first part."""
    if own.would:
        return "I suggest, and write when you want it"
    return "I write answers here only when you want one"


def _would(own: OwnView) -> str:
    words = WOULD.get(own.would, "")
    why = one_line(own.reasons[0]) if own.reasons and own.would != "send" else ""
    return f"{words}: {short(why[:1].lower() + why[1:], 160)}" if why else words


# ── It leaves, or left, by itself ───────────────────────────────────────────────────────────────
def own_headline(view: MailCardView) -> str | None:
    """What leaves or left by itself; None where a person decided."""
    if view.own is None or not view.own.by_rule:
        return None
    if view.state == "done":
        when = f" {at_words(view.sent_at, view.reader)}" if view.sent_at else ""
        return f"I sent this by myself{when}"
    if view.state != "approved" or view.effect in ("unknown", "cancelled"):
        return None
    undo = view.undo
    if undo is not None and undo.asked_by is not None:
        return f"{short(undo.asked_by, 60)} asked for an undo; I'm trying to stop it"
    when = ""
    if undo is not None and undo.leaves_at > view.reader.now:
        when = f" {at_words(undo.leaves_at, view.reader)}"
    return f"I'm sending this by myself to {short(view.contact_name, 60)}{when}"


def at_words(at: datetime, reader: Reader) -> str:
    """`at 14:07`, `Monday at 08:05`: an hour that stays true."""
    today, then = local_day(reader.now, reader.timezone), local_day(at, reader.timezone)
    on = "" if then == today else f"{day(then, today)} "
    return f"{on}at {clock_time(at, reader.timezone)}"


def undo_button(undo: UndoView, reader: Reader) -> Block:
    """`Undo (4:12)`: how long there is as the card is shown; the hour beside it stays true."""
    left = int((undo.leaves_at - reader.now).total_seconds())
    short_wait = 0 < left < HOUR
    label = f"Undo ({left // 60}:{left % 60:02})" if short_wait else "Undo"
    target = Target(id=undo.action_id).encode()
    return button(label, ActionId.UNDO, target, label="Undo")


def own_settled(view: MailCardView, own: OwnView) -> list[Block]:
    """The words that are about to leave (who may undo them has to see them), the way back, and
    because of what."""
    undo = view.undo if view.undo is not None and view.undo.allowed else None
    because = f"*Why*  {short(own.because, 200)}" if own.because else "Nobody asked for it."
    blocks: list[Block] = [section(because)]
    if undo is not None and view.draft is not None and fits_card(view.draft):
        blocks += draft_blocks(view.draft, reader=view.reader, title="This leaves")
    if undo is not None:
        blocks.append(actions(undo_button(undo, view.reader)))
    return [*blocks, context(f"{level_line(own)} · {NARROW}")]


def level_line(own: OwnView) -> str:
    """`Level: undo window, no rule asked for a person`."""
    why = short("; ".join(own.reasons), 160) if own.reasons else "no rule asked for a person"
    return f"Level: {level_words(own.level)}, {why}"


# ── It was stopped ──────────────────────────────────────────────────────────────────────────────
def stopped_blocks(view: MailCardView) -> list[Block]:
    """The question to whoever stopped it, once; then what they said."""
    own = view.own
    if own is None:
        return []
    if own.asks_why:
        options = [
            option(words, StoppedWhy(id=view.action_id, what=what).encode())
            for what, words in STOPPED_BECAUSE.items()
        ]
        choose: Block = {
            "type": "static_select",
            "action_id": ActionId.STOPPED_WHY,
            "placeholder": plain("Choose, if you like", 75),
            "options": options,
        }
        return [section("*Why did you stop it?*\nIt tells me what I may do by myself.", choose)]
    return [context(f"Stopped: {own.stopped_because}")] if own.stopped_because else []


# ── Why? ────────────────────────────────────────────────────────────────────────────────────────
DECIDED = {
    "held": "was only written down",
    "suggested": "was suggested and not written",
    "asked": "waits for a person",
    "queued": "needs nobody's decision; until it leaves, anybody concerned may undo it",
    "stopped": "leaves in no case by itself",
}


def why_own(own: OwnView) -> Block:
    """The judgement: the level in force, what came of it, the rules behind that."""
    came = DECIDED.get(own.decision, "waits for a person")
    lines = [f"• {short(reason, 200)}" for reason in own.reasons[:8]]
    rules = f"\nRules: {short(', '.join(own.rules), 200)}" if own.rules else ""
    listed = "\n".join(lines) or "• Nothing speaks against it."
    return section(
        f"*How far I go here by myself: {level_words(own.level)}*\n"
        f"What I wrote {came}.\n{listed}{rules}\n"
        f"{NARROW}; admins set what I may do at most."
    )
