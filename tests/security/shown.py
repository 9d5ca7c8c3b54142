"""What people were shown, as what they can press: buttons with their values, and modals with their
fields. Taken from the screens themselves, so that what is knocked with looks right."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from blocks.action_ids import plain_id

Json = dict[str, Any]
MANY = 4
"""So many different values of one button are kept."""


@dataclass
class Shown:
    """`buttons` by plain name: the elements as they were shown; `modals` by callback id."""

    buttons: dict[str, list[Json]] = field(default_factory=dict)
    modals: dict[str, list[Json]] = field(default_factory=dict)

    def take(self, screen: Any) -> list[Json]:
        """Everything in a screen; what is new of it."""
        new = []
        for block_id, element in _elements(screen):
            kept = self.buttons.setdefault(plain_id(element["action_id"]), [])
            pressed = _pressed(element) | {"block_id": block_id}
            if len(kept) < MANY and pressed not in kept:
                kept.append(pressed)
                new.append(pressed)
        if isinstance(screen, dict) and screen.get("type") == "modal" and "submit" in screen:
            views = self.modals.setdefault(screen["callback_id"], [])
            if len(views) < MANY:
                views.append(screen)
        return new


def _elements(screen: Any) -> Iterator[tuple[str, Json]]:
    for block in _blocks(screen):
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or ())]
        for part in parts:
            if isinstance(part, dict) and "action_id" in part:
                yield str(block.get("block_id", "b")), part


def _blocks(screen: Any) -> Iterator[Json]:
    if isinstance(screen, dict):
        if isinstance(screen.get("blocks"), list | tuple):
            yield from (block for block in screen["blocks"] if isinstance(block, dict))
        for inner in screen.values():
            if isinstance(inner, dict):
                yield from _blocks(inner)


def _pressed(element: Json) -> Json:
    """As Slack sends it back; of a menu its first entry."""
    pressed: Json = {"type": element["type"], "action_id": element["action_id"]}
    options = [
        *(element.get("options") or ()),
        *(one for group in element.get("option_groups") or () for one in group["options"]),
    ]
    if element["type"] == "button":
        pressed["value"] = element.get("value", "")
    elif options:
        pressed["selected_option"] = {"value": options[0]["value"]}
    return pressed


def filled(view: Json) -> Json:
    """The fields of a modal as somebody might fill them in, for `state.values`."""
    values: Json = {}
    for block in view.get("blocks", ()):
        element = block.get("element") or block.get("accessory")
        if isinstance(element, dict) and "action_id" in element and "block_id" in block:
            values[block["block_id"]] = {element["action_id"]: _answer(element)}
    return values


def _answer(element: Json) -> Json:
    kind = element["type"]
    if "options" in element and kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": [{"value": element["options"][0]["value"]}]}
    if "options" in element:
        return {"type": kind, "selected_option": {"value": element["options"][0]["value"]}}
    if kind == "datepicker":
        return {"type": kind, "selected_date": "2026-12-24"}
    if "users" in kind:
        return {"type": kind, "selected_users": ["U0RAY"]}
    return {"type": kind, "value": element.get("initial_value") or "12"}
