"""Saying in a message which card it is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

CARD_BLOCK = "card#"


def marked(blocks: Sequence[dict[str, Any]], card_id: UUID) -> list[dict[str, Any]]:
    """The blocks, the first one naming the card: a click tells which card its message is."""
    head = [{**block, "block_id": f"{CARD_BLOCK}{card_id}"} for block in blocks[:1]]
    return [*head, *blocks[1:]]
