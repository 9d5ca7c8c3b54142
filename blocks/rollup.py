"""Mails that came in a burst, together in one card."""

from blocks.action_ids import ActionId, numbered
from blocks.lint import fitted
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    local_day,
    moment,
    section,
    short,
)
from blocks.terms import due_words, excerpt, sentence
from blocks.values import Target
from services.types.rollups import RolledUpItem, RollupView

WHY = 140


def rollup_text(view: RollupView) -> str:
    if not view.total:
        return "All of these are settled"
    return (
        f"{count(view.total, 'more mail')} {'waits' if view.total == 1 else 'wait'} for your word"
    )


def rollup_card(view: RollupView) -> list[Block]:
    """The oldest first, each with the way to a card of its own."""
    if not view.total:
        return [section(f"*{rollup_text(view)}*")]
    blocks = [
        section(
            f"*{rollup_text(view)}*\nMany came in the same minute, so these stand together. "
            "Their drafts are being prepared like any other."
        ),
        *(_line(view, item, number) for number, item in enumerate(view.items)),
    ]
    rest = view.total - len(view.items)
    if rest > 0:
        blocks.append(context(f"{count(rest, 'more mail')} after these."))
    return fitted([*blocks, actions(button("Show the next few", ActionId.ROLLUP_NEXT, "next"))])


def _line(view: RollupView, item: RolledUpItem, number: int) -> Block:
    reader = view.reader
    due = (
        [sentence(due_words(item.due, local_day(reader.now, reader.timezone)))] if item.due else []
    )
    came = moment(item.since, reader.now, reader.timezone)
    why = short(excerpt(item.why, "", WHY), WHY)
    text = f"*{short(item.title, 120)}* · {came}\n{' · '.join([*due, why])}"
    value = Target(id=item.action_id).encode()
    return section(text, button("Show", numbered(ActionId.ROLLUP_SHOW, number), value))
