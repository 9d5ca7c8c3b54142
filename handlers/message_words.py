"""What a Slack message says, without Slack's markup."""

import re
from collections.abc import Iterator
from typing import Any

from blocks.parts import unescape
from handlers.payloads import ShortcutMessage

LONGEST = 40_000
DEEPEST = 8
_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def readable(text: str) -> str:
    """`<https://x.example|our offer>` is our offer (https://x.example)."""
    return unescape(_MARKUP.sub(_plain, text[:LONGEST])).strip()


def words_of(message: ShortcutMessage) -> str:
    """Its text, and that of what is attached: a forwarded message stands there. A message of blocks
    alone is read from its blocks."""
    parts = [message.text or "\n".join(_texts(message.blocks, 0))]
    for attached in message.attachments:
        words = attached.get("text") or attached.get("fallback") or ""
        parts.append(words if isinstance(words, str) else "")
    return readable("\n\n".join(part for part in parts if part.strip()))


def _texts(part: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(part, list):
        for one in part:
            yield from _texts(one, depth + 1)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for name in ("text", "elements", "fields"):
            if not isinstance(part.get(name), str):
                yield from _texts(part.get(name), depth + 1)


def _plain(found: re.Match[str]) -> str:
    target, label = found[1], found[2] or ""
    if target.startswith(("@", "#", "!")):
        sign = "@" if target[0] == "!" else target[0]
        return f"{sign}{label.lstrip('@#') or target[1:].partition('^')[0]}"
    return f"{label} ({target})" if label and label != target else target
