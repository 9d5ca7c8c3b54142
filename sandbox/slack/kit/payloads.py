"""Whole payloads: the blocks of a message, a modal, a Home tab."""

import json
from typing import Any

from sandbox.slack.kit.base import Report, anything, boolean, listed, shape, string
from sandbox.slack.kit.blocks import check_blocks
from sandbox.slack.kit.objects import plain

_MESSAGE_BLOCKS = 50
_VIEW_BLOCKS = 100
_MARKDOWN_CHARACTERS = 12_000
_CHARTS = 2
_TABLES = 1
_VIEW_BYTES = 250_000
# Measured by others (bolt-js#2509): 13,297 characters of markdown pass alone, 13,172 beside a
# divider. So a block costs about 125 characters on top of its text.
_BLOCK_COST = 125
_MESSAGE_COST = 13_297 + _BLOCK_COST


def _all_text(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_all_text(entry) for name, entry in value.items() if name in _SHOWN)
    if isinstance(value, list):
        return sum(_all_text(entry) for entry in value)
    return len(value) if isinstance(value, str) else 0


# Where people read text; ids, values and addresses are not counted.
_SHOWN = frozenset(
    {
        *("text", "fields", "elements", "element", "label", "hint", "title", "rich_text_title"),
        *("subtitle", "body", "subtext", "child_blocks", "rows", "caption", "options"),
        *("option_groups", "placeholder", "alt_text", "accessory", "positive_button"),
        *("negative_button", "actions", "tasks", "details", "output", "description"),
    }
)


def message_problems(blocks: Any) -> list[str]:
    """What Slack would refuse about a message's blocks; empty when nothing."""
    report = Report(surface="message")
    check_blocks(blocks, "/blocks", report, _MESSAGE_BLOCKS)
    objects = [block for block in listed(blocks) if isinstance(block, dict)]
    markdown = sum(
        len(block["text"])
        for block in objects
        if block.get("type") == "markdown" and isinstance(block.get("text"), str)
    )
    if markdown > _MARKDOWN_CHARACTERS:
        longest = _MARKDOWN_CHARACTERS + 1
        report.add("/blocks", f"markdown blocks together must be less than {longest} characters")
    for kind, most in (("table", _TABLES), ("data_visualization", _CHARTS)):
        if sum(block.get("type") == kind for block in objects) > most:
            report.add("/blocks", f"no more than {most} {kind} allowed")
    return report.problems


def too_long(blocks: list[Any]) -> bool:
    """Slack's undocumented cap on a message as a whole."""
    return _all_text(blocks) + _BLOCK_COST * len(blocks) > _MESSAGE_COST


def _blocks_later(_value: Any, _pointer: str, _report: Report) -> None:
    """Blocks are checked with the surface's own count."""


_ANY_VIEW = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = shape(
    {"type": anything, "title": plain(24), "blocks": _blocks_later},
    {
        **_ANY_VIEW,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
_HOME = shape({"type": anything, "blocks": _blocks_later}, _ANY_VIEW)


def view_problems(view: Any) -> list[str]:
    """What Slack would refuse about a view; empty when nothing."""
    kind = view.get("type") if isinstance(view, dict) else None
    report = Report(surface="home" if kind == "home" else "modal")
    if not isinstance(view, dict):
        report.add("/view", "must provide an object")
        return report.problems
    if kind not in ("modal", "home"):
        report.add("/view/type", f"unsupported type: {kind}")
        return report.problems
    (_MODAL if kind == "modal" else _HOME)(view, "/view", report)
    check_blocks(view.get("blocks", []), "/view/blocks", report, _VIEW_BLOCKS)
    has_input = any(
        isinstance(block, dict) and block.get("type") == "input"
        for block in listed(view.get("blocks"))
    )
    if kind == "modal" and has_input and not view.get("submit"):
        report.add("/view", "missing required field: submit")
    if kind == "modal" and listed(view.get("blocks")) == []:
        report.add("/view/blocks", "no fewer than 1 items allowed")
    return report.problems


def view_too_large(view: dict[str, Any]) -> bool:
    """A view is at most 250 kB."""
    return len(json.dumps(view).encode()) > _VIEW_BYTES
