"""POST /ui/slack/action and /options: buttons, menus and pickers, wherever they stand."""

import contextlib
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from sandbox.slack import driver, payloads
from sandbox.slack.core import Core
from sandbox.slack.kit.base import Report
from sandbox.slack.kit.objects import OPTION, OPTION_GROUP
from sandbox.slack.model import Json, Message, View
from sandbox.slack.outbound import Answer, interaction_envelope
from sandbox.slack.state import STATEFUL, find, read_value

_HTTP_OK = 200
_OPTIONS_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where an element stands: exactly one of message and view is there."""

    place: Json
    block: Json
    element: Json
    message: Message | None = None
    view: View | None = None


def _spot(core: Core, body: Json, user: str) -> Spot:
    action_id, block_id = str(body.get("action_id") or ""), body.get("block_id")
    if body.get("view_id"):
        view = driver.view(core, body["view_id"], user)
        found = find(view.content["blocks"], action_id, block_id)
        if found is None:
            driver.missing(f"element {action_id}")
        place = payloads.view_place(core, view)
        return Spot(place=place, block=found[0], element=found[1], view=view)
    channel = driver.place(core, body.get("channel"), user)
    item = driver.message(core, channel, body.get("message_ts"), user)
    found = find(item.blocks, action_id, block_id)
    if found is None:
        driver.missing(f"element {action_id}")
    place = payloads.message_place(core, channel, item, user)
    return Spot(place=place, block=found[0], element=found[1], message=item)


def _remember(core: Core, spot: Spot, user: str, value: Json) -> None:
    """Keep what a menu or a picker holds now, so that the next payload's state says it."""
    kept = spot.view.state if spot.view else None
    if spot.message:
        kept = core.choices.setdefault((user, spot.message.ts), {})
    if kept is not None:
        kept.setdefault(spot.block["block_id"], {})[spot.element["action_id"]] = value


def _take_over(spot: Spot, core: Core, user: str, values: Any) -> None:
    """What stands half-filled in the inputs around what was pressed: state only, so leniently."""
    if not isinstance(values, dict):
        return
    blocks = (
        spot.message.blocks if spot.message else spot.view.content["blocks"] if spot.view else []
    )
    for block_id, fields in values.items():
        for action_id, given in (fields if isinstance(fields, dict) else {}).items():
            found = find(blocks, str(action_id), str(block_id))
            if found is None or not isinstance(given, dict):
                continue
            with contextlib.suppress(ValueError):
                value = read_value(found[1], given)
                kept = replace(spot, block=found[0], element=found[1])
                _remember(core, kept, user, value)


def warning_of(answer: Answer) -> str | None:
    """What the person reads when an interaction went wrong."""
    if answer.status == _HTTP_OK:
        return None
    if answer.failure == "http_timeout":
        return "This app took too long to respond. Try again."
    return "This app responded with an error. Try again."


def _warn(core: Core, spot: Spot, warning: str | None) -> None:
    if spot.message is not None:
        name = str(spot.element["action_id"])
        if warning is None:
            spot.message.warnings.pop(name, None)
        else:
            spot.message.warnings[name] = warning
            core.changed("message", channel=spot.message.channel, ts=spot.message.ts)
    elif spot.view is not None and spot.view.warning != warning:
        spot.view.warning = warning
        core.changed("home" if spot.view.is_home else "modals", user=spot.view.user)


async def action(request: web.Request) -> web.Response:
    """Press or choose."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    spot = _spot(core, body, me.id)
    _take_over(spot, core, me.id, body.get("values"))
    if spot.element.get("type") in STATEFUL:
        try:
            _remember(core, spot, me.id, read_value(spot.element, body))
        except ValueError as error:
            driver.bad(str(error))
    spot = _spot(core, body, me.id)
    try:
        act = payloads.action(core, spot.block, spot.element, body)
    except ValueError as error:
        driver.bad(str(error))
    payload = payloads.block_actions(core, me.id, spot.place, act)
    answer = await core.link.send(interaction_envelope(payload))
    warning = warning_of(answer)
    _warn(core, spot, warning)
    return web.json_response(driver.shown(answer, warning))


def _offered(answer: Answer) -> Json | None:
    """Options or option groups as the app gave them, if Slack would show them."""
    body: Any = answer.body
    if answer.status != _HTTP_OK or not isinstance(body, dict):
        return None
    report = Report(surface="message")
    for name, check in (("options", OPTION), ("option_groups", OPTION_GROUP)):
        if isinstance(body.get(name), list):
            for index, entry in enumerate(body[name]):
                check(entry, f"/{name}/{index}", report)
            if len(body[name]) > _OPTIONS_LIMIT or report.problems:
                return None
            return {name: body[name]}
    return None


async def options(request: web.Request) -> web.Response:
    """Ask the app what an external select offers."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    spot = _spot(core, body, me.id)
    typed = str(body.get("value") or "")
    payload = payloads.block_suggestion(core, me.id, spot.place, (spot.block, spot.element), typed)
    answer = await core.link.send(interaction_envelope(payload))
    offered = _offered(answer)
    warning = None if offered is not None else "Options could not be loaded."
    return web.json_response({**driver.shown(answer, warning), **(offered or {"options": []})})
