"""Slack's limits, checked before Slack does: a refused block loses the whole message."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 13_000
BLOCK_COST = 125
"""What a block costs beside its texts (observed in bolt-js#2509; documented nowhere)."""
CHARTS = 2
"""In one message (vercel/chat#696; documented nowhere)."""
TEXTS = {"header": 150, "button": 75, "section": 3000, "context": 3000}
IN_MESSAGES = frozenset({"context_actions", "data_visualization", "data_table"})
"""Kinds of block that windows and the Home tab don't take."""
STYLES = frozenset({"primary", "danger"})


def faults(blocks: Sequence[Block], *, text: str | None = None, view: bool = False) -> list[str]:
    """What Slack would refuse, in words; empty when all is well. `text` is a message's stand-in."""
    found = [*_structure(blocks, view=view), *_charts(blocks)]
    if not view and not (text or "").strip():
        found.append("a message needs a text")
    if not view and _characters(blocks) + BLOCK_COST * len(blocks) > MESSAGE_CHARACTERS:
        found.append("more than 13,000 characters in one message")
    ids = Counter(element["action_id"] for element in _elements(blocks) if "action_id" in element)
    found += [f"action_id {name} stands twice" for name, times in ids.items() if times > 1]
    named = Counter(block["block_id"] for block in blocks if "block_id" in block)
    found += [f"block_id {name} stands twice" for name, times in named.items() if times > 1]
    for element in _elements(blocks):
        found += _element_faults(element)
    return found


def fits(blocks: Sequence[Block]) -> bool:
    """Whether one message takes them."""
    weight = _characters(blocks) + BLOCK_COST * len(blocks)
    return len(blocks) <= MESSAGE_BLOCKS and weight <= MESSAGE_CHARACTERS


def fitted(blocks: Sequence[Block]) -> list[Block]:
    """As many blocks from the top as one message takes; the cut is said. For lists only: what a
    person decides on is never shortened this way."""
    room = MESSAGE_CHARACTERS - 500
    kept: list[Block] = []
    for block in blocks:
        room -= _characters(block) + BLOCK_COST
        if room < 0 or len(kept) == MESSAGE_BLOCKS - 1:
            note = {"type": "mrkdwn", "text": "The rest doesn't fit into one message."}
            return [*kept, {"type": "context", "elements": [note]}]
        kept.append(block)
    return kept


def view_faults(view: Block) -> list[str]:
    """The same for a modal or a Home tab."""
    found = faults(view.get("blocks", ()), view=True)
    for part, limit in (("title", 24), ("submit", 24), ("close", 24)):
        if len(view.get(part, {}).get("text", "")) > limit:
            found.append(f"{part} is longer than {limit}")
    if len(view.get("private_metadata", "")) > 3000:  # noqa: PLR2004 - Slack's limit
        found.append("private_metadata is longer than 3000")
    inputs = any(block["type"] == "input" for block in view.get("blocks", ()))
    if inputs and view["type"] == "modal" and "submit" not in view:
        found.append("a modal with an input needs submit")
    return found


def _structure(blocks: Sequence[Block], *, view: bool) -> Iterator[str]:
    if len(blocks) > (VIEW_BLOCKS if view else MESSAGE_BLOCKS):
        yield f"{len(blocks)} blocks"
    charts = [block for block in blocks if block["type"] == "data_visualization"]
    if len(charts) > (0 if view else CHARTS):
        yield f"{len(charts)} charts"
    for block in blocks:
        kind = block["type"]
        for text in _texts(block):
            if not text:
                yield f"{kind} has an empty text"
            if len(text) > TEXTS.get(kind, 13_000):
                yield f"{kind} has a text of {len(text)} characters"
        most = {"actions": 25, "context": 10, "context_actions": 5}.get(kind)
        if most and not 1 <= len(block["elements"]) <= most:
            yield f"{kind} has {len(block['elements'])} elements"
        if len(block.get("block_id", "")) > 255:  # noqa: PLR2004 - Slack's limit
            yield "block_id is longer than 255"
        if view and kind in IN_MESSAGES:
            yield f"{kind} stand in messages only"


def _charts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block["type"] == "data_visualization":
            yield from _chart_faults(block)


def _chart_faults(block: Block) -> Iterator[str]:
    """Lines and bars; slices have no axis."""
    chart = block["chart"]
    names = chart.get("axis_config", {}).get("categories", ())
    series = chart.get("series", ())
    if not 1 <= len(block["title"]) <= 50:  # noqa: PLR2004 - Slack's limit
        yield "a chart's title is too long or empty"
    if not (1 <= len(names) <= 20 and 1 <= len(series) <= 12):  # noqa: PLR2004
        yield f"a chart of {len(series)} series and {len(names)} categories"
    for labels in (list(names), [one.get("name", "") for one in series]):
        if len(set(labels)) != len(labels) or any(not 1 <= len(label) <= 20 for label in labels):  # noqa: PLR2004
            yield "a chart's labels are too long, empty, or stand twice"
    if any([point["label"] for point in one["data"]] != list(names) for one in series):
        yield "a series hasn't one point for every category"


def _element_faults(element: Block) -> Iterator[str]:
    limits = {"action_id": 255, "value": 2000, "url": 3000, "accessibility_label": 75}
    for key, limit in limits.items():
        if isinstance(element.get(key), str) and len(element[key]) > limit:
            yield f"{key} is longer than {limit}"
    if element.get("style", "primary") not in STYLES and isinstance(element.get("style"), str):
        yield f"style {element['style']}"
    if element.get("type") == "button" and len(element["text"]["text"]) > TEXTS["button"]:
        yield "a button's text is longer than 75"
    for key, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if len(element.get("confirm", {}).get(key, {}).get("text", "")) > limit:
            yield f"confirm {key} is longer than {limit}"
    options = element.get("options")
    if options is not None:
        most = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}.get(element["type"], 100)
        if not 1 <= len(options) <= most:
            yield f"{element['type']} has {len(options)} options"
        if any(len(o["text"]["text"]) > 75 or len(o["value"]) > 150 for o in options):  # noqa: PLR2004
            yield "an option is too long"


def _elements(blocks: Sequence[Block]) -> Iterator[Block]:
    """Interactive elements, wherever they stand."""
    for block in blocks:
        for part in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if isinstance(part, dict) and ("action_id" in part or part.get("type") == "button"):
                yield part


def _texts(block: Block) -> Iterator[str]:
    """The texts people read in this block."""
    parts = [block.get("text"), *block.get("fields", ())]
    if block["type"] in ("context", "rich_text"):
        parts += block["elements"]
    stack = [part for part in parts if isinstance(part, dict)]
    while stack:
        part = stack.pop()
        if isinstance(part.get("text"), str):
            yield part["text"]
        stack += [inner for inner in part.get("elements", ()) if isinstance(inner, dict)]


def _characters(value: Any) -> int:
    """Every character of every text, as Slack's undocumented whole-message limit counts them."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_characters(part) for key, part in value.items() if key != "type")
    return sum(_characters(part) for part in value) if isinstance(value, list | tuple) else 0
