"""What waits for the reader."""

from blocks.action_ids import ActionId, numbered
from blocks.parts import (
    Block,
    button,
    count,
    local_day,
    moment,
    section,
    short,
)
from blocks.terms import due_words, excerpt, sentence
from blocks.values import Target
from services.types.links import permalink
from services.types.views import InboxItem, Reader

__all__ = ["inbox_item", "permalink", "unsorted_item", "unsorted_words"]

SHOWN = 15
WHY = 140


def inbox_item(item: InboxItem, reader: Reader, number: int) -> Block:
    """One line of what and by when, one of why and since when, and the way to decide on it."""
    today = local_day(reader.now, reader.timezone)
    due = [sentence(due_words(item.due, today))] if item.due else []
    came = moment(item.since, reader.now, reader.timezone)
    why = short(excerpt(item.why, "", WHY), WHY)
    text = f"*{short(item.title or 'A mail', 120)}* · {came}\n{' · '.join([*due, why])}"
    value = Target(id=item.action_id).encode()
    name = numbered(ActionId.HOME_OPEN, number)
    return section(text, button("Open", name, value, label=f"Open: {item.title}"))


def unsorted_item(number: int) -> Block:
    """Mail that needs a home, and where to give it one."""
    it = "it" if number == 1 else "them"
    text = f"*{count(number, 'mail')} from people I don't know*\nI read nothing of {it} yet."
    sort = button("Sort", ActionId.HOME_SORT, "unsorted", label="Sort mail from unknown people")
    return section(text, sort)


def unsorted_words(number: int) -> str:
    """The same, where there is no room for a button."""
    it = "it" if number == 1 else "them"
    return f"{count(number, 'mail')} from people I don't know: sort {it} on the card in Messages."
