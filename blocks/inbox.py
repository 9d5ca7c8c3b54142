"""What waits for the reader."""

from blocks.lint import fitted
from blocks.parts import (
    Block,
    context,
    count,
    link_button,
    local_day,
    moment,
    section,
    short,
)
from blocks.terms import due_words, excerpt, sentence
from services.types.links import permalink
from services.types.views import InboxItem, InboxView, Reader

__all__ = ["inbox_blocks", "inbox_item", "permalink", "unsorted_words"]

SHOWN = 15
WHY = 140


def inbox_item(item: InboxItem, reader: Reader, number: int) -> Block:
    """One line of what and by when, one of why and since when, and the way to its card."""
    today = local_day(reader.now, reader.timezone)
    due = [sentence(due_words(item.due, today))] if item.due else []
    came = moment(item.since, reader.now, reader.timezone)
    why = short(excerpt(item.why, "", WHY), WHY)
    text = f"*{short(item.title, 120)}* · {came}\n{' · '.join([*due, why])}"
    if item.channel and item.ts:
        return section(text, link_button("Open", permalink(item.channel, item.ts), number))
    return section(text)


def inbox_blocks(view: InboxView) -> list[Block]:
    """The most pressing first, as the view has it."""
    if not view.items and not view.unsorted:
        return [section("*No mail waits for you*")]
    wait = f"{count(view.total, 'mail')} {'waits' if view.total == 1 else 'wait'}"
    blocks = [section(f"*{wait if view.total else 'No mail waits'} for your word*")]
    blocks += [inbox_item(item, view.reader, n) for n, item in enumerate(view.items[:SHOWN])]
    rest = view.total - min(len(view.items), SHOWN)
    if rest > 0:
        blocks.append(context(f"{count(rest, 'more mail')} after these."))
    if view.unsorted:
        blocks.append(context(unsorted_words(view.unsorted)))
    return fitted(blocks)


def unsorted_words(number: int) -> str:
    """Mail that needs a home, and where to give it one."""
    it = "it" if number == 1 else "them"
    return f"{count(number, 'mail')} from people I don't know: sort {it} on the card in Messages."
