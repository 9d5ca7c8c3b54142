"""One member's day."""

from blocks.inbox import inbox_item
from blocks.lint import fitted
from blocks.parts import Block, context, count, day, local_day, section, short
from services.types.views import DigestView


def digest_card(view: DigestView) -> list[Block]:
    """What waits, what left, who answered; a quiet day says so."""
    today = local_day(view.reader.now, view.reader.timezone)
    waiting = count(len(view.waiting), "card")
    blocks = [section(f"*Your digest for {day(view.day, today)}*\n{waiting} waiting for you.")]
    blocks += [inbox_item(item, view.reader, n) for n, item in enumerate(view.waiting[:10])]
    for title, lines in (("Sent", view.sent), ("Answered", view.answered)):
        if lines:
            listed = "\n".join(f"• {short(line, 160)}" for line in lines[:10])
            blocks.append(section(f"*{title}*\n{listed}"))
    blocks.append(
        context(
            f"{view.quiet} kept quiet · {count(view.unsorted, 'mail')} from people I don't know"
        )
    )
    return fitted(blocks)


def digest_text(view: DigestView) -> str:
    return f"Your digest: {count(len(view.waiting), 'card')} waiting for you"
