"""/control/slack/…: faults, records and forged deliveries, for tests."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.context import SETTINGS
from sandbox.slack import driver, story, streaming
from sandbox.slack.core import SLACK, Core
from sandbox.slack.model import Json
from sandbox.slack.outbound import (
    FORM,
    JSON,
    Answer,
    Envelope,
    Tampering,
    command_envelope,
    event_envelope,
    interaction_envelope,
)

_MOST = 1000


async def add_fault(request: web.Request) -> web.Response:
    """Switch a fault on."""
    core, body = await driver.body_of(request)
    try:
        fault = core.faults.add(body)
    except ValueError as error:
        driver.bad(str(error))
    return web.json_response({"ok": True, "fault": vars(fault)})


async def clear_faults(request: web.Request) -> web.Response:
    """Switch all off."""
    request.app[SLACK].faults.waiting.clear()
    return web.json_response({"ok": True})


async def calls(request: web.Request) -> web.Response:
    """What the app called, oldest first."""
    wanted = request.query.get("method")
    lines = request.app[SLACK].calls.lines
    kept = [line for line in lines if wanted in (None, line["method"])]
    return web.json_response({"calls": kept})


async def clear_calls(request: web.Request) -> web.Response:
    """Forget them."""
    request.app[SLACK].calls.lines.clear()
    return web.json_response({"ok": True})


async def deliveries(request: web.Request) -> web.Response:
    """What was sent to the app and what it answered, oldest first."""
    wanted = request.query.get("kind")
    lines = request.app[SLACK].link.deliveries
    return web.json_response({"deliveries": [m for m in lines if wanted in (None, m["kind"])]})


async def clear_deliveries(request: web.Request) -> web.Response:
    """Forget them."""
    request.app[SLACK].link.deliveries.clear()
    return web.json_response({"ok": True})


def _envelope(body: Json) -> Envelope:
    given: Any = body.get("body")
    kind = str(body.get("kind") or "event")
    if isinstance(given, str):
        form = FORM if kind in ("command", "interaction") else JSON
        content_type = str(body.get("content_type") or form)
        return Envelope(kind=kind, name="raw", data=given.encode(), content_type=content_type)
    if not isinstance(given, dict):
        driver.bad("body must be an object or text")
    if kind == "interaction":
        return interaction_envelope(given)
    if kind == "command":
        return command_envelope({name: str(value) for name, value in given.items()})
    return event_envelope(given)


async def deliver(request: web.Request) -> web.Response:
    """Send the app something as often and as badly signed as asked."""
    core, body = await driver.body_of(request)
    envelope = _envelope(body)
    times = int(body.get("times", 1))
    if not 0 < times <= _MOST:
        driver.bad(f"times must be between 1 and {_MOST}")
    stamp = body.get("timestamp")
    tampering = Tampering(
        stale=bool(body.get("stale")),
        bad_signature=bool(body.get("bad_signature")),
        unsigned=bool(body.get("unsigned")),
        timestamp=None if stamp is None else str(stamp),
    )
    headers = {str(name): str(value) for name, value in (body.get("headers") or {}).items()}

    async def once() -> Answer:
        return await core.link.send(envelope, headers=headers, tampering=tampering)

    if body.get("concurrent"):
        answers = list(await asyncio.gather(*(once() for _ in range(times))))
    else:
        answers = [await once() for _ in range(times)]
    return web.json_response(
        {
            "statuses": [answer.status for answer in answers],
            "answers": [driver.shown(answer) for answer in answers],
        }
    )


async def verify_url(request: web.Request) -> web.Response:
    """What Slack does when an app's address is entered: the challenge must come back."""
    core = request.app[SLACK]
    challenge = core.workspace.new_id("challenge")
    body = {"type": "url_verification", "token": "sandbox", "challenge": challenge}
    answer = await core.link.send(event_envelope(body))
    said = answer.body
    returned = said.get("challenge") if isinstance(said, dict) else answer.text.strip()
    return web.json_response({"status": answer.status, "verified": returned == challenge})


async def emit(request: web.Request) -> web.Response:
    """Deliver any event with Slack's envelope and Slack's retries."""
    core, body = await driver.body_of(request)
    if not isinstance(body.get("event"), dict):
        driver.bad("event must be an object")
    core.emit({"event_ts": core.workspace.new_ts(), **body["event"]})
    return web.json_response({"ok": True})


async def retries(request: web.Request) -> web.Response:
    """Set the seconds before each retry and the deadline of a delivery."""
    core, body = await driver.body_of(request)
    if "delays" in body:
        core.link.retry_delays[:] = [float(delay) for delay in body["delays"]]
    core.link.deadline = float(body.get("deadline", core.link.deadline))
    return web.json_response({"delays": core.link.retry_delays, "deadline": core.link.deadline})


async def streams(request: web.Request) -> web.Response:
    """Set how long a stream lives, or end all that run."""
    core, body = await driver.body_of(request)
    core.stream_life = float(body.get("life", core.stream_life))
    running = [
        item
        for channel in core.workspace.channels.values()
        for item in channel.messages
        if item.streaming_since is not None
    ]
    if body.get("end"):
        for item in running:
            streaming.end(core, item)
    return web.json_response({"life": core.stream_life, "running": len(running)})


async def add_user(request: web.Request) -> web.Response:
    """Let a person into the workspace, and into channels if named."""
    core, body = await driver.body_of(request)
    raw = {"id": core.workspace.new_id("U"), **body}
    try:
        user = story.user_from(raw)
    except TypeError as error:
        driver.bad(str(error))
    core.workspace.add_user(user)
    for channel_id in body.get("channels", []):
        _channel(core, channel_id).members.append(user.id)
    core.changed("users")
    return web.json_response({"ok": True, "user": vars(user)})


async def add_channel(request: web.Request) -> web.Response:
    """Open a channel."""
    core, body = await driver.body_of(request)
    channel = core.workspace.add_channel(
        id_=str(body.get("id") or ""),
        name=str(body.get("name") or "channel"),
        members=body.get("members", []),
        kind="private" if body.get("is_private") else "channel",
    )
    core.changed("channels")
    return web.json_response({"ok": True, "channel": {"id": channel.id, "name": channel.name}})


def _channel(core: Core, channel_id: str) -> Any:
    found = core.workspace.channels.get(channel_id)
    return found if found is not None else driver.missing(f"channel {channel_id}")


async def archive(request: web.Request) -> web.Response:
    """Archive a channel; {"archived": false} brings it back."""
    channel_id = request.match_info["id"]
    teams = request.app[SLACK].teams.values()
    core = next((c for c in teams if channel_id in c.workspace.channels), request.app[SLACK])
    channel = _channel(core, channel_id)
    raw = await request.text()
    channel.archived = bool(json.loads(raw).get("archived", True)) if raw.strip() else True
    core.changed("channels", channel=channel.id)
    return web.json_response({"ok": True, "is_archived": channel.archived})


async def bot_url(request: web.Request) -> web.Response:
    """Move the app's address, for a bot that starts after the sandbox."""
    _, body = await driver.body_of(request)
    settings = request.app[SETTINGS]
    settings.bot_url = str(body.get("url") or body.get("bot_url") or settings.bot_url)
    return web.json_response({"ok": True, "bot_url": settings.bot_url})
