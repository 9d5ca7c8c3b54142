"""What the browser and end-to-end tests share: reading requests, naming people and places."""

import json
from typing import Any, NoReturn

from aiohttp import web

from sandbox.slack.core import SLACK, Core
from sandbox.slack.model import ApiError, Channel, Json, Message, User, View
from sandbox.slack.outbound import Answer
from sandbox.slack.workspace import SLACKBOT


def missing(what: str) -> NoReturn:
    """404 with a word about what is not there."""
    raise web.HTTPNotFound(
        text=json.dumps({"error": f"{what} not found"}), content_type="application/json"
    )


def bad(why: str) -> NoReturn:
    """400 with a word about what is wrong."""
    raise web.HTTPBadRequest(text=json.dumps({"error": why}), content_type="application/json")


async def body_of(request: web.Request) -> tuple[Core, Json]:
    """The application's Slack half and the JSON sent."""
    body: Any = await request.json()
    if not isinstance(body, dict):
        bad("a JSON object is wanted")
    return core_of(request, body.get("team"), body.get("user")), body


def core_of(request: web.Request, team: Any = None, user: Any = None) -> Core:
    """The workspace a request is about: the one it names, else its person's, else the first."""
    lead = request.app[SLACK]
    if team:
        found = lead.teams.get(str(team))
        return found if found is not None else missing(f"team {team}")
    return (lead.home_of(user) if isinstance(user, str) else None) or lead


def asked_core(request: web.Request) -> Core:
    """The same for a request without a body."""
    return core_of(request, request.query.get("team"), request.query.get("user"))


def need_app(core: Core) -> None:
    """Where the app isn't installed there is no command, no shortcut and no Home of it."""
    if not core.installed:
        bad(f"the app isn't installed in {core.workspace.team.name}")


def person(core: Core, given: Any) -> User:
    """The person a request acts for."""
    found = core.workspace.users.get(str(given or ""))
    return found if found is not None else missing(f"user {given}")


def reader(core: Core, given: Any) -> User | None:
    """The person who looks; nobody named means the first one there is, if any."""
    if given:
        return person(core, given)
    return next((user for user in core.workspace.users.values() if not user.is_bot), None)


def place(core: Core, given: Any, user: str) -> Channel:
    """A conversation this person is in."""
    found = core.workspace.channels.get(str(given or ""))
    if found is None or user not in found.members:
        missing(f"channel {given}")
    return found


def message(core: Core, channel: Channel, ts: Any, user: str) -> Message:
    """A message this person can see."""
    try:
        found = core.workspace.message(channel, str(ts or ""), ephemeral=True)
    except ApiError:
        missing(f"message {ts}")
    if found.ephemeral_for not in (None, user):
        missing(f"message {ts}")
    return found


def view(core: Core, view_id: Any, user: str) -> View:
    """An open modal or the Home tab of this person."""
    home = core.homes.get(user)
    if home is not None and home.id == view_id:
        return home
    found = core.views.get(str(view_id or ""))
    if found is None or found.user != user:
        missing(f"view {view_id}")
    return found


def shown(answer: Answer, warning: str | None = None) -> Json:
    """The app's answer as the driver reports it; status 0 means it gave none."""
    report: Json = {
        "status": answer.status or 0,
        "body": answer.body,
        "latency_ms": answer.latency_ms,
        "failure": answer.failure,
    }
    return {**report, "warning": warning} if warning else report


def slackbot_says(core: Core, channel: Channel, user: str, text: str) -> None:
    """A note from Slack itself that only one person sees."""
    channel.messages.append(
        Message(
            channel=channel.id,
            ts=core.workspace.new_ts(),
            user=SLACKBOT,
            text=text,
            from_bot=True,
            system=True,
            ephemeral_for=user,
        )
    )
    core.changed("message", channel=channel.id, user=user)
