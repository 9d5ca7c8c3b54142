"""Mail of nobody's account: link, lead or ignore."""

from blocks.action_ids import ActionId, numbered
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    count,
    moment,
    plain,
    section,
    short,
)
from blocks.values import Target
from services.types.views import UnsortedCardView, UnsortedMailView

SHOWN = 5
BLOCK = "unsorted#"


def unsorted_card(view: UnsortedCardView) -> list[Block]:
    """At most five, the newest first; the rest is counted."""
    if not view.items:
        return [section("*All mail is sorted*")]
    blocks = [
        section(
            f"*{unsorted_text(view)}*\n"
            "I kept who wrote, the subject and the time, and read nothing. "
            f"{'Whose is it?' if view.total == 1 else 'Whose are they?'}"
        )
    ]
    for number, item in enumerate(view.items[:SHOWN]):
        blocks += _mail(view, item, number)
    rest = view.total - min(len(view.items), SHOWN)
    return [*blocks, *([context(f"{count(rest, 'more mail')} after these.")] if rest > 0 else [])]


def unsorted_text(view: UnsortedCardView) -> str:
    if not view.items:
        return "All mail is sorted"
    return f"{count(view.total, 'mail')} from people I don't know"


def _mail(view: UnsortedCardView, item: UnsortedMailView, number: int) -> list[Block]:
    when = moment(item.received_at, view.reader.now, view.reader.timezone)
    value = Target(id=item.conversation_id).encode()
    select: Block = {
        "type": "external_select",
        "action_id": numbered(ActionId.LINK, number),
        "placeholder": plain("Link to account…", 150),
        "min_query_length": 0,
    }
    return [
        section(
            f"*{short(item.sender_name or item.sender_email, 60)}*"
            f" · {short(item.subject or 'no subject', 150)}\n"
            f"{short(item.sender_email, 100)} · came {when}"
        ),
        actions(
            select,
            button("New lead", numbered(ActionId.LEAD, number), value),
            button(
                "Ignore",
                numbered(ActionId.IGNORE, number),
                value,
                style="danger",
                confirm=confirm(
                    "Ignore this mail?",
                    "I forget its text and stay quiet about this conversation.",
                    "Ignore",
                    "Keep",
                ),
            ),
            block_id=f"{BLOCK}{item.conversation_id}",
        ),
    ]
