"""The rich_text block: sections, lists, quotes, code."""

from typing import Any

from sandbox.slack.kit.base import (
    Check,
    Report,
    anything,
    array,
    boolean,
    by_type,
    choice,
    integer,
    shape,
    string,
)

_STYLE = shape(
    {},
    {
        "bold": boolean,
        "italic": boolean,
        "strike": boolean,
        "code": boolean,
        "underline": boolean,
        "highlight": boolean,
        "client_highlight": boolean,
        "unlink": boolean,
    },
)
_MANY = 1000
_LONG = 12_000


def _inline(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape({"type": anything, **required}, {"style": _STYLE, **(optional or {})})


_INLINE = by_type(
    {
        "text": _inline({"text": string(_LONG)}),
        "link": _inline({"url": string(3000)}, {"text": string(_LONG), "unsafe": boolean}),
        "user": _inline({"user_id": string(255)}),
        "usergroup": _inline({"usergroup_id": string(255)}),
        "channel": _inline({"channel_id": string(255)}),
        "team": _inline({"team_id": string(255)}),
        "emoji": _inline(
            {"name": string(255)},
            {"unicode": string(255), "skin_tone": integer(1, 6), "url": string(3000)},
        ),
        "broadcast": _inline({"range": choice("here", "channel", "everyone")}),
        "color": _inline({"value": string(20)}),
        "date": _inline(
            {"timestamp": anything, "format": string(255)},
            {"url": string(3000), "fallback": string(255)},
        ),
    },
    "rich text",
)

_SECTION = shape({"type": anything, "elements": array(_INLINE, 0, _MANY)})
_PART: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {
            "type": anything,
            "style": choice("bullet", "ordered"),
            "elements": array(by_type({"rich_text_section": _SECTION}, "list"), 0, _MANY),
        },
        {"indent": integer(0, 8), "offset": integer(0, _MANY), "border": integer(0, 1)},
    ),
    "rich_text_quote": shape(
        {"type": anything, "elements": array(_INLINE, 0, _MANY)}, {"border": integer(0, 1)}
    ),
    "rich_text_preformatted": shape(
        {"type": anything, "elements": array(_INLINE, 0, _MANY)},
        {"border": integer(0, 1), "language": string(255)},
    ),
}

_PARTS = array(by_type(_PART, "rich_text"), 1, _MANY)

RICH_TEXT = shape({"type": anything, "elements": _PARTS}, {"block_id": string(255)})


def rich_text_value(value: Any, pointer: str, report: Report) -> None:
    """A rich_text object where a block is not meant: a cell, a title, an input's first value."""
    by_type({"rich_text": RICH_TEXT}, "rich text")(value, pointer, report)


RICH_TEXT_VALUE: Check = rich_text_value
