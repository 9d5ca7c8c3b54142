"""The payloads of interactivity, as Slack builds them."""

from typing import Any

from sandbox.slack import render
from sandbox.slack.core import Core
from sandbox.slack.model import Channel, Json, Message, View
from sandbox.slack.state import STATEFUL, initial_values, option, read_value

_PRESSED = ("text", "value", "style", "url", "icon")


def _who(core: Core, user: str) -> Json:
    workspace = core.workspace
    return {
        "user": {
            "id": user,
            "username": workspace.users[user].name,
            "name": workspace.users[user].name,
            "team_id": workspace.team.id,
        },
        "api_app_id": workspace.bot.app_id,
        "token": "sandbox-verification-token",
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_stub(channel: Channel) -> Json:
    """How payloads name a conversation."""
    return {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name}


def message_place(core: Core, channel: Channel, item: Message, user: str) -> Json:
    """Where an action on a message happened. An ephemeral message itself is not sent along."""
    container: Json = {
        "type": "message",
        "message_ts": item.ts,
        "channel_id": channel.id,
        "is_ephemeral": item.ephemeral_for is not None,
    }
    if item.thread_ts:
        container["thread_ts"] = item.thread_ts
    filled = core.choices.get((user, item.ts), {})
    place: Json = {
        "container": container,
        "channel": channel_stub(channel),
        "state": {"values": initial_values(item.blocks, filled)},
        "response_url": core.response_url(user=user, channel=channel, message=item),
    }
    if item.ephemeral_for is None:
        place["message"] = render.message(core.workspace, item)
    return place


def view_place(core: Core, view: View) -> Json:
    """Where an action in a view happened."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": render.view(core.workspace, view),
    }


def action(core: Core, block: Json, element: Json, given: Json) -> Json:
    """One entry of `actions`. ValueError when the element does not offer what was chosen."""
    kind = str(element.get("type"))
    body: Json = {
        "type": kind,
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
        "action_ts": core.workspace.new_ts(),
    }
    if kind == "feedback_buttons":
        return {**body, **_feedback(element, given.get("value"))}
    if kind == "overflow":
        chosen = given.get("selected_option", given.get("value"))
        return {**body, "selected_option": option(element, chosen)}
    if kind in STATEFUL:
        return {**body, **read_value(element, given)}
    return {**body, **{name: element[name] for name in _PRESSED if name in element}}


def _feedback(element: Json, value: Any) -> Json:
    for side in ("positive_button", "negative_button"):
        button = element[side]
        if value in (button["value"], side, side.removesuffix("_button")):
            return {"text": button["text"], "value": button["value"]}
    raise ValueError(f"feedback_buttons has no value {value!r}")


def block_actions(core: Core, user: str, place: Json, act: Json) -> Json:
    """A press or a choice."""
    view = place.get("view")
    trigger = core.tickets.trigger(user, view["id"] if view and view["type"] == "modal" else None)
    return {
        "type": "block_actions",
        **_who(core, user),
        **place,
        "trigger_id": trigger,
        "actions": [act],
    }


def block_suggestion(
    core: Core, user: str, place: Json, found: tuple[Json, Json], typed: str
) -> Json:
    """A question for the options of an external select."""
    block, element = found
    return {
        "type": "block_suggestion",
        **_who(core, user),
        **{name: value for name, value in place.items() if name != "response_url"},
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
        "value": typed,
    }


def view_submission(core: Core, view: View) -> Json:
    """A modal sent off."""
    return {
        "type": "view_submission",
        **_who(core, view.user),
        "trigger_id": core.tickets.trigger(view.user, view.id),
        "view": render.view(core.workspace, view),
        "response_urls": [],
    }


def view_closed(core: Core, view: View, *, cleared: bool) -> Json:
    """A modal closed by the person."""
    return {
        "type": "view_closed",
        **_who(core, view.user),
        "view": render.view(core.workspace, view),
        "is_cleared": cleared,
    }


def shortcut(core: Core, user: str, callback_id: str) -> Json:
    """A global shortcut."""
    return {
        "type": "shortcut",
        **_who(core, user),
        "callback_id": callback_id,
        "trigger_id": core.tickets.trigger(user),
        "action_ts": core.workspace.new_ts(),
    }


def message_action(
    core: Core, user: str, callback_id: str, channel: Channel, item: Message
) -> Json:
    """A shortcut on a message."""
    return {
        **shortcut(core, user, callback_id),
        "type": "message_action",
        "message_ts": item.ts,
        "channel": channel_stub(channel),
        "message": render.message(core.workspace, item),
        "response_url": core.response_url(user=user, channel=channel, message=item),
    }


def command(core: Core, user: str, channel: Channel, text: str) -> dict[str, str]:
    """A slash command's form."""
    workspace = core.workspace
    return {
        "token": "sandbox-verification-token",
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_stub(channel)["name"],
        "user_id": user,
        "user_name": workspace.users[user].name,
        "command": workspace.command,
        "text": text,
        "api_app_id": workspace.bot.app_id,
        "is_enterprise_install": "false",
        "response_url": core.response_url(user=user, channel=channel, message=None),
        "trigger_id": core.tickets.trigger(user),
    }
