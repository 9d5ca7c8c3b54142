"""The draft as people see it: whole, or not to be approved."""

from blocks.findings import findings_blocks
from blocks.parts import Block, bold, clean, cut, literal, one_line, quoted, rich
from services.types.views import DraftView, Reader

# What a card takes: a text of 500 words, a subject of three lines, a handful of addresses.
CARD_TEXT = 3500
CARD_LINES = 70
CARD_SUBJECT = 300
CARD_ADDRESSES = 10
ADDRESS = 120
PIECE = 2900


def is_plain(draft: DraftView) -> bool:
    """Whether what people see is, character for character, what would leave."""
    shown = (draft.subject, draft.sender, *draft.to, *draft.cc, *draft.bcc)
    return clean(draft.text) == draft.text and all(one_line(text) == text for text in shown)


def fits_card(draft: DraftView) -> bool:
    """Whether the card can show all of it; otherwise it offers Read all instead of Approve."""
    addresses = (draft.sender, *draft.to, *draft.cc, *draft.bcc)
    return (
        is_plain(draft)
        and bool(draft.text.strip())
        and bool(draft.to)
        and len(draft.text) <= CARD_TEXT
        and draft.text.count("\n") < CARD_LINES
        and len(draft.subject) <= CARD_SUBJECT
        and len(addresses) <= CARD_ADDRESSES
        and all(len(address) <= ADDRESS for address in addresses)
    )


def envelope_block(
    draft: DraftView, *, reader: Reader, title: str | None = None, whole: bool = True
) -> Block:
    """Whom it reaches and its subject, as they would leave; `whole` cuts nothing."""
    text = _lines([*_recipients(draft, reader), ("Subject", draft.subject or "(none)")])
    shown = literal(cut(text, PIECE) if whole else cut(text, 600))
    return rich(bold(f"{title}\n"), shown) if title else rich(shown)


def recipients_block(draft: DraftView, reader: Reader) -> Block:
    """For a form in which the subject is a field of its own."""
    return rich(literal(cut(_lines(_recipients(draft, reader)), 600)))


def _recipients(draft: DraftView, reader: Reader) -> list[tuple[str, str]]:
    """The sender is named only when it isn't the reader; whoever gets a copy always is."""
    own = draft.sender.casefold() == reader.email.casefold()
    rows = [] if own else [("From", draft.sender)]
    rows.append(("To", ", ".join(draft.to) or "nobody yet"))
    rows += [("Cc", ", ".join(draft.cc))] if draft.cc else []
    return rows + ([("Bcc", ", ".join(draft.bcc))] if draft.bcc else [])


def _lines(rows: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {one_line(value)}" for name, value in rows)


def text_blocks(draft: DraftView, *, limit: int | None = None) -> list[Block]:
    """The text, character for character, in as many blocks as it needs."""
    text = clean(draft.text) if limit is None else cut(clean(draft.text), limit)
    if not text.strip():
        return [quoted(literal("(empty)", italic=True))]
    return [quoted(literal(text[at : at + PIECE])) for at in range(0, len(text), PIECE)]


def draft_blocks(draft: DraftView, *, reader: Reader, title: str) -> list[Block]:
    """On the card: all of it, or its beginning."""
    found = findings_blocks(draft, reader)
    if fits_card(draft):
        return [envelope_block(draft, reader=reader, title=title), *found, *text_blocks(draft)]
    head = envelope_block(draft, reader=reader, title=title, whole=False)
    return [head, *found, *text_blocks(draft, limit=600)]


def shown_text(blocks: list[Block]) -> str:
    """What the quotation blocks show, put together again."""
    return "".join(
        piece["text"]
        for block in blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
        if part["type"] == "rich_text_quote"
        for piece in part["elements"]
    )
