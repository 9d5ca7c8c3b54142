"""What is left of a card when Slack refuses its blocks: its words, as plain sections."""

from collections.abc import Iterator
from typing import Any

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
    for part in (block.get("text"), *_list(block, "elements"), *_list(block, "fields")):
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield text


def _list(block: dict[str, Any], key: str) -> list[Any]:
    value = block.get(key)
    return value if isinstance(value, list) else []
