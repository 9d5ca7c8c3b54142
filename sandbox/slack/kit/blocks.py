"""Every block: its fields, its limits and the surfaces it may stand on."""

from typing import Any

from sandbox.slack.kit.base import (
    Check,
    Report,
    Surface,
    anything,
    array,
    boolean,
    by_type,
    choice,
    listed,
    shape,
    string,
)
from sandbox.slack.kit.data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from sandbox.slack.kit.elements import (
    BUTTON,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    unique_action_ids,
)
from sandbox.slack.kit.objects import (
    ID,
    IMAGE_ELEMENT,
    SLACK_FILE,
    TYPE,
    at_least_one,
    mrkdwn,
    not_both,
    one_of,
    plain,
    text,
)
from sandbox.slack.kit.rich import RICH_TEXT, RICH_TEXT_VALUE

_BLOCK: dict[str, Check] = {"block_id": ID}


def _button_only(value: Any, pointer: str, report: Report) -> None:
    by_type({"button": BUTTON}, "card actions")(value, pointer, report)


CARD = shape(
    TYPE,
    {
        **_BLOCK,
        "hero_image": IMAGE_ELEMENT,
        "icon": IMAGE_ELEMENT,
        "slack_icon": shape({"type": choice("icon"), "name": string(255)}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": array(_button_only, 0, 3),
    },
    [
        not_both("icon", "slack_icon"),
        at_least_one("hero_image", "title", "actions", "body"),
        unique_action_ids,
    ],
)


def _standalone(value: dict[str, Any], pointer: str, report: Report) -> None:
    if value.get("status") == "pending":
        report.add(f"{pointer}/status", "a standalone task card may not be pending")


_SOURCE = shape({"type": choice("url"), "url": string(3000), "text": string(255)})
_TASK: dict[str, Check] = {"task_id": string(255), "title": string(255)}
_TASK_STATUS = choice("pending", "in_progress", "complete", "error")
_TASK_MORE: dict[str, Check] = {
    "details": RICH_TEXT_VALUE,
    "output": RICH_TEXT_VALUE,
    "sources": array(_SOURCE, 0, 50),
}


def _unique_tasks(value: dict[str, Any], pointer: str, report: Report) -> None:
    ids = [task.get("task_id") for task in listed(value.get("tasks")) if isinstance(task, dict)]
    if len(set(map(str, ids))) != len(ids):
        report.add(f"{pointer}/tasks", "task_id must be unique")


BASIC: dict[str, Check] = {
    "section": shape(
        TYPE,
        {
            **_BLOCK,
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": by_type(IN_SECTION, "a section accessory"),
            "expand": boolean,
        },
        [at_least_one("text", "fields")],
    ),
    "header": shape({**TYPE, "text": plain(150)}, _BLOCK),
    "divider": shape(TYPE, _BLOCK),
    "image": shape(
        {**TYPE, "alt_text": string(2000)},
        {**_BLOCK, "image_url": string(3000), "slack_file": SLACK_FILE, "title": plain(2000)},
        [one_of("image_url", "slack_file")],
    ),
    "context": shape(
        {
            **TYPE,
            "elements": array(
                by_type(
                    {"image": IMAGE_ELEMENT, "mrkdwn": mrkdwn(2000), "plain_text": plain(2000)},
                    "context",
                ),
                1,
                10,
            ),
        },
        _BLOCK,
    ),
    "actions": shape(
        {**TYPE, "elements": array(by_type(IN_ACTIONS, "actions"), 1, 25)},
        _BLOCK,
        [unique_action_ids],
    ),
    "input": shape(
        {**TYPE, "label": plain(2000), "element": by_type(IN_INPUT, "an input")},
        {**_BLOCK, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "video": shape(
        {
            **TYPE,
            "alt_text": string(2000, 0),
            "title": plain(199),
            "thumbnail_url": string(3000),
            "video_url": string(3000),
        },
        {
            **_BLOCK,
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": string(3000),
            "provider_name": string(49),
            "title_url": string(3000),
        },
    ),
    "file": shape({**TYPE, "external_id": string(255), "source": choice("remote")}, _BLOCK),
    "table": TABLE,
}


def _collapsing(value: dict[str, Any], pointer: str, report: Report) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        report.add(f"{pointer}/default_collapsed", "requires is_collapsible")
    if value.get("has_header_divider") and value.get("is_collapsible"):
        report.add(f"{pointer}/has_header_divider", "is not for collapsible containers")


def _children(value: dict[str, Any], pointer: str, report: Report) -> None:
    children = [child for child in listed(value.get("child_blocks")) if isinstance(child, dict)]
    remember_block_ids(children, f"{pointer}/child_blocks", report)


CONTAINER = shape(
    {**TYPE, "child_blocks": array(by_type(BASIC, "a container"), 1, 10)},
    {
        **_BLOCK,
        "title": plain(150),
        "rich_text_title": RICH_TEXT_VALUE,
        "subtitle": text(150),
        "width": choice("narrow", "standard", "wide", "full"),
        "icon": IMAGE_ELEMENT,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    [at_least_one("title", "rich_text_title"), _collapsing, _children],
)

BLOCKS: dict[str, Check] = {
    **BASIC,
    "call": shape({**TYPE, "call_id": string(255)}, {**_BLOCK, "call": anything}),
    "markdown": shape({**TYPE, "text": string(12_000)}, _BLOCK),
    "context_actions": shape(
        {**TYPE, "elements": array(by_type(IN_CONTEXT_ACTIONS, "context_actions"), 1, 5)},
        _BLOCK,
        [unique_action_ids],
    ),
    "alert": shape(
        {**TYPE, "text": text(200)},
        {**_BLOCK, "level": choice("default", "info", "warning", "error", "success")},
    ),
    "card": CARD,
    "carousel": shape(
        {**TYPE, "elements": array(by_type({"card": CARD}, "a carousel"), 1, 10)}, _BLOCK
    ),
    "container": CONTAINER,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "task_card": shape(
        {**TYPE, **_TASK, "status": _TASK_STATUS}, {**_BLOCK, **_TASK_MORE}, [_standalone]
    ),
    "plan": shape(
        {
            **TYPE,
            "title": string(255),
            "tasks": array(
                shape({**_TASK, "status": _TASK_STATUS}, {**TYPE, **_BLOCK, **_TASK_MORE}), 0, 50
            ),
        },
        _BLOCK,
        [_unique_tasks],
    ),
}

_EVERYWHERE = frozenset({"message", "modal", "home"})
_MESSAGE = frozenset({"message"})
SURFACES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("section", "header", "divider", "image", "context", "actions", "input", "rich_text"),
        _EVERYWHERE,
    ),
    **dict.fromkeys(("video", "card"), _EVERYWHERE),
    **dict.fromkeys(("file", "call", "markdown", "table", "context_actions"), _MESSAGE),
    **dict.fromkeys(("container", "data_table", "data_visualization", "plan"), _MESSAGE),
    "task_card": _MESSAGE,
    "alert": frozenset({"modal"}),
    "carousel": frozenset({"message", "home"}),
}


def remember_block_ids(blocks: list[dict[str, Any]], pointer: str, report: Report) -> None:
    """A block_id names one block of the whole payload."""
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if not isinstance(name, str):
            continue
        if name in report.block_ids:
            report.add(f"{pointer}/{index}/block_id", f"duplicate block_id: {name}")
        report.block_ids.add(name)


def check_blocks(blocks: Any, pointer: str, report: Report, most: int) -> None:
    """All blocks of one surface."""
    array(by_type(BLOCKS, "a block"), 0, most)(blocks, pointer, report)
    objects = [block for block in listed(blocks) if isinstance(block, dict)]
    surface: Surface = report.surface
    for index, block in enumerate(listed(blocks)):
        kind = block.get("type") if isinstance(block, dict) else None
        if isinstance(kind, str) and kind in SURFACES and surface not in SURFACES[kind]:
            report.add(f"{pointer}/{index}/type", f"unsupported type: {kind} on a {surface}")
    remember_block_ids(objects, pointer, report)
