"""What an approval would change, whole: the same on the card and in the window to decide in."""

from blocks.draft import draft_blocks, envelope_block, fits_card, is_plain, text_blocks
from blocks.findings import findings_blocks
from blocks.parts import Block, bold, clean, cut, literal, rich
from services.types.approval_views import ApprovalCardView, EffectLine

CARD_TEXT = 900
"""Characters of what takes effect that a card shows; more is read in its window."""
WINDOW_TEXT = 20_000
PIECE = 2900
NUMBER = 120
"""Characters of a label, or of a value before; a longer one isn't shown whole."""


def shown_whole(view: ApprovalCardView, *, on_card: bool) -> bool:
    """Whether people see, character for character, all that would take effect. Without that there
    is nothing to approve."""
    lines = view.effect
    plain = all(clean(text) == text for line in lines for text in (line.before, line.after))
    length = sum(len(line.label) + len(line.before) + len(line.after) for line in lines)
    if not plain or length > (CARD_TEXT if on_card else WINDOW_TEXT):
        return False
    if any(len(text) > NUMBER for line in lines for text in (line.label, line.before)):
        return False
    if view.draft is None:
        return bool(lines)
    if on_card:
        return fits_card(view.draft)
    return (
        is_plain(view.draft)
        and bool(view.draft.text.strip())
        and len(view.draft.text) <= WINDOW_TEXT
    )


def effect_blocks(view: ApprovalCardView, *, whole: bool) -> list[Block]:
    """The exact numbers before and after, the exact text, the exact mail."""
    title = "If it is approved" if view.part == "requester" else "What takes effect"
    blocks = _lines(view.effect, title, whole=whole) if view.effect else []
    if view.draft is None:
        return blocks
    title = "This mail would leave" if view.part == "requester" else "This mail leaves"
    if not whole:
        return [*blocks, *draft_blocks(view.draft, reader=view.reader, title=title)]
    head = envelope_block(view.draft, reader=view.reader, title=title)
    found = findings_blocks(view.draft, view.reader)
    return [*blocks, head, *found, *text_blocks(view.draft)]


def _lines(lines: tuple[EffectLine, ...], title: str, *, whole: bool) -> list[Block]:
    room = WINDOW_TEXT if whole else CARD_TEXT
    pieces = [bold(f"{title}\n")]
    blocks: list[Block] = []
    for number, line in enumerate(lines):
        label, before = (
            cut(clean(text), PIECE if whole else NUMBER) for text in (line.label, line.before)
        )
        start = "\n" if number else ""
        pieces.append(literal(f"{start}{label}: {before}{' → ' if before else ''}"))
        after = clean(line.after)
        if len(after) > room:
            after = after[: max(room - 1, 0)] + "…"
        room -= len(after)
        for at in range(0, len(after), PIECE):
            if at:
                blocks.append(rich(*pieces))
                pieces = []
            pieces.append(bold(after[at : at + PIECE]))
    return [*blocks, rich(*pieces)]
