"""What waits for the reader, approvals and mails together: the same list in the Home tab and as an
answer."""

from collections.abc import Sequence

from blocks.approval_queue import decide_items
from blocks.inbox import SHOWN, inbox_item, unsorted_item
from blocks.lint import fitted
from blocks.parts import Block, context, count, section
from services.types.approval_views import QueueView
from services.types.views import InboxView


def waiting_blocks(
    decide: QueueView, inbox: InboxView, *, most: int, ways: Sequence[Block] = ()
) -> list[Block]:
    """Approvals before mails: somebody else waits for those. Each with its one next step; `ways`
    lead on to more mails."""
    items = enumerate(inbox.items[:most])
    return [
        section(f"*{waiting_words(decide.total, inbox)}*"),
        *decide_items(decide),
        *(inbox_item(item, inbox.reader, number) for number, item in items),
        *ways,
        *([unsorted_item(inbox.unsorted)] if inbox.unsorted else []),
    ]


def waiting_answer(decide: QueueView, inbox: InboxView) -> list[Block]:
    """The same as a message, with what doesn't fit counted."""
    rest = inbox.total - min(len(inbox.items), SHOWN)
    more = f"{count(rest, 'more mail')} after these; the Home tab shows them page by page."
    ways = [context(more)] if rest > 0 else []
    return fitted(waiting_blocks(decide, inbox, most=SHOWN, ways=ways))


def waiting_words(approvals: int, inbox: InboxView) -> str:
    """`2 approvals and 1 mail wait for you`."""
    numbers = ((approvals, "approval"), (inbox.total, "mail"))
    parts = [count(number, name) for number, name in numbers if number]
    if not parts:
        return "Nothing waits for your word" if inbox.unsorted else "Nothing waits for you"
    return f"{' and '.join(parts)} {'waits' if approvals + inbox.total == 1 else 'wait'} for you"
