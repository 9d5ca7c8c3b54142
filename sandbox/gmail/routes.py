"""Attaches Gmail, Google's OAuth, the control API and the mail UI to an aiohttp application."""

from collections.abc import AsyncIterator

from aiohttp import web

from sandbox.bus import BUS
from sandbox.clock import CLOCK
from sandbox.clock import Clock as SandboxClock
from sandbox.context import RESETS, SETTINGS, STORY
from sandbox.gmail import batch, control, oauth, ui
from sandbox.gmail.api import Api
from sandbox.gmail.clock import Clock
from sandbox.gmail.errors import GmailError
from sandbox.gmail.faults import DroppedConnectionError
from sandbox.gmail.model import Mailbox
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
    oauth.attach(app)
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
        return oauth.hang_up(request)
    if reply.body is None:
        return web.Response(status=reply.status, headers=reply.headers)
    return answer(reply.body, status=reply.status, headers=reply.headers)


async def _batch(request: web.Request) -> web.Response:
    try:
        body, kind = await batch.run(request.app[API], await read_request(request))
    except GmailError as error:
        return answer(error.body(), status=error.code)
    except DroppedConnectionError:
        return oauth.hang_up(request)
    return web.Response(body=body, headers={"Content-Type": kind})


async def _certificates(request: web.Request) -> web.Response:
    """The public half of the key that signs pushes, cacheable like Google's."""
    return answer(
        request.app[WORLD].push.signer.certificates(),
        headers={"Cache-Control": "public, max-age=21600, must-revalidate, no-transform"},
    )
