"""Pieces that several sections of the Home tab are made of."""

from collections.abc import Sequence

from blocks.action_ids import ActionId
from blocks.parts import Block, actions, button, context, count, money
from services.types.home import Purse

PURSES = 5


def pager(what: str, page: int, size: int, total: int, of: str) -> list[Block]:
    """Where the reader is in a long list, and the ways on; nothing for a list that fits."""
    pages = max(1, -(-total // size))
    if pages == 1 and page == 0:
        return []
    first = page * size + 1
    last = min(total, (page + 1) * size)
    place = f"{first:,} to {last:,} of {total:,}" if first <= last else f"none of {total:,} here"
    buttons = []
    if page:
        back = min(page, pages) - 1
        buttons.append(_turn("Back", what, back, f"Back in the list of {of}"))
    if page < pages - 1:
        buttons.append(_turn("Next", what, page + 1, f"Next in the list of {of}"))
    return [context(place), actions(*buttons)]


def _turn(text: str, what: str, page: int, label: str) -> Block:
    action_id = f"{ActionId.HOME_PAGE}#{what}.{text.lower()}"
    return button(text, action_id, f"{what} {page}", label=label)


def purse_words(purses: Sequence[Purse], *, none: str = "none") -> str:
    """`3 deals, $384,000 · 1 deal, amount not known`; one a currency, never added up."""
    parts = [_purse(purse) for purse in purses[:PURSES]]
    rest = len(purses) - len(parts)
    if rest > 0:
        parts.append(f"and {count(rest, 'more currency', 'more currencies')}")
    return " · ".join(parts) or none


def _purse(purse: Purse) -> str:
    deals = count(purse.deals, "deal")
    if purse.unknown == purse.deals:
        return f"{deals}, amount not known"
    figure = money(purse.amount, purse.currency)
    without = f", {purse.unknown:,} of them without an amount" if purse.unknown else ""
    return f"{deals}, {figure}{without}"
