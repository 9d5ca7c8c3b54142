"""A message as Slack takes it, and what is left of it when Slack refuses its blocks: the same with
its charts as tables, then its words as plain sections."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from blocks.parts import escape
from services.errors import InvalidInput
from services.ports import ChatMessage

EVENT_TYPE = "understudy_card"

SECTION = 3000
MOST = 20
NOTE = (
    "Slack wouldn't show this card as it was meant, so its buttons are missing here. "
    "The draft is in Gmail."
)
ANSWER_NOTE = "Slack wouldn't show this as it was meant, so its buttons are missing here."


def without_charts(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A chart is young and not known everywhere: its numbers as a table of text, all else as it
    is."""
    return [
        _mono(_table(block)) if block.get("type") == "data_visualization" else block
        for block in blocks
    ]


def _table(block: dict[str, Any]) -> str:
    """A line a category, a column a series; of a pie, a line a segment."""
    chart = block.get("chart") or {}
    series = chart.get("series") or [{"name": "", "data": chart.get("segments") or []}]
    names = [str(one.get("name", "")) for one in series]
    values: dict[str, list[str]] = {}
    for one in series:
        for point in one.get("data") or ():
            values.setdefault(str(point.get("label", "")), []).append(f"{point.get('value', '')}")
    rows = [["", *names], *([label, *cells] for label, cells in values.items())]
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]
    return "\n".join([str(block.get("title", "")), *lines])[: SECTION - 20]


def _mono(text: str) -> dict[str, Any]:
    shown = escape(text.replace("`", "'"))
    return {"type": "section", "text": {"type": "mrkdwn", "text": f"```\n{shown}\n```"}}


def plain_blocks(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sections of plain text: no markup that could be refused again, no buttons. Long text goes
    over several; what had to be cut all the same may not be approved, and can't be without
    buttons."""
    words = [
        text[at : at + SECTION]
        for block in blocks
        for text in _texts(block)
        for at in range(0, len(text), SECTION)
        if text.strip()
    ]
    note = ANSWER_NOTE if any(block.get("type") == "markdown" for block in blocks) else NOTE
    return [_section(text) for text in [*words[: MOST - 1], note] if text.strip()]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _texts(block: dict[str, Any]) -> Iterator[str]:
    if block.get("type") in ("actions", "context_actions", "input"):
        return
    if block.get("type") == "data_visualization":
        yield _chart_words(block)
    for row in _list(block, "rows"):
        yield " · ".join(str(cell.get("text", "")) for cell in row if isinstance(cell, dict))
    for part in (block.get("text"), *_list(block, "elements"), *_list(block, "fields")):
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield text


def _chart_words(block: dict[str, Any]) -> str:
    """The numbers behind a chart: `Answered: week 1 0.25, week 2 0.5`."""
    chart = block.get("chart") or {}
    lines = [
        f"{one.get('name', '')}: "
        + ", ".join(f"{point.get('label')} {point.get('value')}" for point in _list(one, "data"))
        for one in _list(chart, "series")
    ]
    return "\n".join([str(block.get("title", "")), *lines])


def _list(block: dict[str, Any], key: str) -> list[Any]:
    value = block.get(key)
    return value if isinstance(value, list) else []


def stand_in(message: ChatMessage) -> str:
    """Notifications and screen readers read the text; Slack cuts it at 40,000."""
    return message.text.strip()[:3000] or "A card from Understudy"


def metadata_of(metadata_id: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"id": metadata_id}}


async def with_fallback(
    send: Callable[[list[dict[str, Any]]], Awaitable[Mapping[str, Any]]], message: ChatMessage
) -> Mapping[str, Any]:
    """Rejected blocks must not lose the message: tables instead of charts, then plain sections,
    then the text alone."""
    whole = [dict(block) for block in message.blocks]
    tables = without_charts(whole)
    for blocks in (whole, *([tables] if tables != whole else []), plain_blocks(tables), []):
        try:
            return await send(blocks)
        except InvalidInput as refusal:
            if refusal.field != "blocks" or not blocks:
                raise
    raise InvalidInput("Slack refused the message.")
