"""GET /ui/slack/…: what a person sees."""

from aiohttp import web

from sandbox.slack import driver, render, viewing
from sandbox.slack.core import Core
from sandbox.slack.model import Channel, Json, Message, View


def _visible(channel: Channel, user: str) -> list[Message]:
    return [m for m in channel.messages if m.ephemeral_for in (None, user)]


def _summary(core: Core, channel: Channel, user: str) -> Json:
    messages = _visible(channel, user)
    read = channel.last_read.get(user, "0")
    other = next((m for m in channel.members if m != user), user) if channel.is_im else None
    return {
        "id": channel.id,
        "name": core.workspace.users[other].name if other else channel.name,
        "is_im": channel.is_im,
        "is_archived": channel.archived,
        "user": other,
        "unread": sum(m.user != user and float(m.ts) > float(read) for m in messages),
        "last_ts": messages[-1].ts if messages else None,
    }


async def state(request: web.Request) -> web.Response:
    """The workspace around one person."""
    core = driver.asked_core(request)
    me = driver.reader(core, request.query.get("user"))
    workspace = core.workspace
    mine = [c for c in workspace.channels.values() if me and me.id in c.members]
    if not core.installed:
        mine = [c for c in mine if not (c.is_im and workspace.bot.user_id in c.members)]
    return web.json_response(
        {
            "team": vars(workspace.team),
            "teams": [
                {**vars(other.workspace.team), "installed": other.installed}
                for other in core.teams.values()
            ],
            "installed": core.installed,
            "install_url": f"{core.settings.bot_url.rstrip('/')}/slack/install",
            "users": [vars(user) for user in workspace.users.values()],
            "me": vars(me) if me else None,
            "bot": {"user_id": workspace.bot.user_id, "app_id": workspace.bot.app_id},
            "channels": [_summary(core, channel, me.id) for channel in mine if me],
            "command": workspace.command,
            "shortcuts": workspace.shortcuts,
            "tries": workspace.tries,
        }
    )


async def messages(request: web.Request) -> web.Response:
    """A conversation, oldest first, with what is for this person alone. Reading marks as read."""
    core = driver.asked_core(request)
    me = driver.person(core, request.query.get("user"))
    channel = driver.place(core, request.query.get("channel"), me.id)
    items = _visible(channel, me.id)
    if items and channel.last_read.get(me.id) != items[-1].ts:
        channel.last_read[me.id] = items[-1].ts
        core.changed("read", channel=channel.id, user=me.id)
    return web.json_response(
        {
            "messages": [_item(core, channel, item, me.id) for item in items],
            "working": _working(core, channel),
            "prompts": core.prompts.get(channel.id) if channel.is_im else None,
        }
    )


def _working(core: Core, channel: Channel) -> list[Json]:
    """Threads in which an agent is at work or says what it does."""
    threads = {
        thread: {"thread_ts": thread, "title": session.title, "words": "", "can_stop": True}
        for (place, thread), session in core.sessions.items()
        if place == channel.id and session.status == "processing"
    }
    for (place, thread), words in core.status_lines.items():
        if place == channel.id:
            about = threads.setdefault(
                thread, {"thread_ts": thread, "title": "", "can_stop": False}
            )
            about["words"] = words
    return list(threads.values())


def _item(core: Core, channel: Channel, item: Message, user: str) -> Json:
    body = render.parent(core.workspace, channel, item, metadata=True)
    return {
        **body,
        "ephemeral": item.ephemeral_for is not None,
        "warnings": item.warnings,
        "streaming": item.streaming_since is not None,
        "values": core.choices.get((user, item.ts), {}),
    }


def _view(core: Core, view: View) -> Json:
    return {**render.view(core.workspace, view), "warning": view.warning, "errors": view.errors}


async def home(request: web.Request) -> web.Response:
    """The Home tab, if the app has published one."""
    core = driver.asked_core(request)
    me = driver.person(core, request.query.get("user"))
    view = core.homes.get(me.id)
    return web.json_response({"view": _view(core, view) if view else None})


async def modals(request: web.Request) -> web.Response:
    """The open modals, the top one last."""
    core = driver.asked_core(request)
    me = driver.person(core, request.query.get("user"))
    stack = viewing.stack(core, me.id)
    return web.json_response({"views": [_view(core, view) for view in stack]})
