"""Attaches Gmail, Google's OAuth, the control API and the mail UI to an aiohttp application."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from sandbox.bus import BUS
from sandbox.clock import CLOCK
from sandbox.clock import Clock as SandboxClock
from sandbox.context import RESETS, SETTINGS, STORY
from sandbox.gmail import batch, control, ui
from sandbox.gmail.api import Api
from sandbox.gmail.auth import OAuthError
from sandbox.gmail.call import Request
from sandbox.gmail.clock import Clock
from sandbox.gmail.errors import GmailError
from sandbox.gmail.faults import DroppedConnectionError
from sandbox.gmail.model import Json, Mailbox
from sandbox.gmail.web_tools import WORLD, answer, read_request
from sandbox.gmail.world import World
from sandbox.story.player import Player, attach_story

API = web.AppKey("gmail_api", Api)


def attach(app: web.Application) -> None:
    """Adds every route; the story's mailboxes and their past are there at the start.

    Settings, clock and bus of the application are used where it has them.
    """
    settings = app.get(SETTINGS)
    world = World(Clock(app.get(CLOCK) or SandboxClock()), lambda: _bot_url(app))
    app[WORLD] = world
    app[API] = Api(world)
    world.watchers.append(lambda mailbox: _publish(app, mailbox))
    for prefix in ("", "/upload"):
        app.router.add_route("*", prefix + "/gmail/v1/users/{tail:.+}", _gmail)
    app.router.add_post("/batch/gmail/v1", _batch)
    app.router.add_post("/batch", _batch)
    app.router.add_post("/oauth/token", _token)
    app.router.add_post("/token", _token)
    app.router.add_get("/o/oauth2/v2/auth", _authorize)
    app.router.add_get("/oauth2/v1/certs", _certificates)
    control.attach(app)
    ui.attach(app)
    player = Player(world, settings.story if settings else STORY)
    attach_story(app, player)

    def begin() -> None:
        world.reset()
        player.reset()
        if settings is not None and not settings.empty:
            player.prepare()

    begin()
    app.get(RESETS, []).append(begin)
    app.cleanup_ctx.append(_running)


async def _running(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[WORLD].push.close()


def _bot_url(app: web.Application) -> str:
    settings = app.get(SETTINGS)
    return settings.bot_url if settings else ""


def _publish(app: web.Application, mailbox: Mailbox) -> None:
    bus = app.get(BUS)
    if bus is not None:
        bus.publish({"type": "mail", "mailbox": mailbox.email})


async def _gmail(request: web.Request) -> web.StreamResponse:
    try:
        reply = await request.app[API].handle(await read_request(request))
    except DroppedConnectionError:
        return _hang_up(request)
    if reply.body is None:
        return web.Response(status=reply.status, headers=reply.headers)
    return answer(reply.body, status=reply.status, headers=reply.headers)


def _hang_up(request: web.Request) -> web.Response:
    """The connection ends without a byte of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _batch(request: web.Request) -> web.Response:
    try:
        body, kind = await batch.run(request.app[API], await read_request(request))
    except GmailError as error:
        return answer(error.body(), status=error.code)
    except DroppedConnectionError:
        return _hang_up(request)
    return web.Response(body=body, headers={"Content-Type": kind})


async def _token(request: web.Request) -> web.Response:
    """Google's token endpoint; its errors have their own shape."""
    world = request.app[WORLD]
    form = _form(await read_request(request))
    kind = world.faults.take("token", "")
    note: Json = {
        "op": "token",
        "mailbox": "",
        "method": "POST",
        "path": request.path,
        "status": 0,
        "fault": kind,
        "time_ms": world.clock.ms(),
    }
    world.faults.calls.append(note)
    try:
        if kind != "invalid_grant":
            await world.faults.before(kind)
        body, status = world.tokens.exchange(form, refuse=kind == "invalid_grant"), 200
        world.faults.after(kind)
    except OAuthError as error:
        status = 401 if error.code == "invalid_client" else 400
        body = {"error": error.code, "error_description": error.description}
    except GmailError as error:
        body, status = error.body(), error.code
    except DroppedConnectionError:
        return _hang_up(request)
    note["status"] = status
    return answer(body, status=status)


def _form(request: Request) -> dict[str, str]:
    text = request.body.decode("utf-8", "replace")
    if "json" in request.headers.get("Content-Type", ""):
        try:
            value = json.loads(text)
        except ValueError:
            return {}
        return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}
    return dict(parse_qsl(text))


async def _authorize(request: web.Request) -> web.Response:
    """The consent page, which the sandbox's people always accept."""
    world = request.app[WORLD]
    email = request.query.get("login_hint", "").lower()
    back = request.query.get("redirect_uri", "")
    if email not in world.store.mailboxes or not back:
        names = ", ".join(sorted(world.store.mailboxes))
        return web.Response(status=400, text=f"Add login_hint, one of: {names}; and redirect_uri")
    parameters = {"code": world.tokens.code_for(email), "scope": "gmail.modify"}
    if "state" in request.query:
        parameters["state"] = request.query["state"]
    joint = "&" if "?" in back else "?"
    raise web.HTTPFound(f"{back}{joint}{urlencode(parameters)}")


async def _certificates(request: web.Request) -> web.Response:
    """The public half of the key that signs pushes, cacheable like Google's."""
    return answer(
        request.app[WORLD].push.signer.certificates(),
        headers={"Cache-Control": "public, max-age=21600, must-revalidate, no-transform"},
    )
