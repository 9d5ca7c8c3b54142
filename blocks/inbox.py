"""What waits for the reader."""

from blocks.lint import fitted
from blocks.parts import (
    Block,
    context,
    count,
    day,
    link_button,
    local_day,
    moment,
    section,
    short,
)
from services.types.views import InboxItem, InboxView, Reader

SHOWN = 15


def permalink(channel: str, ts: str) -> str:
    """Slack's own address of a message; slack.com finds the reader's workspace."""
    return f"https://slack.com/archives/{channel}/p{ts.replace('.', '')}"


def inbox_item(item: InboxItem, reader: Reader, number: int) -> Block:
    """One line of what, one of why and since when, and the way to its card."""
    today = local_day(reader.now, reader.timezone)
    due = f" · due {day(item.due, today)}" if item.due else ""
    since = moment(item.since, reader.now, reader.timezone)
    text = f"*{short(item.title, 120)}*\n{short(item.why, 200)} · since {since}{due}"
    if item.channel and item.ts:
        return section(text, link_button("Open", permalink(item.channel, item.ts), number))
    return section(text)


def inbox_blocks(view: InboxView) -> list[Block]:
    """The most pressing first, as the view has it."""
    if not view.items and not view.unsorted:
        return [section("*Nothing waits for you*")]
    blocks = [
        section(f"*{count(view.total, 'card')} {'waits' if view.total == 1 else 'wait'} for you*")
    ]
    blocks += [inbox_item(item, view.reader, n) for n, item in enumerate(view.items[:SHOWN])]
    rest = view.total - min(len(view.items), SHOWN)
    if rest > 0:
        blocks.append(context(f"{count(rest, 'more card')} after these."))
    if view.unsorted:
        blocks.append(context(f"{count(view.unsorted, 'mail')} from people I don't know."))
    return fitted(blocks)
