"""Interactive elements, and which of them may stand in which block."""

from typing import Any

from sandbox.slack.kit.base import (
    Check,
    Report,
    anything,
    array,
    boolean,
    choice,
    integer,
    listed,
    shape,
    string,
)
from sandbox.slack.kit.objects import (
    CONFIRM,
    DISPATCH,
    ID,
    IMAGE_ELEMENT,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    TYPE,
    initial_is_offered,
    one_of,
    plain,
    unique_option_values,
)
from sandbox.slack.kit.rich import RICH_TEXT_VALUE

_LINE = 3000
_OPTIONS = [initial_is_offered, unique_option_values]


def _focus(value: dict[str, Any], pointer: str, report: Report) -> None:
    if value.get("focus_on_load") is True:
        report.focused += 1
        if report.focused > 1:
            report.add(f"{pointer}/focus_on_load", "only one element may have focus_on_load")


def _length_order(value: dict[str, Any], pointer: str, report: Report) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        report.add(pointer, "min_length must not be greater than max_length")


def _common(**more: Check) -> dict[str, Check]:
    return {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean, **more}


def _picker(**more: Check) -> Check:
    return shape(TYPE, _common(placeholder=plain(150), **more), [_focus])


def _multi(**more: Check) -> Check:
    return _picker(max_selected_items=integer(1, 100), **more)


_STATIC = {"options": array(OPTION, 1, 100), "option_groups": array(OPTION_GROUP, 1, 100)}
_FILTER = shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_IDS = array(string(255), 0, 100)

BUTTON = shape(
    {**TYPE, "text": plain(75)},
    {
        "action_id": ID,
        "value": string(2000, 0),
        "url": string(3000),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "visible_to_user_ids": array(string(255), 1, 10),
    },
)

_FEEDBACK_BUTTON = shape(
    {"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)}
)
FEEDBACK_BUTTONS = shape(
    {**TYPE, "positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
    {"action_id": ID},
)
ICON_BUTTON = shape(
    {**TYPE, "icon": choice("trash"), "text": plain(75)},
    {
        "action_id": ID,
        "value": string(2000, 0),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": array(string(255), 1, 10),
    },
)

_TEXT_INPUT = {"placeholder": plain(150), "dispatch_action_config": DISPATCH}

_ADDRESS = shape(TYPE, _common(**_TEXT_INPUT, initial_value=string(_LINE, 0)), [_focus])

INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        TYPE,
        _common(
            **_TEXT_INPUT,
            initial_value=string(_LINE, 0),
            multiline=boolean,
            min_length=integer(0, _LINE),
            max_length=integer(1, _LINE),
        ),
        [_focus, _length_order],
    ),
    "email_text_input": _ADDRESS,
    "url_text_input": _ADDRESS,
    "number_input": shape(
        {**TYPE, "is_decimal_allowed": boolean},
        _common(
            **_TEXT_INPUT,
            initial_value=string(_LINE, 0),
            min_value=string(255),
            max_value=string(255),
        ),
        [_focus],
    ),
    "rich_text_input": shape(
        TYPE,
        _common(
            **_TEXT_INPUT,
            initial_value=RICH_TEXT_VALUE,
            min_lines=integer(1, 100),
            max_lines=integer(1, 100),
        ),
        [_focus],
    ),
    "file_input": shape(
        TYPE,
        {"action_id": ID, "filetypes": array(string(255), 1, 100), "max_files": integer(1, 10)},
    ),
}

CHOICES: dict[str, Check] = {
    "checkboxes": shape(
        {**TYPE, "options": array(RICH_OPTION, 1, 10)},
        _common(initial_options=array(RICH_OPTION, 1, 10)),
        [_focus, *_OPTIONS],
    ),
    "radio_buttons": shape(
        {**TYPE, "options": array(RICH_OPTION, 1, 10)},
        _common(initial_option=RICH_OPTION),
        [_focus, *_OPTIONS],
    ),
    "datepicker": _picker(initial_date=string(10)),
    "timepicker": _picker(initial_time=string(5), timezone=string(255)),
    "datetimepicker": shape(TYPE, _common(initial_date_time=anything), [_focus]),
    "static_select": shape(
        TYPE,
        _common(placeholder=plain(150), initial_option=OPTION, **_STATIC),
        [_focus, one_of("options", "option_groups"), *_OPTIONS],
    ),
    "multi_static_select": shape(
        TYPE,
        _common(
            placeholder=plain(150),
            initial_options=array(OPTION, 1, 100),
            max_selected_items=integer(1, 100),
            **_STATIC,
        ),
        [_focus, one_of("options", "option_groups"), *_OPTIONS],
    ),
    "external_select": _picker(initial_option=OPTION, min_query_length=integer(0, 100)),
    "multi_external_select": _multi(
        initial_options=array(OPTION, 1, 100), min_query_length=integer(0, 100)
    ),
    "users_select": _picker(initial_user=string(255)),
    "multi_users_select": _multi(initial_users=_IDS),
    "conversations_select": _picker(
        initial_conversation=string(255),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=_FILTER,
    ),
    "multi_conversations_select": _multi(
        initial_conversations=_IDS, default_to_current_conversation=boolean, filter=_FILTER
    ),
    "channels_select": _picker(initial_channel=string(255), response_url_enabled=boolean),
    "multi_channels_select": _multi(initial_channels=_IDS),
}

_PRESSED: dict[str, Check] = {
    "button": BUTTON,
    "overflow": shape(
        {**TYPE, "options": array(OVERFLOW_OPTION, 1, 5)},
        {"action_id": ID, "confirm": CONFIRM},
        [unique_option_values],
    ),
    "workflow_button": shape(
        {**TYPE, "text": plain(75), "workflow": anything, "action_id": ID},
        {"style": choice("primary", "danger"), "accessibility_label": string(75)},
    ),
}

IN_ACTIONS: dict[str, Check] = {**_PRESSED, **CHOICES}
IN_SECTION: dict[str, Check] = {**_PRESSED, **CHOICES, "image": IMAGE_ELEMENT}
IN_INPUT: dict[str, Check] = {**INPUTS, **CHOICES}
IN_CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": FEEDBACK_BUTTONS,
    "icon_button": ICON_BUTTON,
}


def unique_action_ids(value: dict[str, Any], pointer: str, report: Report) -> None:
    """Within one block an action_id names one element."""
    seen: set[str] = set()
    for index, element in enumerate(listed(value.get("elements")) or listed(value.get("actions"))):
        name = element.get("action_id") if isinstance(element, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            report.add(f"{pointer}/elements/{index}/action_id", "duplicate action_id in one block")
        seen.add(name)
