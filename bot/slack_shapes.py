"""Whether what Slack sent is built as Bolt takes for granted: it reaches into these places
unprotected, and what it trips over there looks like a fault of ours."""

from collections.abc import Mapping, Sequence
from typing import Any

Place = tuple[str | int, ...]
# By the payload's type, where its router's name stands.
NAMES: Mapping[str, Place] = {
    "event_callback": ("event", "type"),
    "block_actions": ("actions", 0, "action_id"),
    "block_suggestion": ("action_id",),
    "view_submission": ("view", "callback_id"),
    "view_closed": ("view", "callback_id"),
    **dict.fromkeys(
        (
            "shortcut",
            "message_action",
            "interactive_message",
            "dialog_submission",
            "dialog_cancellation",
            "dialog_suggestion",
            "workflow_step_edit",
        ),
        ("callback_id",),
    ),
}


def is_readable(body: Mapping[str, Any]) -> bool:
    """False for a payload whose kind or name is no text. Kinds we don't know are let through."""
    kind = body.get("type")
    if kind is None:
        return True
    if not isinstance(kind, str):
        return False
    place = NAMES.get(kind)
    return place is None or isinstance(_at(body, place), str)


def _at(value: Any, place: Place) -> Any:
    """What stands there; None where nothing does."""
    for step in place:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, Sequence) and not isinstance(value, str):
            value = value[step] if len(value) > step else None
        else:
            return None
    return value
