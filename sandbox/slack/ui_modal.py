"""POST /ui/slack/submit and /close: what happens to a modal when a person is done with it."""

from typing import Any

from aiohttp import web

from sandbox.slack import driver, payloads, viewing
from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Json, View
from sandbox.slack.outbound import Answer, interaction_envelope
from sandbox.slack.state import elements, find, find_block, initial_values, read_value

_HTTP_OK = 200
TROUBLE = "We had some trouble connecting. Try again?"
_REQUIRED = "Please complete this required field."
_EMPTY: tuple[Any, ...] = (None, "", [])


def _fill(view: View, values: Any) -> None:
    """Take over what the person filled in."""
    if not isinstance(values, dict):
        driver.bad("values must be an object")
    for block_id, fields in values.items():
        for action_id, given in (fields if isinstance(fields, dict) else {}).items():
            found = find(view.content["blocks"], action_id, block_id)
            if found is None:
                driver.missing(f"element {block_id}/{action_id}")
            if not isinstance(given, dict):
                driver.bad(f"{block_id}/{action_id} must be an object")
            try:
                value = read_value(found[1], given)
            except ValueError as error:
                driver.bad(str(error))
            view.state.setdefault(block_id, {})[action_id] = value


def _refused_by_client(view: View) -> Json:
    """What Slack's own client checks before it sends anything: required fields and lengths."""
    values = initial_values(view.content["blocks"], view.state)
    errors: Json = {}
    for block, element in elements(view.content["blocks"]):
        if block.get("type") != "input":
            continue
        stored = values[block["block_id"]][element["action_id"]]
        value = next((entry for name, entry in stored.items() if name != "type"), None)
        if value in _EMPTY:
            if not block.get("optional"):
                errors[block["block_id"]] = _REQUIRED
        elif isinstance(value, str):
            low, high = element.get("min_length", 0), element.get("max_length", len(value))
            if not low <= len(value) <= high:
                errors[block["block_id"]] = f"Must be between {low} and {high} characters."
    return errors


def _show_errors(core: Core, view: View, errors: Any) -> None:
    """Errors stand under input blocks; anything else Slack cannot place."""
    if not isinstance(errors, dict) or not errors:
        raise ApiError("invalid_response")
    for block_id in errors:
        block = find_block(view.content["blocks"], block_id)
        if block is None or block.get("type") != "input":
            raise ApiError("invalid_response")
    view.errors = errors
    core.changed("modals", user=view.user)


def _obey(core: Core, view: View, body: Any) -> None:
    """Do what the app answered to a submission."""
    if not body:
        viewing.take_away(core, view)
        return
    if not isinstance(body, dict):
        raise ApiError("invalid_response")
    match body.get("response_action"):
        case "errors":
            _show_errors(core, view, body.get("errors"))
        case "update":
            viewing.replace(core, view, viewing.check(body.get("view"), "modal"))
        case "push":
            viewing.push_modal(core, view, viewing.check(body.get("view"), "modal"))
        case "clear":
            viewing.clear(core, view.user)
        case _:
            raise ApiError("invalid_response")


def _settle(core: Core, view: View, answer: Answer) -> str | None:
    """Apply the answer; returns what the person reads when it could not be applied."""
    if answer.status != _HTTP_OK:
        return TROUBLE
    try:
        _obey(core, view, answer.body)
    except ApiError:
        return TROUBLE
    return None


async def submit(request: web.Request) -> web.Response:
    """Send a modal off."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    view = driver.view(core, body.get("view_id"), me.id)
    if view.is_home:
        driver.bad("a Home tab is not submitted")
    if not view.content.get("submit"):
        driver.bad("this modal has no submit button")
    _fill(view, body.get("values") or {})
    view.errors = _refused_by_client(view)
    view.warning = None
    if view.errors:
        core.changed("modals", user=me.id)
        answer = {"response_action": "errors", "errors": view.errors}
        return web.json_response({"status": None, "body": answer, "by": "client"})
    reply = await core.link.send(interaction_envelope(payloads.view_submission(core, view)))
    warning = _settle(core, view, reply)
    if warning:
        view.warning = warning
        core.changed("modals", user=me.id)
    return web.json_response(driver.shown(reply, warning))


async def close(request: web.Request) -> web.Response:
    """Close the top modal; the app hears of it if it asked to."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    view = driver.view(core, body.get("view_id"), me.id)
    if view.is_home:
        driver.bad("a Home tab is not closed")
    all_of_them = bool(view.content.get("clear_on_close"))
    stack = viewing.stack(core, me.id)
    gone = stack if all_of_them else [view]
    told = [
        payloads.view_closed(core, closed, cleared=all_of_them)
        for closed in gone
        if closed.content.get("notify_on_close")
    ]
    for closed in gone:
        viewing.take_away(core, closed)
    for payload in told:
        await core.link.send(interaction_envelope(payload))
    return web.json_response({"ok": True})
