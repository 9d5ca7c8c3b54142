"""Assembly of the sandbox: one aiohttp application made of the parts that are there."""

import importlib
import importlib.util
import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.bus import BUS, Bus
from sandbox.clock import CLOCK, Clock
from sandbox.context import RESETS, SETTINGS, Settings

# Each module exports attach(app). They are found by name so that either half can run alone.
FEATURES = ("sandbox.bus", "sandbox.slack.routes", "sandbox.gmail.routes", "sandbox.ui")

_BODY_LIMIT = 64 * 1024 * 1024


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


async def _reset(request: web.Request) -> web.Response:
    request.app[CLOCK].reset()
    for reset in request.app[RESETS]:
        reset()
    for part in ("slack", "mail"):
        request.app[BUS].publish({"type": part, "what": "reset"})
    return web.json_response({"ok": True})


async def _advance(request: web.Request) -> web.Response:
    body: dict[str, Any] = await request.json()
    request.app[CLOCK].advance(float(body.get("advance", 0)))
    return web.json_response({"now": request.app[CLOCK].now()})


@web.middleware
async def _bad_input(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A control or driver body that is not JSON is the caller's mistake, not ours."""
    try:
        response: web.StreamResponse = await handler(request)
    except json.JSONDecodeError as error:
        return web.json_response({"error": f"not JSON: {error}"}, status=400)
    return response


def build(settings: Settings) -> web.Application:
    """The application, ready to be served."""
    app = web.Application(client_max_size=_BODY_LIMIT, middlewares=[_bad_input])
    app[SETTINGS] = settings
    app[CLOCK] = Clock()
    app[BUS] = Bus()
    app[RESETS] = []
    app.router.add_post("/control/reset", _reset)
    app.router.add_post("/control/clock", _advance)
    for name in FEATURES:
        if _exists(name):
            importlib.import_module(name).attach(app)
    return app
