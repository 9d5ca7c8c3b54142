"""Composition objects: text, options, confirmation dialogs, images."""

from typing import Any

from sandbox.slack.kit.base import (
    Check,
    Report,
    Rule,
    anything,
    array,
    boolean,
    by_type,
    choice,
    listed,
    shape,
    string,
)

TYPE: dict[str, Check] = {"type": anything}
ID = string(255)


def plain(longest: int) -> Check:
    """A plain_text object."""
    return shape(
        {"type": choice("plain_text"), "text": string(longest)},
        {"emoji": boolean},
    )


def mrkdwn(longest: int) -> Check:
    """A mrkdwn object."""
    return shape({"type": choice("mrkdwn"), "text": string(longest)}, {"verbatim": boolean})


def text(longest: int) -> Check:
    """Either of the two."""
    return by_type({"plain_text": plain(longest), "mrkdwn": mrkdwn(longest)}, "text")


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)

OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
OVERFLOW_OPTION = shape(
    {"text": plain(75), "value": string(150)}, {"description": plain(75), "url": string(3000)}
)
RICH_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OPTION_GROUP = shape({"label": plain(75), "options": array(OPTION, 1, 100)})

DISPATCH = shape(
    {},
    {
        "trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 1, 2),
    },
)

SLACK_FILE = shape({}, {"id": string(255), "url": string(3000)})


def one_of(*names: str) -> Rule:
    """Exactly one of these fields must be there."""

    def rule(value: dict[str, Any], pointer: str, report: Report) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            report.add(pointer, f"must provide exactly one of {', '.join(names)}")

    return rule


def at_least_one(*names: str) -> Rule:
    """One or more of these fields must be there."""

    def rule(value: dict[str, Any], pointer: str, report: Report) -> None:
        if all(value.get(name) in (None, [], "") for name in names):
            report.add(pointer, f"must provide one of {', '.join(names)}")

    return rule


def not_both(first: str, second: str) -> Rule:
    """Two fields that exclude each other."""

    def rule(value: dict[str, Any], pointer: str, report: Report) -> None:
        if value.get(first) is not None and value.get(second) is not None:
            report.add(pointer, f"cannot provide both {first} and {second}")

    return rule


def all_options(element: dict[str, Any]) -> list[Any]:
    """The options of a select, whether grouped or not."""
    grouped = [
        option
        for group in listed(element.get("option_groups"))
        if isinstance(group, dict)
        for option in listed(group.get("options"))
    ]
    return [*listed(element.get("options")), *grouped]


def initial_is_offered(value: dict[str, Any], pointer: str, report: Report) -> None:
    """An initial option must be one of those offered, or Slack refuses the whole payload."""
    offered = [entry.get("value") for entry in all_options(value) if isinstance(entry, dict)]
    first = value.get("initial_option")
    chosen = [*listed(value.get("initial_options")), *([first] if first is not None else [])]
    for option in chosen:
        if isinstance(option, dict) and option.get("value") not in offered:
            report.add(pointer, "initial option must match one of the options")


def unique_option_values(value: dict[str, Any], pointer: str, report: Report) -> None:
    """Two options with one value cannot be told apart."""
    values = [entry.get("value") for entry in all_options(value) if isinstance(entry, dict)]
    if len(values) != len(set(map(str, values))):
        report.add(f"{pointer}/options", "option values must be unique")


IMAGE_ELEMENT = shape(
    {"type": choice("image"), "alt_text": string(2000)},
    {"image_url": string(3000), "slack_file": SLACK_FILE},
    [one_of("image_url", "slack_file")],
)
