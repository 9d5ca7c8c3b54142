"""views.*"""

from sandbox.slack import render, viewing
from sandbox.slack.api_chat import Method
from sandbox.slack.arguments import need
from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Json, View


def _shown(core: Core, view: View) -> Json:
    return {"view": render.view(core.workspace, view)}


async def open_(core: Core, given: Json) -> Json:
    """views.open"""
    key = need(given, "trigger_id")
    content = viewing.check(given.get("view"), "modal")
    trigger = core.tickets.redeem(key)
    return _shown(core, viewing.open_modal(core, trigger.user, content))


async def push(core: Core, given: Json) -> Json:
    """views.push"""
    key = need(given, "trigger_id")
    content = viewing.check(given.get("view"), "modal")
    trigger = core.tickets.redeem(key)
    below = core.views.get(trigger.view_id or "")
    if below is None:
        raise ApiError("not_found")
    return _shown(core, viewing.push_modal(core, below, content))


async def update(core: Core, given: Json) -> Json:
    """views.update"""
    view = viewing.find(core, given)
    content = viewing.check(given.get("view"), "home" if view.is_home else "modal")
    viewing.check_hash(view, given.get("hash"))
    viewing.replace(core, view, content)
    return _shown(core, view)


async def publish(core: Core, given: Json) -> Json:
    """views.publish"""
    user = need(given, "user_id")
    if user not in core.workspace.users:
        pointer = "[json-pointer:/user_id]"
        raise ApiError("invalid_arguments", [f"[ERROR] invalid `user_id` {pointer}"])
    content = viewing.check(given.get("view"), "home")
    if user in core.homes:
        viewing.check_hash(core.homes[user], given.get("hash"))
    return _shown(core, viewing.publish(core, user, content))


METHODS: dict[str, Method] = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
