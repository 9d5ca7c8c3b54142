"""A message as Slack takes it, and what is left of it when Slack refuses its blocks: its words, as
plain sections."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

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
    """Rejected blocks must not lose the message: plain sections instead, then the text alone."""
    whole = [dict(block) for block in message.blocks]
    for blocks in (whole, plain_blocks(whole), []):
        try:
            return await send(blocks)
        except InvalidInput as refusal:
            if refusal.field != "blocks" or not blocks:
                raise
    raise InvalidInput("Slack refused the message.")
