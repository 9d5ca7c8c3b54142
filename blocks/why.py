"""Why this card, this draft, this verdict."""

from blocks.action_ids import ActionId, CallbackId
from blocks.brief import known_criteria
from blocks.calibration_words import stated_words
from blocks.modals import modal
from blocks.own_text import why_own
from blocks.parts import (
    Block,
    button,
    confidence_words,
    context,
    local_day,
    percent,
    quotations,
    section,
    short,
)
from blocks.terms import due_words, sentence
from blocks.values import Target
from services.types.views import AskView, WhyView

VERDICTS = {
    "autonomous": "may go by itself",
    "approval_required": "needs your approval",
    "hard_stop": "must not be sent",
}


def why_blocks(view: WhyView) -> list[Block]:
    """The data behind the card, numbers included."""
    verdict = VERDICTS.get(view.verdict, short(view.verdict.replace("_", " "), 40))
    reasons = "\n".join(f"• {short(reason, 200)}" for reason in view.reasons[:8])
    today = local_day(view.reader.now, view.reader.timezone)
    blocks = [section(f"*What set it off*\n{short(view.trigger, 300)}")]
    if view.asks:
        blocks.append(quotations([(ask.quote, _ask(ask, view)) for ask in view.asks[:8]]))
    own = view.own if view.own is not None and not view.own.unwritten else None
    blocks.append(section(f"*Why this account*\n{short(view.linked_because, 300)}"))
    # What the judgement of the copilot's own text says again is said once.
    if own is None or tuple(own.reasons) != tuple(view.reasons):
        blocks.append(section(f"*Why it {verdict}*\n{reasons or '• No rule says otherwise.'}"))
    if own is not None:
        blocks.append(why_own(own))
    blocks.append(
        section(
            f"*How sure I am of a reply: {confidence_words(view.confidence)} "
            f"({percent(view.confidence)})*\n"
            f"{stated_words(view.stated, view.came_true)}\n"
            f"{sentence(short(view.confidence_reason, 400)) or 'No reason was recorded.'}"
        )
    )
    if view.evidence:
        blocks.append(section("*What I know about the deal*"))
        blocks.append(known_criteria(view.evidence, today, numbers=True))
    if view.signals:
        lines = [
            f"• {short(_words(k), 40)} ({percent(c)}): “{short(q, 160)}”"
            for k, q, c in view.signals[:8]
        ]
        blocks.append(section("*Signals*\n" + "\n".join(lines)))
    review = button(
        "Rate it", ActionId.REVIEW, Target(id=view.action_id).encode(), label="Rate this suggestion"
    )
    blocks.append(section("*Was it right?*\nThe text, that I suggested it, or all of it.", review))
    return [*blocks, context(_author(view.model))]


def why_modal(view: WhyView) -> Block:
    return modal("Why this card?", why_blocks(view), callback_id=CallbackId.WHY)


def _ask(ask: AskView, view: WhyView) -> str:
    today = local_day(view.reader.now, view.reader.timezone)
    due = f", {due_words(ask.due, today).strip('*')}" if ask.due else ""
    return f"{_words(ask.kind)}{due}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _author(model: str) -> str:
    if model.startswith("offline"):
        return "Worked out by rules and templates; no model is configured."
    return f"Worked out by {short(model, 80)}"
