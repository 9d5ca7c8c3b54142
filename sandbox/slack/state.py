"""Elements people fill in: finding them, their values, and how Slack spells both."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.model import Json

# element type → (key of its value, key of its first value)
STATEFUL: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_LISTS = frozenset({"files", *(key for key, _ in STATEFUL.values() if key.endswith("s"))})
_NESTED = ("elements", "child_blocks", "actions")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that can be acted upon, containers and cards included."""
    for block in blocks:
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                yield block, block[name]
        for name in _NESTED:
            for entry in block.get(name) or []:
                if not isinstance(entry, dict):
                    continue
                if name == "child_blocks" or entry.get("type") == "card":
                    yield from elements([entry])
                elif "action_id" in entry:
                    yield block, entry


def find(blocks: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json] | None:
    """The element with this action_id, in the named block if one is named."""
    for block, element in elements(blocks):
        if element.get("action_id") == action_id and block_id in (None, block.get("block_id")):
            return block, element
    return None


def find_block(blocks: list[Json], block_id: str) -> Json | None:
    """A block by its id, also inside containers."""
    for block in blocks:
        if block.get("block_id") == block_id:
            return block
        inner = find_block(block.get("child_blocks") or [], block_id)
        if inner is not None:
            return inner
    return None


def initial_values(blocks: list[Json], filled: Json) -> Json:
    """`state.values`: what was filled in, else the first value, else Slack's empty one."""
    values: Json = {}
    for block, element in elements(blocks):
        kind = str(element.get("type"))
        if kind not in STATEFUL:
            continue
        key, first = STATEFUL[kind]
        block_id, action_id = str(block["block_id"]), str(element["action_id"])
        known = filled.get(block_id, {}).get(action_id)
        empty: Any = [] if key in _LISTS else None
        value = known or {"type": kind, key: element.get(first, empty) if first else empty}
        values.setdefault(block_id, {})[action_id] = value
    return values


def options_of(element: Json) -> list[Json]:
    """The options an element itself offers."""
    grouped = [o for group in element.get("option_groups") or [] for o in group.get("options", [])]
    return [*(element.get("options") or []), *grouped]


def read_value(element: Json, given: Json) -> Json:
    """What a person chose, in Slack's form. ValueError when the element does not offer it."""
    kind = str(element.get("type"))
    if kind not in STATEFUL:
        raise ValueError(f"{kind} holds no value")
    key, _ = STATEFUL[kind]
    raw = given.get(key, given.get("value"))
    if key == "selected_option":
        raw = None if raw is None else option(element, raw)
    elif key == "selected_options":
        raw = [option(element, entry) for entry in raw or []]
    elif key in _LISTS:
        raw = list(raw or [])
    elif key == "value" and raw == "":
        raw = None
    return {"type": kind, key: raw}


def option(element: Json, chosen: Any) -> Json:
    """The full option for a value, or for an option as the browser holds it."""
    value = chosen.get("value") if isinstance(chosen, dict) else chosen
    for offered in options_of(element):
        if offered.get("value") == value:
            return offered
    if str(element.get("type")).endswith("external_select"):
        if isinstance(chosen, dict) and "text" in chosen:
            return chosen
        first = [element.get("initial_option"), *(element.get("initial_options") or [])]
        for offered in filter(None, first):
            if offered.get("value") == value:
                return dict(offered)
    raise ValueError(f"the element offers no option {value!r}")


def give_ids(blocks: list[Json], new_id: Any) -> list[Json]:
    """Blocks as stored: every block and element that lacks an id gets one, as Slack does."""
    stored = []
    for block in blocks:
        filled = {**block}
        filled.setdefault("block_id", new_id("b"))
        for name in ("accessory", "element"):
            if isinstance(filled.get(name), dict):
                filled[name] = _with_action_id(filled[name], new_id)
        if "child_blocks" in filled:
            filled["child_blocks"] = give_ids(filled["child_blocks"], new_id)
        for name in ("elements", "actions"):
            if isinstance(filled.get(name), list) and filled.get("type") != "rich_text":
                filled[name] = [_with_ids(entry, new_id) for entry in filled[name]]
        stored.append(filled)
    return stored


_STILL = frozenset({"image", "mrkdwn", "plain_text", "rich_text_section"})


def _with_ids(entry: Json, new_id: Any) -> Json:
    if entry.get("type") == "card":
        return give_ids([entry], new_id)[0]
    return _with_action_id(entry, new_id)


def _with_action_id(element: Json, new_id: Any) -> Json:
    if element.get("type") in _STILL:
        return element
    return {"action_id": new_id("a"), **element}
