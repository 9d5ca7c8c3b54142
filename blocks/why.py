"""Why this card, this draft, this verdict."""

from blocks.action_ids import CallbackId
from blocks.modals import modal
from blocks.parts import Block, confidence_words, context, quotation, section, short
from services.types.views import WhyView


def why_blocks(view: WhyView) -> list[Block]:
    """The data behind the card, numbers included."""
    reasons = "\n".join(f"• {short(reason, 200)}" for reason in view.reasons[:8])
    blocks = [
        section(f"*What set it off*\n{short(view.trigger, 300)}"),
        section(f"*Why this account*\n{short(view.linked_because, 300)}"),
        section(f"*Policy: {short(view.verdict.replace('_', ' '), 40)}*\n{reasons or '• no rule'}"),
        section(
            f"*Confidence: {confidence_words(view.confidence)} ({view.confidence:.0%})*\n"
            f"{short(view.confidence_reason, 400) or 'No reason was recorded.'}"
        ),
    ]
    blocks += [
        quotation(
            item.evidence or "no quote",
            f"{item.criterion.replace('_', ' ').capitalize()}: {item.value or 'not known'} "
            f"({item.confidence:.0%})",
        )
        for item in view.evidence[:10]
    ]
    if view.signals:
        lines = [f"• {short(k, 40)}: {short(q, 160)} ({c:.0%})" for k, q, c in view.signals[:8]]
        blocks.append(section("*Signals*\n" + "\n".join(lines)))
    return [*blocks, context(f"Worked out by {short(view.model, 80)}")]


def why_modal(view: WhyView) -> Block:
    return modal("Why this card?", why_blocks(view), callback_id=CallbackId.WHY)
