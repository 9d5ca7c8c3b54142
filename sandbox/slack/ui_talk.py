"""POST /ui/slack/…: writing, commands, reactions, shortcuts, opening the Home tab."""

import re

from aiohttp import web

from sandbox.slack import driver, files, payloads, posting, render, responses, streaming
from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Channel, Json, Message
from sandbox.slack.outbound import Answer, command_envelope, interaction_envelope
from sandbox.slack.reacting import react, unreact

# People type plain text; only mentions they picked from a list stay markup.
_MENTION = re.compile(r"&lt;([@#][A-Z0-9]{3,})&gt;")
_HTTP_OK = 200


def typed(text: str) -> str:
    """What a person types, as Slack's client encodes it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(r"<\1>", escaped)


async def message(request: web.Request) -> web.Response:
    """Write in a conversation."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    channel = driver.place(core, body.get("channel"), me.id)
    if channel.archived:
        driver.bad("the channel is archived")
    text = str(body.get("text") or "")
    shared = files.upload(core, body.get("files") or [], me.id, channel.id)
    if not text.strip() and not shared:
        driver.bad("a message needs text")
    thread = body.get("thread_ts")
    if thread:
        top = driver.message(core, channel, thread, me.id)
        thread = top.thread_ts or top.ts
    item = posting.post(
        core,
        channel,
        posting.Content(text=typed(text)),
        author=me.id,
        thread_ts=thread,
        client_msg_id=core.workspace.new_id("M"),
        app_context=_seen(body),
        files=[files.shown(core, one) for one in shared],
        subtype="file_share" if shared else None,
    )
    return web.json_response({"ok": True, "ts": item.ts, "channel": channel.id})


async def edit(request: web.Request) -> web.Response:
    """Change a message of one's own."""
    core, channel, item, body = await _own(request)
    text = str(body.get("text") or "")
    if not text.strip():
        driver.bad("a message needs text")
    posting.rewrite(core, channel, item, posting.Content(text=typed(text)), item.user)
    return web.json_response({"ok": True})


async def delete(request: web.Request) -> web.Response:
    """Take a message of one's own away."""
    core, channel, item, _ = await _own(request)
    posting.remove(core, channel, item)
    return web.json_response({"ok": True})


async def _own(request: web.Request) -> tuple[Core, Channel, Message, Json]:
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    channel = driver.place(core, body.get("channel"), me.id)
    item = driver.message(core, channel, body.get("ts"), me.id)
    if item.user != me.id:
        driver.bad("only one's own message")
    return core, channel, item, body


def _seen(body: Json) -> Json:
    """What the writer has before their eyes, as Slack tells it."""
    seen = body.get("looking_at")
    if not isinstance(seen, dict):
        return {}
    value = {"channel_id": seen.get("channel"), "message_ts": seen.get("ts")}
    return {"entities": [{"type": "slack#/types/message_context", "value": value}]}


async def context(request: web.Request) -> web.Response:
    """Look at something else while the app is open."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    core.emit({"type": "app_context_changed", "context": _seen(body)}, viewer=me.id)
    return web.json_response({"ok": True})


async def stop(request: web.Request) -> web.Response:
    """Press the stop button of a working agent. Its streams end; its status is its own affair."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    channel = driver.place(core, body.get("channel"), me.id)
    thread = str(body.get("thread_ts") or "")
    session = core.sessions.get((channel.id, thread))
    if session is None or session.status != "processing":
        driver.bad("nothing is being worked on there")
    ended = []
    for item in channel.messages:
        if item.thread_ts == thread and item.streaming_since is not None:
            streaming.end(core, item)
            ended.append(item.ts)
    core.emit(
        {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "thread_ts": thread,
            "user": me.id,
            "streaming_message_ts": ended,
            "event_ts": core.workspace.new_ts(),
        }
    )
    return web.json_response({"ok": True, "ended": ended})


def _failure(core: Core, answer: Answer) -> str | None:
    """What the person reads when a command went wrong."""
    if answer.status == _HTTP_OK:
        return None
    code = "operation_timeout" if answer.failure == "http_timeout" else "dispatch_failed"
    return f'{core.workspace.command} failed with the error "{code}"'


def _spoken(core: Core, answer: Answer, channel: Channel, user: str) -> str | None:
    """Show a command's answer; returns the error that Slack would show instead."""
    body = answer.body
    if isinstance(body, str):
        body = {"text": body} if body.strip() else None
    if not body:
        return None
    try:
        responses.say(core, body, user=user, channel=channel)
    except (ApiError, AttributeError):
        return f'{core.workspace.command} failed with the error "invalid_command_response"'
    return None


async def command(request: web.Request) -> web.Response:
    """Use the slash command."""
    core, body = await driver.body_of(request)
    driver.need_app(core)
    me = driver.person(core, body.get("user"))
    channel = driver.place(core, body.get("channel"), me.id)
    text = str(body.get("text") or "").removeprefix(core.workspace.command).strip()
    form = payloads.command(core, me.id, channel, typed(text))
    answer = await core.link.send(command_envelope(form))
    warning = _failure(core, answer) or _spoken(core, answer, channel, me.id)
    if warning:
        driver.slackbot_says(core, channel, me.id, warning)
    report = driver.shown(answer, warning)
    return web.json_response({**report, "response": report["body"]})


async def reaction(request: web.Request) -> web.Response:
    """React to a message, or take it back."""
    core, body = await driver.body_of(request)
    me = driver.person(core, body.get("user"))
    channel = driver.place(core, body.get("channel"), me.id)
    item = driver.message(core, channel, body.get("ts"), me.id)
    name = str(body.get("name") or "").strip(":")
    if not name:
        driver.bad("a reaction needs a name")
    try:
        (unreact if body.get("remove") else react)(core, channel, item, name, me.id)
    except ApiError as error:
        return web.json_response({"ok": False, "error": error.code})
    return web.json_response({"ok": True})


async def home_opened(request: web.Request) -> web.Response:
    """Open the app: its Home tab or its messages."""
    core, body = await driver.body_of(request)
    driver.need_app(core)
    me = driver.person(core, body.get("user"))
    view = core.homes.get(me.id)
    tab = str(body.get("tab") or "home")
    event: Json = {
        "type": "app_home_opened",
        "user": me.id,
        "channel": core.workspace.dm(me.id, core.workspace.bot.user_id).id,
        "tab": tab,
        "event_ts": core.workspace.new_ts(),
        "context": {},
    }
    if view is not None and tab == "home":
        event["view"] = render.view(core.workspace, view)
    core.emit(event)
    return web.json_response({"ok": True})


async def shortcut(request: web.Request) -> web.Response:
    """Use a global shortcut, or one on a message."""
    core, body = await driver.body_of(request)
    driver.need_app(core)
    me = driver.person(core, body.get("user"))
    callback = str(body.get("callback_id") or "")
    if not callback:
        driver.bad("a shortcut needs its callback_id")
    if body.get("message_ts"):
        channel = driver.place(core, body.get("channel"), me.id)
        item = driver.message(core, channel, body["message_ts"], me.id)
        payload = payloads.message_action(core, me.id, callback, channel, item)
    else:
        payload = payloads.shortcut(core, me.id, callback)
    answer = await core.link.send(interaction_envelope(payload))
    return web.json_response(driver.shown(answer))
