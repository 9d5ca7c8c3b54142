"""Windows behind a brief: all lines of a part, page by page, and the text behind a line."""

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.brief import brief_blocks
from blocks.brief_lines import TITLES, BriefPart, Line, lines_of
from blocks.modals import modal
from blocks.parts import (
    SECTION,
    Block,
    actions,
    button,
    clean,
    context,
    count,
    cut,
    link_button,
    literal,
    moment,
    rich,
    section,
    short,
)
from blocks.values import BriefPage, SourceOf
from services.types.account_view import AccountView, StoredText

PAGE = 20
LINK = 500
TITLE = 24


def brief_modal(view: AccountView) -> Block:
    return modal("Brief", brief_blocks(view), callback_id=CallbackId.TOLD)


def part_modal(view: AccountView, page: BriefPage) -> Block:
    """All lines of a part with their sources, a page at a time."""
    part = BriefPart(page.part)
    lines = lines_of(view, part)
    last = max((len(lines) - 1) // PAGE, 0)
    number = min(page.page, last)
    shown = lines[number * PAGE : (number + 1) * PAGE]
    head = f"*{short(view.name, 80)}* · {count(len(lines), 'line')}"
    where = f" · page {number + 1} of {last + 1}" if last else ""
    blocks = [section(f"{head}{where}")]
    here = page.model_copy(update={"page": number, "turn": True})
    blocks += [_line(view, line, at, here) for at, line in enumerate(shown)]
    if not lines:
        blocks.append(context("Nothing is there any more."))
    return modal(TITLES[part], [*blocks, *_turns(here, last)], callback_id=CallbackId.TOLD)


def _line(view: AccountView, line: Line, number: int, page: BriefPage) -> Block:
    where = line.where
    if where is None:
        return section(line.text)
    if where.url:
        return section(line.text, link_button("Open", where.url, LINK + number))
    value = SourceOf(
        id=where.id,
        account=view.account_id,
        kind=where.kind,
        part=page.part,
        page=page.page,
    ).encode()
    show = button("Show source", numbered(ActionId.BRIEF_SOURCE, number), value)
    return section(line.text, show)


def _turns(page: BriefPage, last: int) -> list[Block]:
    """The way to the page before and the one after."""
    ways = []
    for name, to in (("Back", page.page - 1), ("More", page.page + 1)):
        if 0 <= to <= last:
            value = page.model_copy(update={"page": to}).encode()
            ways.append(button(name, numbered(ActionId.BRIEF_ALL, to), value))
    return [actions(*ways)] if ways else []


def source_modal(stored: StoredText, source: SourceOf) -> Block:
    """The stored text, word for word. From a page of lines there is a way back to it."""
    reader = stored.reader
    when = moment(stored.at, reader.now, reader.timezone) if stored.at else ""
    told = " · ".join(filter(None, (short(stored.who, 80), when)))
    blocks = [section(f"*{short(stored.title, 150)}*"), *([context(told)] if told else [])]
    text = clean(stored.text).strip() or "Nothing is kept of its text."
    blocks += [rich(literal(text[at : at + SECTION])) for at in range(0, len(text), SECTION)]
    if stored.left_out:
        blocks.append(context(f"{count(stored.left_out, 'more character')} aren't shown here."))
    if source.part:
        back = BriefPage(id=source.account, part=source.part, page=source.page, turn=True)
        blocks.append(actions(button("Back", ActionId.BRIEF_ALL, back.encode())))
    return modal(cut("What is stored", TITLE), blocks, callback_id=CallbackId.TOLD)
